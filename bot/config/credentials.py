"""How a pasted secret should look, and what a wrong one probably is. No message holds any part of it."""

import base64
import binascii
import re

from bot.config.values import BadValue

_KEY = 32  # characters of a key of our own
_QUOTES = "\"'`“”„‟‘’‚«»"
_TOKEN = re.compile(r"(?P<id>[A-Za-z0-9_-]{18,40})\.[A-Za-z0-9_-]{5,10}\.[A-Za-z0-9_-]{20,}")
_PLACEHOLDER = re.compile(r"<.*>|\.\.\.|…|x{6,}|your[-_ ]|change[-_ ]?me|replace[-_ ]?me|_here$", re.IGNORECASE)

_NOT_A_TOKEN = (
    (re.compile(r"mfa\..+"), "looks like the token of a person's account, which Discord forbids to use"),
    (re.compile(r"[0-9a-fA-F]{64}"), "looks like the application's public key"),
    (re.compile(r"[0-9]{15,22}"), "looks like an application or user id"),
    (re.compile(r"[A-Za-z0-9_-]{32}"), "looks like the OAuth2 client secret"),
    (re.compile(r"(sk|ak|pk|key)-.+"), "looks like the key of an image provider: are two settings swapped?"),
)
_NOT_A_KEY = (
    (re.compile(r"ep-[0-9a-z-]+"), "looks like an endpoint id, which is a model name (DEFAULT_MODEL)"),
    (re.compile(r"AK(LT|TP|IA)[A-Za-z0-9]+"), "looks like an access key id, not like an API key"),
    (re.compile(r"https?://.*"), "is an address, not a key"),
)
_BOT_PAGE = "copy the token from the Bot page of https://discord.com/developers/applications (Reset Token)"


def clean(secret: str) -> str:
    """Give back what a secret must be as a header's value, or say what was pasted with it."""
    secret = secret.strip()
    if re.match(r"(authorization\s*:|bearer\s|bot\s|basic\s)", secret, re.IGNORECASE):
        raise BadValue("begins with a word that is not part of it (Bearer, Bot)", "paste what comes after that word")
    if secret[0] in _QUOTES or secret[-1] in _QUOTES:
        raise BadValue("has quotation marks around it", "paste it without any quotation marks")
    if _PLACEHOLDER.search(secret):
        raise BadValue("is still the placeholder of an example", "put the real one there, or leave it empty")
    if len(secret.split()) > 1:
        raise BadValue("has a space or a line break inside", "paste it again, in one piece")
    if not secret.isascii() or not secret.isprintable():
        raise BadValue("has a character that no key has (invisible or not ASCII)", "copy it again from its source")
    return secret


def discord_token(secret: str) -> str:
    """A bot token: three parts, the first of which is the bot's id."""
    token = clean(secret)
    match = _TOKEN.fullmatch(token)
    if match and _is_id(match["id"]):
        return token
    for pattern, what in _NOT_A_TOKEN:
        if pattern.fullmatch(token):
            raise BadValue(what, _BOT_PAGE)
    raise BadValue("is not a bot token, which has three parts with dots between them", _BOT_PAGE)


def api_key(secret: str) -> str:
    """A provider's key: anything printable that is not obviously something else."""
    key = clean(secret)
    match = _TOKEN.fullmatch(key)
    if match and _is_id(match["id"]):
        raise BadValue("looks like a Discord bot token", "put it into DISCORD_TOKEN, and the provider's key here")
    for pattern, what in _NOT_A_KEY:
        if pattern.fullmatch(key):
            raise BadValue(what, "create an API key in the provider's console and paste that")
    if len(key) < 8:
        raise BadValue("is too short for a key", "paste the whole key")
    return key


def data_key(secret: str) -> str:
    """One or more keys of our own with commas between them: long enough that nobody guesses one."""
    keys = [clean(key) for key in secret.split(",") if key.strip()]
    if any(len(key) < _KEY for key in keys):
        fix = "make one with `openssl rand -base64 32`, and keep it as carefully as the database"
        raise BadValue(f"has a key of fewer than {_KEY} characters", fix)
    if len(set(keys)) < len(keys):
        raise BadValue("has the same key twice", "write each key once, the present one first")
    return ",".join(keys)


def database_url(secret: str) -> str:
    """The address of a database of a kind that the bot knows."""
    url = secret.strip()
    if not re.match(r"(postgres(ql)?(\+asyncpg)?://[^\s/]*/|sqlite(\+aiosqlite)?://)\S+$", url):
        what = "is not the address of a PostgreSQL or SQLite database"
        raise BadValue(what, "write postgresql://user:password@host/name, or leave it empty for SQLite in DATA_DIR")
    return url


def _is_id(part: str) -> bool:
    try:
        return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)).isdigit()
    except (binascii.Error, ValueError):
        return False
