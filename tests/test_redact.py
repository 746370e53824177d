"""No spelling of a secret gets through the redactor, and ordinary text does."""

import base64
import json
import time
from urllib.parse import quote, quote_plus

import pytest

from bot.redact import HIDDEN, Redactor, redact

BOT_ID = base64.urlsafe_b64encode(b"123456789012345678").decode().rstrip("=")
BOT_TOKEN = f"{BOT_ID}.GaBcDe.abcdefghijklmnopqrstuvwxyz0123456789AB"
INTERACTION = base64.b64encode(b"interaction:1234567890123456789:" + b"q7" * 40).decode()
SIGNED = (
    "https://ark-content.tos-cn-beijing.volces.com/doubao/0217.jpeg?X-Tos-Algorithm=TOS4-HMAC-SHA256"
    "&X-Tos-Credential=AKLTcanary%2F20261120&X-Tos-Date=20261120T101112Z&X-Tos-Signature=CANARY0f1e2d3c"
)

SECRET_FORMS = [
    (f"logging in with {BOT_TOKEN} now", BOT_TOKEN),
    (f'{{"op":6,"d":{{"token":"{BOT_TOKEN}","seq":3}}}}', BOT_TOKEN),
    ("Authorization: Bearer canary-value", "canary-value"),
    ("authorization=Basic Y2FuYXJ5OmNhbmFyeQ==", "Y2FuYXJ5"),
    ("<CIMultiDict('Host': 'a', 'Authorization': 'Bearer canary-value')>", "canary-value"),
    ("[(b'Authorization', b'Bearer canary-value'), (b'Host', b'x')]", "canary-value"),
    ('{"headers": "{\\"Authorization\\": \\"Bot canary-value\\"}"}', "canary-value"),
    ("Proxy-Authorization: canaryvalue0123456789", "canaryvalue0123456789"),
    ("X-Api-Key: canary-value", "canary-value"),
    ("sent Bearer c4nary-value to it", "c4nary-value"),
    ("the key sk-proj-canary0123456789 is wrong", "canary0123456789"),
    ("AKLTcanary0123456789abcdef", "canary0123456789"),
    (SIGNED, "CANARY0f1e2d3c"),
    (SIGNED, "AKLTcanary"),
    (quote(SIGNED, safe=""), "CANARY0f1e2d3c"),
    (quote(quote(SIGNED, safe=""), safe=""), "CANARY0f1e2d3c"),
    (SIGNED.replace("&", "&amp;"), "CANARY0f1e2d3c"),
    (SIGNED.replace("&", "\\u0026"), "CANARY0f1e2d3c"),
    (f"URL('{SIGNED}')", "CANARY0f1e2d3c"),
    ("<MultiDict('X-Tos-Signature': 'CANARY0f1e2d3c')>", "CANARY0f1e2d3c"),
    ("https://b.s3.amazonaws.com/a.png?X-Amz-Expires=60&X-Amz-Signature=canaryvalue", "canaryvalue"),
    ("https://a.blob.core.windows.net/x?sv=1&sig=canaryvalue%3D", "canaryvalue"),
    ("https://x.oss-cn.aliyuncs.com/a?Expires=1&OSSAccessKeyId=c&Signature=canaryvalue", "canaryvalue"),
    ("https://cdn.discordapp.com/attachments/1/2/a.png?ex=65a1b2c3&is=6590aabb&hm=0123456789abcdefcanary", "65a1b2c3"),
    (f"https://cdn.discordapp.com/a.png?ex=65a1b2c3&is=6590aabb&hm={'0123456789abcdef' * 4}&", "0123456789abcdef"),
    ("POST /api/v10/webhooks/123456789012345678/canary_0123456789abcdef-XYZ/messages/@original", "canary_0123"),
    ("POST /interactions/123456789012345678/canary_0123456789abcdef-XYZ/callback", "canary_0123"),
    ("POST https://bot.example/callbacks/acedata/17-canary0123456789_abcdefghijklmnopqrstuvwxyz-01", "canary0123"),
    (f"interaction token {INTERACTION} is used up", INTERACTION[20:60]),
    (f'{{"id":"1","token":"{INTERACTION}"}}', INTERACTION[20:60]),
    ('{"access_token": "canary-value", "a": 1}', "canary-value"),
    ("{'api_key': 'canary-value'}", "canary-value"),
    ("postgresql://seedream:canary@db/x", "canary"),
    ("could not reach http://user:can@ary@10.0.0.1:80/x", "can@ary"),
    ("mfa.canary0123456789canary0123456789", "canary"),
    ("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.canary-signature", "canary-signature"),
    ("data:image/png;base64," + "iVBORw0KGgo" * 20, "iVBORw0KGgo"),
]

