"""One file per dialect of the API: how a request is written and how an answer is read, without any I/O."""
