"""The guard: addresses, links, and a loopback server that nobody may ever reach."""

import socket

import aiohttp
import pytest
from hypothesis import given
from hypothesis import strategies as st
from yarl import URL

from bot.images.errors import FetchError, Forbidden
from bot.images.fetch import Fetcher
from bot.images.guard import LONGEST, Guard, is_public
from tests.images.raw_server import Names, Serving, png, redirect, reply

REFUSED = [
    "127.0.0.1", "127.255.255.254", "0.0.0.0", "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1",
    "169.254.169.254", "100.64.0.1", "100.100.100.200", "192.0.0.1", "192.0.2.1", "198.18.0.1", "198.51.100.1",
    "203.0.113.1", "224.0.0.1", "239.255.255.250", "240.0.0.1", "255.255.255.255", "::", "::1", "::ffff:127.0.0.1",
    "::ffff:8.8.8.8", "64:ff9b::7f00:1", "64:ff9b:1::1", "2002:7f00:1::", "2001:0:1::1", "fe80::1", "fe80::1%eth0",
    "fc00::1", "fd00:ec2::254", "fec0::1", "ff02::1", "2001:db8::1", "100::1", "5f00::1",
]  # fmt: skip
PUBLIC = [
    "8.8.8.8", "1.1.1.1", "162.159.135.233", "2606:4700::6810:84e5", "2a00:1450:4001:81b::200e",
    "2001:4860:4860::8888",
]  # fmt: skip
ODD = [
    "",
    "localhost",
    "0x7f000001",
    "2130706433",
    "127.1",
    "0177.0.0.1",
    "8.8.8.8.",
    "２.2.2.2",
    "8.8.8.8/32",
    "3fff::1",
    "192.88.99.1",
]


def address_info(address: str, port: int, scope: int = 0) -> tuple[int, int, int, str, tuple[object, ...]]:
    if ":" in address:
        return socket.AF_INET6, socket.SOCK_STREAM, 0, "", (address, port, 0, scope)
    return socket.AF_INET, socket.SOCK_STREAM, 0, "", (address, port)


def test_the_lists_are_complete() -> None:
    assert len(REFUSED) == 36
    assert len(PUBLIC) == 6


@pytest.mark.parametrize("address", REFUSED + ODD)
def test_an_address_that_is_not_public_is_refused(address: str) -> None:
    assert not is_public(address)
    with pytest.raises(Forbidden):
        Guard().socket(address_info(address, 443))


@pytest.mark.parametrize("address", REFUSED)
def test_a_link_to_an_address_that_is_not_public_is_refused(address: str) -> None:
    with pytest.raises(Forbidden):
        Guard().link(f"https://[{address}]/" if ":" in address else f"https://{address}/")


@pytest.mark.parametrize("address", PUBLIC)
def test_a_public_address_is_open_on_the_port_of_https_only(address: str) -> None:
    assert is_public(address)
    Guard().socket(address_info(address, 443)).close()
    assert Guard().link(f"https://[{address}]/a" if ":" in address else f"https://{address}/a").path == "/a"
    for port in (0, 22, 80, 8443):
        with pytest.raises(Forbidden):
            Guard().socket(address_info(address, port))


def test_an_address_of_one_interface_is_refused() -> None:
    with pytest.raises(Forbidden):
        Guard(["fe80::/10"]).socket(address_info("fe80::1", 443, scope=2))


@given(st.text(max_size=40) | st.ip_addresses().map(str))
def test_no_text_confuses_the_rule(text: str) -> None:
    assert is_public(text) in {True, False}


@pytest.mark.parametrize(
    ("entry", "address", "port"),
    [
        ("127.0.0.1", "127.0.0.1", 1),
        ("127.0.0.1:8080", "127.0.0.1", 8080),
        ("10.0.0.0/8", "10.9.8.7", 80),
        ("10.0.0.0/8:9000", "10.9.8.7", 9000),
        (" ::1 ", "::1", 5),
        ("[::1]:443", "::1", 443),
        ("[::1]", "::1", 9),
        ("fd00::/8", "fd12::1", 1),
        ("[fd00::/8]:9000", "fd12::1", 9000),
    ],
)
def test_the_operator_opens_addresses(entry: str, address: str, port: int) -> None:
    guard = Guard([entry])
    assert guard.permits(address, port)
    guard.socket(address_info(address, port)).close()
    assert not guard.permits("192.168.0.1", port)
    assert not guard.permits("::ffff:127.0.0.1", port)
    assert guard.permits(address, 7777) == (":" + str(port) not in entry)


