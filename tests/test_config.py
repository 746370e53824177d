"""Settings: what each takes, what it refuses with which words, and that no secret is ever shown."""

import base64
import os
import subprocess
import sys
import tempfile
import traceback
from decimal import Decimal
from pathlib import Path

import pytest
from pydantic import ValidationError

from bot.config import PROVIDERS, SECRETS, Settings, SettingsError, Shards, key_field, load

ROOT = Path(__file__).resolve().parent.parent
KEY = "sk-0123456789abcdef"
TOKEN = base64.b64encode(b"123456789012345678").decode() + ".GaBcDe.abcdefghijklmnopqrstuvwxyz0123456789AB"
NAMES = {name.upper() for name in Settings.model_fields}


def given(**environ: str) -> Settings:
    return load(None, environ)


def refused(**environ: str) -> str:
    with pytest.raises(SettingsError) as caught:
        given(**environ)
    return str(caught.value)


def test_without_anything_the_defaults_hold_and_are_valid() -> None:
    settings = given()
    assert settings == Settings()
    assert settings.route == ()
    assert settings.data_dir == Path("data")
    assert settings.warnings == ()


def test_every_setting_of_the_contract_is_there() -> None:
    contract = """DISCORD_TOKEN COMETAPI_KEY ARK_API_KEY BYTEPLUS_API_KEY ACEDATA_API_KEY GATEWAY_API_KEY
        COMETAPI_BASE_URL ARK_BASE_URL BYTEPLUS_BASE_URL ACEDATA_BASE_URL GATEWAY_BASE_URL PROVIDERS DEFAULT_MODEL
        DATABASE_URL DATA_DIR PUBLIC_URL HTTP_HOST HTTP_PORT SHARDS OUTBOUND_ALLOW DISCORD_API_BASE
        DISCORD_GATEWAY_URL DISCORD_CDN_HOSTS LOG_LEVEL LOG_FORMAT USER_IMAGES_PER_HOUR USER_IMAGES_PER_DAY
        USER_JOBS_AT_ONCE USER_COOLDOWN_SECONDS SERVER_IMAGES_PER_DAY BUDGET_USD_PER_DAY BUDGET_USD_PER_MONTH
        PARALLEL_JOBS IMAGES_PER_MINUTE LEASE_SECONDS AMBIGUOUS_RETRIES USER_IMAGES_PER_MONTH USER_JOBS_WAITING
        SERVER_IMAGES_PER_MONTH SERVER_JOBS_AT_ONCE TOTAL_IMAGES_PER_DAY TOTAL_BUDGET_USD_PER_DAY
        TOTAL_BUDGET_USD_PER_MONTH CNY_PER_USD PROVIDER_JOBS_AT_ONCE QUEUE_LIMIT STOP_GRACE_SECONDS KEEP_DAYS
        DATA_KEY REFUSED_PAUSE_SECONDS LEFT_SERVER_DAYS AUDIT_KEEP_DAYS"""
    assert set(contract.split()) == NAMES


