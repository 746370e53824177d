"""What DATABASE_URL means: a file, or a server with options."""

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qsl, urlencode, urlsplit

from bot.store.errors import BadAddress

FILE = "seedream.db"

# What asyncpg reads in an address, and what it would send on to the server as a setting.
_OPTIONS = {
    *("host", "port", "dbname", "user", "password", "passfile", "service", "sslmode", "sslcert", "sslkey"),
    *("sslrootcert", "sslcrl", "sslpassword", "sslnegotiation", "ssl_min_protocol_version"),
    *("ssl_max_protocol_version", "target_session_attrs", "application_name", "search_path"),
}
# Options of other clients that we can do without: they choose what is chosen here anyway.
_NEEDLESS = {
    *("channel_binding", "gssencmode", "connect_timeout", "client_encoding"),
    *("keepalives", "keepalives_idle", "keepalives_interval", "keepalives_count"),
}


@dataclass(frozen=True)
class Server:
    """A database on a server: its address for asyncpg, and its name for people, without the password."""

    dsn: str
    name: str


def read(url: str, folder: Path) -> Path | Server:
    """The file or the server behind an address; none is a file in the folder."""
    if not url:
        return folder / FILE
    scheme, _, rest = url.partition("://")
    if scheme.startswith("sqlite"):
        return _file(rest)
    if scheme in {"postgres", "postgresql", "postgresql+asyncpg"}:
        return _server(rest)
    raise BadAddress(
        "DATABASE_URL is of a kind that the bot does not know", "Write postgresql://user:password@host/name."
    )


def _file(rest: str) -> Path:
    path = rest.removeprefix("/").partition("?")[0]
    if not rest.startswith("/") or path in {"", ":memory:"}:
        raise BadAddress("DATABASE_URL names no file", "Write sqlite:///folder/file.db, or sqlite:////data/file.db.")
    return Path(path)


def _server(rest: str) -> Server:
    parts = urlsplit(f"postgresql://{rest}")
    user, _, host = parts.netloc.rpartition("@")
    if "@" in user + parts.path + parts.query + parts.fragment:  # then what comes before it is of a password
        fix = "Write special characters of the password as % and two digits (@ is %40, / is %2F, # is %23)."
        raise BadAddress("DATABASE_URL cannot be taken apart", fix)
    options = dict(parse_qsl(parts.query, keep_blank_values=True))
    if "ssl" in options:  # as SQLAlchemy spells it
        mode = options.pop("ssl")
        options["sslmode"] = {"true": "require", "false": "disable"}.get(mode.lower(), mode)
    options = {key: value for key, value in options.items() if key not in _NEEDLESS}
    if unknown := sorted(options.keys() - _OPTIONS):
        raise BadAddress(f"DATABASE_URL has an option that is not known: {', '.join(unknown)}", "Take it out.")
    name = options.get("dbname") or parts.path.removeprefix("/")
    dsn = f"postgresql://{parts.netloc}{parts.path}" + (f"?{urlencode(options)}" if options else "")
    return Server(dsn, f"The PostgreSQL database {name} at {host or options.get('host') or 'this machine'}")
