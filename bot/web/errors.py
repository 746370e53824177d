"""What can be wrong with an HTTP server, light enough to be known where there is none."""


class NoServer(Exception):
    """The address cannot be listened on: what is wrong, and what to do about it. `passing` when the same again may
    work: whoever holds the port may be about to go."""

    def __init__(self, message: str, *, passing: bool = False) -> None:
        super().__init__(message)
        self.passing = passing