def test_good_values_become_what_they_mean(tmp_path: Path) -> None:
    settings = given(
        DISCORD_TOKEN=f" {TOKEN}\n",
        COMETAPI_KEY=KEY,
        BYTEPLUS_API_KEY="0123-abcd-4567",
        BYTEPLUS_BASE_URL="https://ark.eu-west.bytepluses.com/",
        PROVIDERS="[byteplus, 'CometAPI']",
        SHARDS="0-2,5/16",
        OUTBOUND_ALLOW="127.0.0.1:8080, 10.1.2.3/8,::1,[fd00::1]:443, [fe80::]",
        DISCORD_CDN_HOSTS="CDN.example,127.0.0.1:8080",
        DISCORD_GATEWAY_URL="ws://127.0.0.1:1",
        DATABASE_URL="postgresql://me:pw@db/x",
        DATA_DIR=str(tmp_path / "new" / "data"),
        HTTP_PORT="8080",
        BUDGET_USD_PER_DAY="2.50",
        LOG_LEVEL="debug",
        LOG_FORMAT="JSON",
    )
    assert settings.route == ("byteplus", "cometapi")
    assert settings.key("cometapi") == KEY
    assert settings.key("ark") == ""
    assert settings.base_url("byteplus") == "https://ark.eu-west.bytepluses.com"
    assert settings.shards == Shards((0, 1, 2, 5), 16)
    assert str(settings.shards) == "0,1,2,5/16"
    assert settings.outbound_allow == ("127.0.0.1:8080", "10.0.0.0/8", "::1", "[fd00::1]:443", "fe80::")
    assert settings.discord_cdn_hosts == ("cdn.example", "127.0.0.1:8080")
    assert settings.budget_usd_per_day == Decimal("2.50")
    assert (settings.http_port, settings.log_level, settings.log_format) == (8080, "DEBUG", "json")
    assert not (tmp_path / "new").exists()


def test_all_mistakes_are_told_at_once_each_with_its_fix() -> None:
    text = refused(
        COMETAPI_KEY="two words", HTTP_PORT="80a", USER_JOBS_AT_ONCE="-1", LOG_LEVEL="LOUD", PROVIDERS="comet"
    )
    lines = text.splitlines()
    assert [line.split(":")[0] for line in sorted(lines)] == [
        "COMETAPI_KEY",
        "HTTP_PORT",
        "LOG_LEVEL",
        "PROVIDERS",
        "USER_JOBS_AT_ONCE",
    ]
    assert all(" Fix: " in line and line.endswith(".") for line in lines)


@pytest.mark.parametrize(
    ("pasted", "said"),
    [
        ("Bearer sk-0123456789", "begins with a word that is not part of it"),
        ("Authorization: Bearer sk-0123456789", "begins with a word"),
        ('"sk-0123456789"', "has quotation marks"),
        ("‘sk-0123456789’", "has quotation marks"),
        ("sk-0123 456789", "has a space or a line break inside"),
        ("sk-0123\n456789", "has a space or a line break inside"),
        ("sk-0123\u200b456789", "has a character that no key has"),
        ("sk-ключ456789", "has a character that no key has"),
        ("sk-0123\x07456789", "has a character that no key has"),
        ("sk-…", "is still the placeholder"),
        ("<your key>", "is still the placeholder"),
        ("your-key-0123", "is still the placeholder"),
        ("sk-1", "is too short"),
        ("ep-20251128-abcde", "looks like an endpoint id"),
        ("AKLTabcdefgh01234567", "looks like an access key id"),
        ("https://api.cometapi.com", "is an address"),
        (TOKEN, "looks like a Discord bot token"),
    ],
)
def test_a_key_pasted_wrongly_is_explained(pasted: str, said: str) -> None:
    text = refused(COMETAPI_KEY=pasted)
    assert text.startswith("COMETAPI_KEY: ")
    assert said in text
    assert pasted not in text


@pytest.mark.parametrize(
    ("pasted", "said"),
    [
        ("too-short", "has a key of fewer than 32 characters. Fix: make one with `openssl rand -base64 32`"),
        (f"{KEY * 2},too-short", "has a key of fewer than 32 characters"),
        (f"{KEY * 2}, {KEY * 2}", "has the same key twice"),
        (f'"{KEY * 2}"', "has quotation marks"),
    ],
)
def test_a_bad_key_of_the_database_is_explained(pasted: str, said: str) -> None:
    text = refused(DATA_KEY=pasted)
    assert text.startswith("DATA_KEY: ")
    assert said in text
    assert pasted not in text


def test_of_several_keys_of_the_database_each_is_a_secret_of_its_own() -> None:
    first, second = KEY * 2, KEY[::-1] * 2
    settings = given(DATA_KEY=f" {first} ,{second},")
    assert settings.data_keys == (first, second)
    assert {first, second} <= set(settings.secrets())
    assert given().data_keys == ()


