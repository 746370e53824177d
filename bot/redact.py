"""Takes secrets out of any text: the known ones in every spelling, and whatever has the form of one."""

import json
import re
from collections.abc import Iterable, Iterator
from urllib.parse import quote, quote_plus, unquote, urlsplit

HIDDEN = "[hidden]"
_SHORTEST = 6  # a shorter "secret" would blot out ordinary words

# Every pattern is linear: it begins at a boundary or a literal, and what it repeats cannot begin it anew.
_SIGN = r"(?:=|%(?:25)*3D)"  # an equals sign, percent-encoded or not
_QUERY = r"(?:[?&;]|\\u0026|%(?:25)*(?:3F|26))"  # what stands before a name in a query
_VALUE = r"(?:(?!%(?:25)*26)[^&\s\"'<>\\),;])+"
_QUOTE = r"\\{0,8}[\"']"
_PATTERNS = tuple(
    (re.compile(pattern, re.IGNORECASE), replacement)
    for pattern, replacement in (
        # user:password@ in an address
        (r"(\b[a-z][a-z0-9+.-]{1,20}://)[^\s/?#\"'<>\\]*@", rf"\1{HIDDEN}@"),
        # a bot token, a person's token, a JSON web token
        (r"(?<![\w-])(?-i:[MNO])[\w-]{22,30}\.[\w-]{5,8}\.[\w-]{20,}", HIDDEN),
        (r"(?<![\w-])mfa\.[\w-]{20,}", HIDDEN),
        (r"(?<![\w-])eyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]*", HIDDEN),
        # tokens of interactions (base64 of "interaction:…") and webhooks
        (r"aW50ZXJhY3Rpb246(?:[\w+/=-]|%(?:25)*3D)*", HIDDEN),
        (r"((?:/|%2F)(?:webhooks|interactions)(?:/|%2F)\d{15,20}(?:/|%2F))[\w-]{20,}", rf"\1{HIDDEN}"),
        # where a provider may call back about a job
        (r"(/callbacks/[a-z]{1,20}/\d{1,19}-)[\w-]{20,}", rf"\1{HIDDEN}"),
        # headers, as text, dictionary, tuple or JSON
        (
            (
                rf"(?<![\w-])((?:proxy-)?authorization)((?:{_QUOTE})?\s*[:=]\s*b?(?:{_QUOTE})?|{_QUOTE}\s*,\s*b?{_QUOTE})"
                r"(?:(?:bearer|bot|basic|token|digest)\s+[^\s\"'\\,;<>)]+|[^\s\"'\\,;<>)]{16,})"
            ),
            rf"\1\2{HIDDEN}",
        ),
        (
            (
                rf"(?<![\w-])(x-api-key|api-key|x-auth-token|set-cookie)"
                rf"((?:{_QUOTE})?\s*[:=]\s*b?(?:{_QUOTE})?|{_QUOTE}\s*,\s*b?{_QUOTE})[^\s\"'\\,;<>)]{{6,}}"
            ),
            rf"\1\2{HIDDEN}",
        ),
        (r"(?<![\w-])((?:bearer|basic)\s+)(?=[a-z.~+/=_-]*\d)[\w.~+/=-]{8,}", rf"\1{HIDDEN}"),
        (r"(?<![\w-])((?:bearer|basic)\s+)[\w.~+/=-]{32,}", rf"\1{HIDDEN}"),
        # keys by their usual beginnings
        (r"(?<![\w-])(?:sk|pk|ak|rk)-(?=[a-z_-]*\d)[\w-]{12,}", HIDDEN),
        (r"(?<!\w)AK(?:LT|TP|IA)(?=[a-z]*\d)[a-z0-9]{12,}", HIDDEN),
        # fields of JSON and of queries that are named for what they hold
        (
            (
                rf"({_QUOTE}(?:[a-z_]{{0,20}}token|api_?key|password|client_secret|secret){_QUOTE}\s*:\s*{_QUOTE})"
                r"[^\s\"'\\]{8,}"
            ),
            rf"\1{HIDDEN}",
        ),
        (rf"(X-(?:Tos|Amz|Goog|Oss)-[a-z-]{{1,30}}{_SIGN}){_VALUE}", rf"\1{HIDDEN}"),
        (
            (
                rf"(X-(?:Tos|Amz|Goog|Oss)-(?:signature|credential|security-token){_QUOTE}\s*[:,]\s*{_QUOTE})"
                r"[^\"'\\]+"
            ),
            rf"\1{HIDDEN}",
        ),
        (
            (
                rf"({_QUERY}(?:signature|sig|token|access_token|auth_key|api_?key|key|secret|password|AWSAccessKeyId"
                rf"|OSSAccessKeyId){_SIGN}){_VALUE}"
            ),
            rf"\1{HIDDEN}",
        ),
        (rf"({_QUERY}hm{_SIGN})[0-9a-f]{{16,}}", rf"\1{HIDDEN}"),
        (rf"({_QUERY}(?:ex|is){_SIGN})[0-9a-f]{{8}}(?![0-9a-z])", rf"\1{HIDDEN}"),
        # pictures are no secrets of ours, but they are somebody's
        (r"(\bdata:[a-z]{2,12}/[a-z0-9.+-]{1,30};base64,)[a-z0-9+/=_-]{32,}", rf"\1{HIDDEN}"),
    )
)


class Redactor:
    """A function from text to text that knows the secrets of this run besides the forms of all."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        self._known: set[str] = set()
        self._pattern: re.Pattern[str] | None = None
        self.learn(*secrets)

    def learn(self, *secrets: str) -> None:
        """From now on hide these too, however they are spelled."""
        for secret in secrets:
            self._known.update(form for form in _spellings(secret) if len(form) >= _SHORTEST)
        longest_first = sorted(self._known, key=len, reverse=True)
        self._pattern = re.compile("|".join(map(re.escape, longest_first))) if longest_first else None

    def __call__(self, text: str) -> str:
        """The text without secrets."""
        if self._pattern is not None:
            text = self._pattern.sub(HIDDEN, text)
        return redact(text)


def redact(text: str) -> str:
    """The text without anything that has the form of a secret."""
    for pattern, replacement in _PATTERNS:
        text = pattern.sub(replacement, text)
    return text


def _spellings(secret: str) -> Iterator[str]:
    """How one secret looks in an address, in JSON, in a repr; the password of an address counts by itself."""
    parts = [secret.strip()]
    if "://" in secret and (password := _password(secret)):
        parts += [password, unquote(password)]
    for part in parts:
        yield part
        for safe in ("", "/", ":/@"):
            encoded = quote(part, safe=safe)
            yield from (encoded, quote(encoded, safe=safe), re.sub(r"%..", lambda match: match[0].lower(), encoded))
        yield quote_plus(part)
        for text in (json.dumps(part), json.dumps(part, ensure_ascii=False), repr(part), repr(part.encode())[1:]):
            yield text[1:-1]


def _password(url: str) -> str:
    try:
        return urlsplit(url).password or ""
    except ValueError:
        return ""