ORDINARY = [
    "a cat in the rain, token of love, secret garden, --ar 16:9 --size 4K",
    "bearer of bad news, a bot playing chess, basic watercolour understanding",
    "Authorization is missing; the API key is wrong (cometapi 401)",
    "the key to the city: a key-shaped cookie, password on a sticky note",
    "https://docs.python.org/3/library/logging.html?highlight=handler#logging.Handler",
    "https://example.org/search?q=cat&is=fine&ex=1&page=2",
    "user 123456789012345678 in guild 987654321098765432, channel 112233445566778899",
    "job 5f0c7a0e-6f0e-4a57-9d0e-2d0c7f6b8a11 took 12.5 s, 2048x2048, seedream-5-0-260128",
    "GET https://cdn.discordapp.com/attachments/112233445566778899/112233445566778900/cat.png",
    "POST https://discord.com/api/v10/channels/112233445566778899/messages 200",
    "ratio 16:9; time 10:11:12; mail me at someone@example.org; sk-learn; pk-zip; ep-20251120-abcde",
    "MODULE.loaded.from bot.seedream.providers.cometapi and NORTHAMERICANCONTINENTALDIVIDE.x",
    "日本語のプロンプト、猫と雨。",
    "Request id: 021763612345678000000000000000ffffac15",
]


@pytest.mark.parametrize(("text", "secret"), SECRET_FORMS)
def test_what_has_the_form_of_a_secret_is_hidden(text: str, secret: str) -> None:
    assert secret in text or quote(secret) in text
    assert secret not in redact(text)
    assert HIDDEN in redact(text)


@pytest.mark.parametrize("text", ORDINARY)
def test_ordinary_text_stays_as_it_is(text: str) -> None:
    assert redact(text) == text


@pytest.mark.parametrize(
    "secret", ["plain-secret", 'with"quote', "with\\slash/and space", "schlüssel-ß", "a+b=c&d?e%f"]
)
def test_a_known_secret_is_hidden_in_every_spelling(secret: str) -> None:
    redactor = Redactor([secret])
    spellings = [
        secret,
        repr(secret),
        repr(secret.encode()),
        json.dumps(secret),
        json.dumps({"a": json.dumps(secret)}) if secret.isalnum() else json.dumps(secret, ensure_ascii=False),
        quote(secret, safe=""),
        quote(secret),
        quote_plus(secret),
        quote(secret, safe="").lower() if secret.islower() else secret,
        quote(quote(secret, safe=""), safe=""),
    ]
    for spelling in spellings:
        assert redactor(f"before {spelling} after").replace("'", "").replace('"', "") in {
            f"before {HIDDEN} after",
            f"before b{HIDDEN} after",
        }


def test_the_password_of_an_address_is_a_secret_by_itself() -> None:
    redactor = Redactor(["postgresql://me:p%40ssw0rd@db/x"])
    assert "p%40ssw0rd" not in redactor("tried p%40ssw0rd")
    assert "p@ssw0rd" not in redactor("tried p@ssw0rd")


def test_a_secret_can_be_learned_later_and_an_empty_or_tiny_one_hides_nothing() -> None:
    redactor = Redactor(["", "a"])
    assert redactor("a banana") == "a banana"
    redactor.learn("banana")
    assert redactor("a banana") == f"a {HIDDEN}"
    redactor.learn("http://[half")
    assert redactor("http://[half") == HIDDEN


def test_the_longer_of_two_secrets_is_hidden_whole() -> None:
    assert Redactor(["secret", "secret-longer"])("secret-longer") == HIDDEN


@pytest.mark.parametrize(
    "unit",
    [
        "a",
        "\\",
        "sk-,",
        "bearer ",
        "%25",
        "eyJaaaaaaaa.",
        "a://",
        "/webhooks/",
        "authorization",
        "X-Tos-",
        "?",
        '"',
        "M.",
    ],
)
def test_a_long_line_takes_time_in_proportion_to_its_length(unit: str) -> None:
    """Sixteen times the text takes about sixteen times as long; 256 times would be the square."""
    short, long = (min(_seconds(unit * (size // len(unit))) for _ in range(3)) for size in (20_000, 320_000))
    assert long < 100 * short


def _seconds(text: str) -> float:
    start = time.thread_time()
    redact(text)
    return time.thread_time() - start