@pytest.mark.parametrize(
    ("pasted", "said"),
    [
        ("abc", "is not a bot token, which has three parts"),
        ("abcdefghijklmnopqrstuvwx.GaBcDe.abcdefghijklmnopqrstuvwxyz0123", "is not a bot token"),
        ("abcdefghijklmnopqrstu.GaBcDe.abcdefghijklmnopqrstuvwxyz0123", "is not a bot token"),
        ("é.b.c", "has a character that no key has"),
        ("mfa.abcdefghijklmnopqrstuvwxyz", "the token of a person's account"),
        ("0123456789abcdef" * 4, "the application's public key"),
        ("123456789012345678", "an application or user id"),
        ("abcdefghijklmnopqrstuvwxyz012345", "the OAuth2 client secret"),
        (KEY, "the key of an image provider: are two settings swapped?"),
        (f"Bot {TOKEN}", "begins with a word that is not part of it"),
    ],
)
def test_what_is_not_a_bot_token_is_told_what_it_probably_is(pasted: str, said: str) -> None:
    text = refused(DISCORD_TOKEN=pasted)
    assert said in text
    assert pasted not in text


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("api.cometapi.com", "is not a complete address"),
        ("https://", "is not a complete address"),
        ("https://host:99999", "is not a complete address"),
        ("https://[half", "is not a complete address"),
        ("ftp://api.cometapi.com", "does not begin with https:// or http://"),
        ("https://me:pw@api.cometapi.com", "holds a user name or password"),
        ("https://api.cometapi.com?key=1", "has a query or fragment"),
        ("https://api.cometapi.com/#", "has a query or fragment"),
        ("https://api.comet api.com", "other character that no address has"),
        ("https://api.cometapi.com/v1", "includes /v1, which the bot adds itself"),
        ("https://api.cometapi.com/v1/images/generations/", "includes /v1/images/generations"),
        ("http://api.cometapi.com", "uses http, which would send the key unprotected"),
        ("http://10.0.0.5:3000", "uses http"),
    ],
)
def test_a_base_url_that_cannot_work_is_explained(url: str, said: str) -> None:
    text = refused(COMETAPI_BASE_URL=url)
    assert said in text
    assert "pw" not in text


def test_plain_http_is_for_this_machine_and_where_the_operator_allows_it() -> None:
    for url in ("http://localhost:1", "http://a.localhost", "http://127.0.0.1:8080/prefix", "http://[::1]:80"):
        assert given(COMETAPI_BASE_URL=url).base_url("cometapi") == url
    allowed = given(GATEWAY_BASE_URL="http://10.0.0.5:3000", OUTBOUND_ALLOW="10.0.0.0/24")
    assert allowed.base_url("gateway") == "http://10.0.0.5:3000"
    assert given(GATEWAY_BASE_URL="http://10.0.0.5:3000", OUTBOUND_ALLOW="10.0.0.5:3000").gateway_base_url
    assert "uses http" in refused(GATEWAY_BASE_URL="http://10.0.0.5:3000", OUTBOUND_ALLOW="10.0.0.5:3001")


