"""How the text of a setting becomes a value, and what is said when it cannot."""

import difflib
import ipaddress
import os
import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

_HOST = re.compile(r"(?=.{1,253}$)[a-z0-9_]([a-z0-9_-]{0,62})?(\.[a-z0-9_-]{1,63})*", re.IGNORECASE)
_WITH_PORT = re.compile(r"(?:\[(?P<six>[^\]]+)\]|(?P<four>[0-9./]+)(?=:))(?::(?P<port>\d{1,5}))?")
_PLAIN_WORD = re.compile(r"[a-z_-]{1,20}", re.IGNORECASE)


class BadValue(ValueError):
    """Says what is wrong with a setting and how to mend it. A secret is never part of it."""

    def __init__(self, what: str, fix: str) -> None:
        super().__init__(what)
        self.what = what
        self.fix = fix


@dataclass(frozen=True, slots=True)
class Shards:
    """The shards that this process runs, and how many there are in all processes together."""

    ids: tuple[int, ...]
    count: int

    def __str__(self) -> str:
        return f"{','.join(map(str, self.ids))}/{self.count}"


def nearest(word: str, known: Iterable[str], cutoff: float = 0.6) -> str | None:
    """The known word that somebody who wrote `word` most likely meant."""
    return next(iter(difflib.get_close_matches(word, list(known), n=1, cutoff=cutoff)), None)


def words(text: str) -> tuple[str, ...]:
    """The parts of a list with commas, without brackets or quotes that people put around it."""
    text = text.strip()
    if text.startswith("[") and text.find("]") == len(text) - 1:
        text = text[1:-1]
    return tuple(word for word in (part.strip().strip("'\"") for part in text.split(",")) if word)


def choices(text: str, known: Collection[str]) -> tuple[str, ...]:
    """A list of known words, each at most once."""
    chosen = tuple(word.lower() for word in words(text))
    for place, word in enumerate(chosen, start=1):
        if word in known:
            continue
        shown = f"{word!r}" if _PLAIN_WORD.fullmatch(word) else f"entry {place}"
        near = nearest(word, known)
        meant = f"did you mean {near}? " if near else ""
        raise BadValue(f"{shown} is not known", f"{meant}Known are {', '.join(known)}")
    if len(set(chosen)) < len(chosen):
        raise BadValue("names something twice", "name each once, in the order to be tried")
    return chosen


def addresses(text: str) -> tuple[str, ...]:
    """IP addresses and networks, each with a port where only that one is meant, in their usual spelling."""
    allowed = []
    for place, word in enumerate(words(text), start=1):
        try:
            network, port = _network(word)
        except ValueError:
            fix = "write addresses or networks, such as 127.0.0.1:8080 or 192.168.1.0/24, with commas between them"
            raise BadValue(f"entry {place} is not an IP address or network", fix) from None
        plain = str(network.network_address) if network.num_addresses == 1 else str(network)
        allowed.append(plain if port is None else f"[{plain}]:{port}" if network.version == 6 else f"{plain}:{port}")
    return tuple(allowed)


def hosts(text: str) -> tuple[str, ...]:
    """Host names, each with a port where that is not the usual one."""
    found = tuple(word.lower() for word in words(text))
    for place, word in enumerate(found, start=1):
        host, _, port = word.partition(":")
        if not _HOST.fullmatch(host) or (port and not port.isdigit()) or word.endswith(":"):
            raise BadValue(f"entry {place} is not a host name", "write names only, such as cdn.discordapp.com")
    return found


def shards(text: str) -> Shards:
    """`0-3,8/16`: numbers and ranges, then how many shards there are in all."""
    fix = "write which shards and how many there are in all, such as 0-3/16"
    part, slash, total = text.strip().partition("/")
    ranges = [re.fullmatch(r"(\d{1,5})(?:-(\d{1,5}))?", word) for word in words(part)]
    if not slash or not re.fullmatch(r"\d{1,5}", total.strip()) or not ranges:
        raise BadValue("is not a list of shards with their total", fix)
    ids: list[int] = []
    for found in ranges:
        if found is None:
            raise BadValue("is not a list of shards with their total", fix)
        ids.extend(range(int(found[1]), int(found[2] or found[1]) + 1))
    count = int(total)
    if not ids or max(ids) >= count or len(set(ids)) < len(ids):
        raise BadValue("names a shard twice, backwards or beyond the total", fix + "; the first shard is 0")
    return Shards(tuple(sorted(ids)), count)


def address(text: str, schemes: tuple[str, ...] = ("https", "http")) -> str:
    """A base address: scheme, host and perhaps a path; nothing that would end up in logs or be lost."""
    url = text.strip()
    example = f"write it like {schemes[0]}://host.example"
    parts = _split(url)
    if parts is None or not parts.scheme or not parts.hostname:
        raise BadValue("is not a complete address", f"{example}, with the scheme in front")
    if parts.scheme not in schemes:
        raise BadValue(f"does not begin with {' or '.join(f'{scheme}://' for scheme in schemes)}", example)
    if parts.username is not None or parts.password is not None:
        raise BadValue(
            "holds a user name or password", "leave out everything up to the @; keys have their own settings"
        )
    if parts.query or parts.fragment or "?" in url or "#" in url:
        raise BadValue("has a query or fragment (? or #)", "leave away the question mark or # and what follows")
    if not url.isascii() or re.search(r"[\s\"'<>\\]", url):
        raise BadValue("holds a space, quote or other character that no address has", example)
    return url.rstrip("/")


def base_url(text: str, documented: str, allowed: tuple[str, ...]) -> str:
    """Where a provider's documented path begins; without TLS only on this machine or where the operator allows it."""
    url = address(text)
    parts = urlsplit(url)
    steps = documented.strip("/").split("/")
    for end in range(len(steps), 0, -1):
        extra = "/" + "/".join(steps[:end])
        if parts.path.endswith(extra):
            raise BadValue(f"includes {extra}, which the bot adds itself", "leave that part away")
    if parts.scheme == "http" and not _may_be_plain(parts.hostname or "", parts.port or 80, allowed):
        raise BadValue(
            "uses http, which would send the key unprotected", "write https, or add its IP to OUTBOUND_ALLOW"
        )
    return url


def folder(text: str) -> Path:
    """A folder that exists and can be written to, or that can be made."""
    path = Path(text.strip()).expanduser()
    place = path
    while not place.exists() and place != place.parent:
        place = place.parent
    if not place.is_dir():
        raise BadValue(f"cannot be a folder: {place} is a file", "name a folder")
    if not os.access(place, os.W_OK | os.X_OK):
        raise BadValue(f"cannot be written to ({place})", "name another folder, or give this user the right to write")
    return path


def _split(url: str) -> SplitResult | None:
    try:
        parts = urlsplit(url)
        _ = parts.port  # reading it is what checks it
    except ValueError:
        return None
    return parts


def _network(word: str) -> tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, int | None]:
    match = _WITH_PORT.fullmatch(word)
    port = int(match["port"]) if match and match["port"] else None
    if port is not None and not 0 < port < 65536:
        raise ValueError("no such port")
    return ipaddress.ip_network((match["six"] or match["four"]) if match else word, strict=False), port


def _may_be_plain(host: str, port: int, allowed: tuple[str, ...]) -> bool:
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        ip = ipaddress.ip_address(host)
    except ValueError:
        return False
    networks = (_network(entry) for entry in allowed)
    return ip.is_loopback or any(ip in network and only in {None, port} for network, only in networks)
