"""TLS that cannot be trusted means that nothing was sent."""

import asyncio
import datetime as dt
import ssl
from collections.abc import Awaitable, Callable

import pytest
import trustme

from bot.seedream.errors import SeedreamError, Unreachable
from bot.seedream.providers.base import Call
from bot.seedream.reply import read_json
from bot.seedream.transport import Transport

Serve = Callable[..., Awaitable[str]]


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


async def answer(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")
    await writer.drain()


async def ask(url: str, authority: trustme.CA | None) -> object:
    trusting = ssl.create_default_context()
    if authority:
        authority.configure_trust(trusting)
    async with (
        Transport(ssl_context=trusting, connect=1) as transport,
        transport.send(Call("", {}), url=url, key="k", provider="ark", total=5) as reply,
    ):
        return await read_json(reply)


def server_side(certificate: trustme.LeafCert) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(context)
    return context


async def test_a_trusted_server_is_spoken_to(serve: Serve, authority: trustme.CA) -> None:
    url = await serve(answer, tls=server_side(authority.issue_cert("127.0.0.1")))
    assert await ask(url, authority) == {}


async def test_an_expired_a_foreign_and_an_unknown_certificate_are_not_trusted(
    serve: Serve, authority: trustme.CA, requests: list[bytes]
) -> None:
    long_ago = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)
    expired = authority.issue_cert("127.0.0.1", not_before=long_ago, not_after=long_ago + dt.timedelta(days=1))
    for certificate, trusted, words in (
        (expired, authority, "expired"),
        (authority.issue_cert("elsewhere.example"), authority, "not valid for"),
        (authority.issue_cert("127.0.0.1"), None, "unable to get local issuer"),
    ):
        url = await serve(answer, tls=server_side(certificate))
        with pytest.raises(Unreachable, match=words) as caught:
            await ask(url, trusted)
        assert caught.value.__context__ is None
    assert requests == []


async def test_a_handshake_that_is_cut_or_never_ends_sent_nothing(serve: Serve) -> None:
    async def cut(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
        await reader.read(10)

    async def plain(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(10)
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        await writer.drain()

    async def silent(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
        await reader.read()

    for script in (cut, plain, silent):
        url = (await serve(script, swallow=False)).replace("http:", "https:")
        with pytest.raises(Unreachable) as caught:
            await ask(url, None)
        assert isinstance(caught.value, SeedreamError)
        assert caught.value.__context__ is None