def test_a_gateway_needs_an_address() -> None:
    assert "GATEWAY_BASE_URL: is missing, though its key is given" in refused(GATEWAY_API_KEY=KEY)


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("USER_IMAGES_PER_DAY", "-1", "is less than 0"),
        ("USER_JOBS_AT_ONCE", "many", "is not a whole number"),
        ("USER_JOBS_AT_ONCE", "1.5", "is not a whole number"),
        ("LEASE_SECONDS", "9" * 30, "is more than 3600"),
        ("USER_COOLDOWN_SECONDS", "9" * 5000, "is far too large"),
        ("HTTP_PORT", "65536", "is more than 65535"),
        ("AMBIGUOUS_RETRIES", "2", "is more than 1"),
        ("BUDGET_USD_PER_DAY", "-0.01", "is less than 0"),
        ("BUDGET_USD_PER_DAY", "$5", "is not an amount of money"),
        ("BUDGET_USD_PER_MONTH", "NaN", "is not an amount of money"),
        ("BUDGET_USD_PER_MONTH", "1e400", "is more than 100000000"),
        ("LOG_LEVEL", "verbose", "is not one of"),
        ("LOG_FORMAT", "xml", "is not one of 'text' or 'json'"),
        ("PROVIDERS", "byteplsu", "did you mean byteplus?"),
        ("PROVIDERS", "ark,ark", "names something twice"),
        ("PROVIDERS", f"ark,{KEY}", "entry 2 is not known"),
        ("SHARDS", "0-3", "is not a list of shards with their total"),
        ("SHARDS", "a/4", "is not a list of shards"),
        ("SHARDS", "3-1/4", "names a shard twice, backwards or beyond"),
        ("SHARDS", "4/4", "names a shard twice, backwards or beyond"),
        ("SHARDS", "0,0/4", "names a shard twice, backwards or beyond"),
        ("OUTBOUND_ALLOW", "127.0.0.1,localhost", "entry 2 is not an IP address or network"),
        ("OUTBOUND_ALLOW", "127.0.0.1:0", "entry 1 is not an IP address or network"),
        ("DISCORD_CDN_HOSTS", "https://cdn.discordapp.com", "entry 1 is not a host name"),
        ("DISCORD_CDN_HOSTS", "a:b", "entry 1 is not a host name"),
        ("DISCORD_GATEWAY_URL", "https://gateway.discord.gg", "does not begin with wss:// or ws://"),
        ("PUBLIC_URL", "bot.example", "is not a complete address"),
        ("DATABASE_URL", "mysql://me:hunter2@db/x", "is not the address of a PostgreSQL or SQLite database"),
    ],
)
def test_a_value_out_of_its_range_is_explained(name: str, text: str, said: str) -> None:
    told = refused(**{name: text})
    assert told.startswith(f"{name}: ")
    assert said in told
    assert KEY not in told
    assert "hunter2" not in told


def test_a_folder_that_cannot_be_is_an_error(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.touch()
    assert f"cannot be a folder: {file} is a file" in refused(DATA_DIR=str(file / "data"))


def test_a_folder_without_write_permission_is_an_error() -> None:
    """In a process of its own, which gives up root's rights where it has them."""
    program = (
        "import os, sys\n"
        "from bot.config import load, SettingsError\n"
        "if os.geteuid() == 0: os.setgid(65534); os.setuid(65534)\n"
        "try: load(None, {'DATA_DIR': sys.argv[1]})\n"
        "except SettingsError as error: print(error)\n"
    )
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o555)
        command = [sys.executable, "-c", program, f"{folder}/data"]
        ended = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, env={}, check=True)
        Path(folder).chmod(0o755)
    assert "DATA_DIR: cannot be written to" in ended.stdout


@pytest.mark.parametrize("name", [name.upper() for name in SECRETS])
def test_every_secret_can_come_from_a_file(tmp_path: Path, name: str) -> None:
    secret = {"DISCORD_TOKEN": TOKEN, "DATABASE_URL": "postgresql://me:pw@db/x", "DATA_KEY": KEY * 2}.get(name, KEY)
    file = tmp_path / "secret"
    file.write_bytes(f"\ufeff{secret}\r\n".encode("utf-16-le"))
    settings = given(**{f"{name}_FILE": str(file), "GATEWAY_BASE_URL": "https://g.example"})
    assert secret in settings.secrets()


@pytest.mark.parametrize(
    ("content", "said"),
    [(b"", "the file is empty"), (b" \n", "the file is empty"), (b"x" * 70_000, "the file is far too large")],
)
def test_a_secret_file_without_a_secret_is_an_error(tmp_path: Path, content: bytes, said: str) -> None:
    file = tmp_path / "secret"
    file.write_bytes(content)
    assert f"COMETAPI_KEY_FILE: {said}" in refused(COMETAPI_KEY_FILE=str(file))


