"""Real servers on loopback for whoever fetches pictures."""

import ssl
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest
import trustme

from tests.images.raw_server import Answers, Part, RawServer, Serving, running


@pytest.fixture
async def serve() -> AsyncIterator[Serving]:
    """Start a server that answers as told; it ends with the test."""
    async with AsyncExitStack() as stack:

        async def start(
            answers: Answers | list[Part], host: str = "127.0.0.1", port: int = 0, tls: ssl.SSLContext | None = None
        ) -> RawServer:
            return await stack.enter_async_context(running(answers, host, port, tls))

        yield start


@pytest.fixture(scope="session")
def authority() -> trustme.CA:
    """Signs certificates for the names that tests make up."""
    return trustme.CA()


@pytest.fixture(scope="session")
def server_tls(authority: trustme.CA) -> ssl.SSLContext:
    """What a server of `*.example` shows."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("cdn.example", "bucket.example").configure_cert(context)
    return context


@pytest.fixture(scope="session")
def client_tls(authority: trustme.CA) -> ssl.SSLContext:
    """What trusts that server."""
    context = ssl.create_default_context()
    authority.configure_trust(context)
    return context