@pytest.mark.parametrize(
    "entry",
    ["", "localhost", "host.lan:9000", "10.0.0.1/8", "127.0.0.1:0", "127.0.0.1:65536", "127.0.0.1:",
     "127.0.0.1:99999999",
     "[fe80::1%eth0]:80", "fe80::1%eth0", "[::1", "1.2.3", "300.1.1.1", "[localhost]:80", "127.0.0.1:http"],
)  # fmt: skip
def test_a_bad_entry_is_named(entry: str) -> None:
    with pytest.raises(ValueError, match="not an address or network") as caught:
        Guard(["10.0.0.0/8", entry])
    assert repr(entry) in str(caught.value)


@pytest.mark.parametrize(
    "text",
    [
        "file:///etc/passwd", "ftp://cdn.example/a.png", "unix:///run/docker.sock", "data:image/png;base64,AAAA",
        "javascript:alert(1)", "gopher://cdn.example/", "//cdn.example/a.png", "cdn.example/a.png", "/a.png", "",
        "https://", "https:///a.png", "https://cdn.example:0/", "https://cdn.example:99999/", "https://[::1/",
        "https://cdn.example\\@evil.example/", "https://cdn.example/a\r\nX-Evil: 1", "https://cdn.example/\x00",
        "https://cdn.example/" + "a" * LONGEST, "https://exa mple.com/",
    ],
)  # fmt: skip
def test_what_is_no_web_link_is_refused(text: str) -> None:
    with pytest.raises(Forbidden, match="not a web link"):
        Guard(["127.0.0.1"]).link(text)


@pytest.mark.parametrize(
    "text", ["https://me:secret@cdn.example/", "https://me@cdn.example/", "https://:secret@cdn.example/"]
)
def test_a_link_with_a_user_name_is_refused_without_repeating_it(text: str) -> None:
    with pytest.raises(Forbidden) as caught:
        Guard().link(text)
    assert "secret" not in str(caught.value)
    assert "me@" not in str(caught.value)


@pytest.mark.parametrize(
    "text",
    [
        "http://127.0.0.1/", "http://0x7f000001/", "http://0X7F.1/", "http://0177.0.0.1/", "http://2130706433/",
        "http://127.1/", "http://①②⑦.⓪.⓪.①/", "http://127.0.0.1./", "http://[::ffff:127.0.0.1]/", "http://[::1%25eth0]/",
        "http://cdn.example/", "http://cdn.example:443/", "https://cdn.example:8443/", "https://cdn.example:80/",
        "https://10.0.0.1/", "http://8.8.8.8/", "http://8.8.8.8:443/", "https://8.8.8.8:8443/",
    ],
)  # fmt: skip
def test_nothing_but_https_to_public_addresses_is_open_by_itself(text: str) -> None:
    with pytest.raises(Forbidden):
        Guard().link(text)


def test_http_and_other_ports_open_with_the_operators_entry() -> None:
    guard = Guard(["127.0.0.1:8080", "10.0.0.0/8"])
    for text in ("http://127.0.0.1:8080/a", "http://10.1.2.3/a", "https://10.1.2.3:9/a", "http://files.lan:8080/a"):
        assert str(guard.link(text)) == text
    for text in (
        "http://127.0.0.1:8081/a",
        "http://127.0.0.2:8080/a",
        "http://files.lan:443/a",
        "http://8.8.8.8:8080/",
    ):
        with pytest.raises(Forbidden):
            guard.link(text)


@pytest.mark.parametrize(
    "text",
    [
        "https://cdn.example/a%2Fb/../c.png?X-Sig=a%2Bb%20c+d&e=%2f%3D;f#x",
        "https://cdn.example/~a/(1)!$'*,/%E4?x=y?z/&&=",
        "https://CDN.example/A?b",
    ],
)
def test_a_signed_link_stays_as_it_is(text: str) -> None:
    assert str(Guard().link(text)).removesuffix("#x") == text.removesuffix("#x")


def test_a_link_that_people_typed_is_quoted() -> None:
    assert str(Guard().link("https://bücher.example/schöne bilder.png")) == (
        "https://xn--bcher-kva.example/sch%C3%B6ne%20bilder.png"
    )


def test_a_redirect_may_be_relative_but_may_not_leave_tls() -> None:
    guard = Guard(["127.0.0.1"])
    base = URL("https://cdn.example/a/b?c", encoded=True)
    assert str(guard.link("../d?e=%2F", base)) == "https://cdn.example/d?e=%2F"
    assert str(guard.link("//bucket.example/x", base)) == "https://bucket.example/x"
    with pytest.raises(Forbidden, match="open one"):
        guard.link("http://127.0.0.1/x", base)
    assert guard.link("https://cdn.example/", URL("http://127.0.0.1/")).scheme == "https"