def test_a_secret_file_that_is_missing_wrong_or_given_twice_is_an_error(tmp_path: Path) -> None:
    missing = str(tmp_path / "none")
    assert "ARK_API_KEY_FILE: the file cannot be read (No such file" in refused(ARK_API_KEY_FILE=missing)
    assert "is given twice, also as ARK_API_KEY_FILE" in refused(ARK_API_KEY_FILE=missing, ARK_API_KEY=KEY)
    file = tmp_path / "secret"
    file.write_text(f"Bearer {KEY}")
    assert "ARK_API_KEY (file named by ARK_API_KEY_FILE): begins with a word" in refused(ARK_API_KEY_FILE=str(file))


def test_a_provider_in_the_order_without_a_key_is_a_warning() -> None:
    settings = given(PROVIDERS="ark,cometapi", COMETAPI_KEY=KEY)
    assert settings.warnings == ("PROVIDERS names ark, but ARK_API_KEY is not set",)
    assert settings.route == ("cometapi",)


def test_a_public_address_where_nobody_listens_is_a_warning() -> None:
    public = {"COMETAPI_KEY": KEY, "PUBLIC_URL": "https://bot.example"}
    assert given(**public).warnings == ("PUBLIC_URL is set, but HTTP_PORT is not: nobody would hear a callback",)
    assert given(**public, HTTP_PORT="8080").warnings == ()
    assert given(**public, DATABASE_URL="postgresql://db/x").warnings == (), "another process may listen"


def test_no_secret_shows_in_the_settings_or_in_any_form_of_the_error() -> None:
    canary = "c4nary"
    secrets = {key_field(name).upper(): f"sk-{canary}-{name}-value" for name in PROVIDERS}
    settings = given(**secrets, GATEWAY_BASE_URL="https://g.example", DATABASE_URL=f"postgresql://me:{canary}@db/x")
    assert canary not in f"{settings!r} {settings!s} {settings.model_dump()} {settings.model_dump_json()}"
    assert len(settings.secrets()) == 6

    wrong = {name: f"{value} {canary}" for name, value in secrets.items()}
    with pytest.raises(SettingsError) as caught:
        given(**wrong, DATABASE_URL=f"mysql://me:{canary}@db/x", DISCORD_TOKEN=canary)
    told = "".join(traceback.format_exception(caught.value))
    assert canary not in told + str(caught.value) + repr(caught.value) + repr(caught.value.__context__)
    assert len(caught.value.problems) >= 7


def test_the_model_refuses_unknown_fields_and_changes() -> None:
    with pytest.raises(ValidationError):
        Settings.model_validate({"no_such": 1})
    settings = Settings()
    with pytest.raises(ValidationError):
        settings.http_port = 1


def test_the_environment_of_a_real_process_is_read_and_mistakes_end_it_with_one_clear_answer(tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes("OUTBOUND_ALLOW=10.0.0.1,10.0.0.2\nDISCORD_TOKEN=\n".encode("utf-16"))
    environ = {**os.environ, "COMETAPI_KEY": KEY, "PROVIDERS": "", "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "bot", "settings"]
    good = subprocess.run(command, cwd=tmp_path, env=environ, capture_output=True, text=True, check=False)
    assert (good.returncode, good.stderr) == (0, "")
    assert "cometapi" in good.stdout

    environ |= {"COMETAPI_KEY": f"'{KEY}'", "HTTP_PORT": "-1"}
    bad = subprocess.run(command, cwd=tmp_path, env=environ, capture_output=True, text=True, check=False)
    assert bad.returncode == 2
    assert "COMETAPI_KEY: has quotation marks around it" in bad.stderr
    assert "HTTP_PORT: is less than 0" in bad.stderr
    assert KEY not in bad.stdout + bad.stderr
    assert "Traceback" not in bad.stderr
