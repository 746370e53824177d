"""Decides which addresses may be reached on behalf of others: public ones over TLS, and what the operator allows."""

import ipaddress
import re
import socket
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass

from yarl import URL

from bot.images.errors import Forbidden

LONGEST = 8192  # characters of a link
_V6_INTERNET = ipaddress.IPv6Network("2000::/3")
_V6_SPECIAL = tuple(map(ipaddress.IPv6Network, ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20")))
_V4_RELAYS = ipaddress.IPv4Network("192.88.99.0/24")
_PLAIN = re.compile(r"[!-~]+")
_HOST = re.compile(r"[a-z0-9._:%-]+", re.IGNORECASE)
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_NUMERIC = re.compile(r"(?:.*\.)?(?:0x[0-9a-f]*|[0-9]+)\.?", re.IGNORECASE)
_ENTRY = re.compile(r"\[(?P<six>[^\]]+)\](?::(?P<six_port>[0-9]{1,5}))?|(?P<four>[0-9./]+):(?P<four_port>[0-9]{1,5})")

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


def is_public(address: str) -> bool:
    """Whether this is the address of one host on the open internet, written in the one canonical way.

    Stricter than `ipaddress`' own `is_global`, which lets tunnels to private addresses and multicast pass.
    """
    found = _parse(address)
    if found is None:
        return False
    if isinstance(found, ipaddress.IPv6Address):
        return found in _V6_INTERNET and not any(found in network for network in _V6_SPECIAL)
    return found.is_global and not found.is_multicast and not found.is_reserved and found not in _V4_RELAYS


def _parse(address: str) -> Address | None:
    """The address, or None for a name, an odd spelling or an address that is bound to one interface."""
    try:
        return None if "%" in address else ipaddress.ip_address(address)
    except ValueError:
        return None


@dataclass(frozen=True, slots=True)
class _Allowed:
    """A network that the operator opens, on one port or on all."""

    network: ipaddress.IPv4Network | ipaddress.IPv6Network
    port: int | None

    def covers(self, address: Address, port: int) -> bool:
        return address in self.network and self.port in {None, port}


def _allowed(text: str) -> _Allowed:
    """Read one entry of the operator's list."""
    parts = _ENTRY.fullmatch(text.strip())
    network = (parts["six"] or parts["four"]) if parts else text.strip()
    port = (parts["six_port"] or parts["four_port"]) if parts else None
    if "%" not in network and (port is None or 0 < int(port) < 65_536):
        with suppress(ValueError):
            return _Allowed(ipaddress.ip_network(network), int(port) if port else None)
    raise ValueError(
        f"{text!r} is not an address or network, with or without a port"
        ' (like "127.0.0.1:8080", "10.0.0.0/8" or "[fd00::1]:443"; names are not possible)'
    )


class Guard:
    """The rule for addresses, asked twice: about each link, and about each socket before it connects.

    Only the second sees what names resolve to, so that neither DNS tricks nor odd spellings get past it. Public
    addresses are reached on port 443 only; plain HTTP and other ports need an entry of the operator's list.
    """

    def __init__(self, allow: Iterable[str] = ()) -> None:
        """Raise ValueError for an entry that is no address, network or either of them with a port."""
        self._allowed = tuple(_allowed(entry) for entry in allow)

    def permits(self, address: str, port: int) -> bool:
        """Whether a connection may go there."""
        if port == 443 and is_public(address):
            return True
        found = _parse(address)
        return found is not None and any(allowed.covers(found, port) for allowed in self._allowed)

    def link(self, text: str, base: URL | None = None) -> URL:
        """The link exactly as written, or Forbidden. With `base` it may be relative, and may not leave TLS."""
        link = self._read(text, base)
        if link is None:
            raise Forbidden("this is not a web link")
        if link.raw_user is not None or link.raw_password is not None:
            raise Forbidden("a link with a user name in it is not opened", host=link.host or "")
        if base and base.scheme == "https" != link.scheme:
            raise Forbidden("a link leads from a secure connection to an open one", host=base.host or "")
        self._check_place(link)
        return link

    def socket(self, addr_info: tuple[int, int, int, str, tuple[object, ...]]) -> socket.socket:
        """Make the socket for an address that was resolved, or raise Forbidden: aiohttp's `socket_factory`."""
        family, kind, proto, _, (address, port, *rest) = addr_info
        scope = rest[1] if len(rest) > 1 else 0
        if scope or not isinstance(port, int) or not self.permits(str(address), port):
            raise Forbidden("this address is not open to us")
        return socket.socket(family, kind, proto)

    @staticmethod
    def _read(text: str, base: URL | None) -> URL | None:
        """Signed links stay as they are, byte by byte; only what could not be sent as it is gets quoted."""
        if len(text) > LONGEST or _CONTROL.search(text):
            return None
        with suppress(ValueError):
            link = URL(text, encoded=_PLAIN.fullmatch(text) is not None)
            link = base.join(link) if base else link
            if link.scheme in {"http", "https"} and _HOST.fullmatch(link.raw_host or "") and link.port:
                return link
        return None

    def _check_place(self, link: URL) -> None:
        """What can be said before a name is resolved; the socket has the last word."""
        host, port = link.host or "", link.port or 0
        spelled_out = _parse(host) is not None or ":" in host or _NUMERIC.fullmatch(host)
        if spelled_out and not self.permits(host, port):
            raise Forbidden("this address is not open to us", host=host)
        usual = link.scheme == "https" and port == 443
        opened = port != 443 and any(entry.port in {None, port} for entry in self._allowed)
        if not usual and not opened:
            raise Forbidden("only secure links are opened", host=host)
