"""A client library for the Seedream image models at every gateway; it knows no Discord, no job, no database."""