LOOPBACK_FORMS = [
    "http://127.0.0.1:{port}/", "http://0x7f000001:{port}/", "http://0177.0.0.1:{port}/", "http://2130706433:{port}/",
    "http://127.1:{port}/", "http://①②⑦.⓪.⓪.①:{port}/", "http://127.0.0.1.:{port}/", "http://me:pw@127.0.0.1:{port}/",
    "http://[::ffff:127.0.0.1]:{port}/", "http://0.0.0.0:{port}/", "http://rebinding.example:{port}/", "http://localhost:{port}/",
    "unix://127.0.0.1:{port}/", "file://127.0.0.1:{port}/", "ftp://127.0.0.1:{port}/", "https://127.0.0.1:{port}/",
]  # fmt: skip


@pytest.mark.parametrize("form", LOOPBACK_FORMS)
@pytest.mark.parametrize("allow", [[], ["127.0.0.2", "10.0.0.0/8"]])
async def test_no_spelling_of_loopback_is_reached(serve: Serving, form: str, allow: list[str]) -> None:
    server = await serve([reply(png())])
    names = Names(rebinding_example=[["127.0.0.1"]], localhost=[["127.0.0.1", "::1"]])
    names.known["0x7f000001"] = names.known["0177.0.0.1"] = [["127.0.0.1"]]
    async with Fetcher(Guard(allow), resolver=names) as fetcher:
        with pytest.raises(Forbidden):
            async with fetcher.open(form.format(port=server.port)):
                pass
    assert server.accepts == 0


@pytest.mark.parametrize("form", [form for form in LOOPBACK_FORMS if form.startswith("http:")])
async def test_the_socket_alone_stops_every_spelling(serve: Serving, form: str) -> None:
    """Even a client that asks nobody about links does not get through."""
    server = await serve([reply(png())])
    connector = aiohttp.TCPConnector(socket_factory=Guard().socket)
    async with aiohttp.ClientSession(connector=connector) as session:
        if "example" in form:
            form = "http://localhost:{port}/"
        with pytest.raises((aiohttp.ClientConnectorError, aiohttp.InvalidURL)):
            await session.get(form.format(port=server.port))
    assert server.accepts == 0


async def test_the_same_server_is_reached_when_it_is_allowed(serve: Serving) -> None:
    """Without this, the tests above could pass for the wrong reason."""
    server = await serve([reply(png())])
    async with Fetcher(Guard([server.place])) as fetcher, fetcher.open(server.url()) as fetched:
        assert fetched.status == 200
    assert server.accepts == 1


async def test_a_name_that_turns_private_after_the_first_answer_is_not_followed(serve: Serving) -> None:
    good = await serve([reply(png()), None], "127.0.0.2")
    secret = await serve([reply(png())], "127.0.0.3", port=good.port)
    names = Names(rebinding_example=[["127.0.0.2"], ["127.0.0.3"]])
    link = f"http://rebinding.example:{good.port}/"
    async with Fetcher(Guard(["127.0.0.2"]), resolver=names) as fetcher:
        async with fetcher.open(link) as fetched:
            assert [part async for part in fetched.chunks()] == [png()]
        with pytest.raises(Forbidden):
            async with fetcher.open(link):
                pass
    assert names.asked == ["rebinding.example"] * 2
    assert (good.accepts, secret.accepts) == (1, 0)


async def test_of_several_addresses_only_the_allowed_is_used(serve: Serving) -> None:
    good = await serve([reply(png()), None], "127.0.0.2")
    names = Names(mixed_example=[["127.0.0.1", "10.0.0.1", "127.0.0.2"]])
    link = f"http://mixed.example:{good.port}/"
    async with Fetcher(Guard(["127.0.0.2"]), resolver=names) as fetcher, fetcher.open(link) as fetched:
        assert fetched.status == 200
    assert good.accepts == 1


@pytest.mark.parametrize(
    "target",
    [
        "http://127.0.0.3:{port}/",
        "http://inside.example:{port}/",
        "http://0x7f000003:{port}/",
        "file:///etc/passwd",
        "ftp://127.0.0.3/",
    ],
)
async def test_a_chain_of_redirects_does_not_lead_inside(serve: Serving, target: str) -> None:
    secret = await serve([reply(png())], "127.0.0.3")
    goal = target.format(port=secret.port)
    way = {"/1": redirect("/2"), "/2": redirect("/3", "307 Temporary Redirect"), "/3": redirect(goal)}
    server = await serve(lambda path: way[path])
    guard = Guard([server.place, f"10.0.0.1:{secret.port}"])
    async with Fetcher(guard, resolver=Names(inside_example=[["127.0.0.3"]])) as fetcher:
        with pytest.raises(FetchError) as caught:
            async with fetcher.open(server.url("/1")):
                pass
    assert isinstance(caught.value, PermissionError)
    assert server.targets == ["/1", "/2", "/3"]
    assert secret.accepts == 0
