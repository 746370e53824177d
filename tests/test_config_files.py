"""The twenty ways in which people write a .env file, each read as meant or explained."""

import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from bot.config import Settings, SettingsError, load
from bot.config.envfile import encoding_of

ROOT = Path(__file__).resolve().parent.parent
KEY = "sk-0123456789abcdef"


def loaded(folder: Path, content: bytes | str, **environ: str) -> Settings:
    path = folder / ".env"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return load(path, {"DATA_DIR": str(folder / "data"), **environ})


def refused(folder: Path, content: bytes | str, **environ: str) -> str:
    with pytest.raises(SettingsError) as caught:
        loaded(folder, content, **environ)
    return str(caught.value)


@pytest.mark.parametrize(
    ("content", "key"),
    [
        pytest.param(f"COMETAPI_KEY={KEY}\n", KEY, id="plain"),
        pytest.param(f"LOG_LEVEL=INFO\r\nCOMETAPI_KEY={KEY}\r\n", KEY, id="CRLF"),
        pytest.param(f"COMETAPI_KEY={KEY}\n".encode("utf-8-sig"), KEY, id="UTF-8 with a mark"),
        pytest.param(f"COMETAPI_KEY={KEY}\n".encode("utf-16"), KEY, id="UTF-16 with a mark"),
        pytest.param(f"COMETAPI_KEY={KEY}\n".encode("utf-16-le"), KEY, id="UTF-16 LE"),
        pytest.param(f"COMETAPI_KEY={KEY}\n".encode("utf-16-be"), KEY, id="UTF-16 BE"),
        pytest.param(f"COMETAPI_KEY={KEY}\n".encode("utf-32"), KEY, id="UTF-32"),
        pytest.param(f"COMETAPI_KEY={KEY}#c\n", f"{KEY}#c", id="a number sign inside"),
        pytest.param(f"COMETAPI_KEY={KEY} #c\n", KEY, id="a comment behind"),
        pytest.param("COMETAPI_KEY=sk-a${HOME}b\n", "sk-a${HOME}b", id="braces are not expanded"),
        pytest.param("COMETAPI_KEY='sk-a${HOME}b'\n", "sk-a${HOME}b", id="nor in single quotes"),
        pytest.param("COMETAPI_KEY=sk-abcd$b\n", "sk-abcd$b", id="a dollar sign"),
        pytest.param(f"COMETAPI_KEY={KEY}   \n", KEY, id="spaces at the end"),
        pytest.param(f'COMETAPI_KEY="{KEY}\\n"\n', KEY, id="a quoted line break at the end"),
        pytest.param(f"export COMETAPI_KEY={KEY}\n", KEY, id="export"),
        pytest.param(f"COMETAPI_KEY = {KEY}\n", KEY, id="spaces around the sign"),
        pytest.param(f"COMETAPI_KEY=\u00a0{KEY}\u00a0\n", KEY, id="no-break spaces"),
    ],
)
def test_a_key_is_read_however_the_file_is_written(tmp_path: Path, content: bytes | str, key: str) -> None:
    settings = loaded(tmp_path, content)
    assert settings.key("cometapi") == key
    assert settings.warnings == ()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        pytest.param(f"\n\nCOMETAPI_KEY: {KEY}\n", "COMETAPI_KEY (.env, line 3): is written with a colon", id="colon"),
        pytest.param(f"COMETAPI_KEY:{KEY}\n", "COMETAPI_KEY (.env, line 1): is written with a colon", id="no space"),
        pytest.param(f'COMETAPI_KEY="{KEY}\n', "line 1): begins with a quote that never ends", id="open quote"),
        pytest.param(f"COMETAPI_KEY='{KEY}\nLOG_LEVEL=INFO", "line 1): begins with a quote that", id="open single"),
        pytest.param(f"COMETAPI_KEY=“{KEY}”\n", "has quotation marks around it", id="smart quotes"),
        pytest.param("COMETAPI_KEY=sk-01234\x00567\n", "COMETAPI_KEY (.env, line 1): holds a NUL character", id="NUL"),
        pytest.param(
            b"LOG_LEVEL=INFO\nCOMETAPI_KEY=sk-\xff\xe9\n", "(.env, line 2): the text is not UTF-8", id="Latin-1"
        ),
        pytest.param(
            f"COMETAPI_KEY {KEY}\n", "COMETAPI_KEY (.env, line 1): is not of the form NAME=value", id="no sign"
        ),
        pytest.param("=5\n", "(.env, line 1): is not of the form NAME=value", id="no name"),
    ],
)
def test_a_slip_is_told_with_its_line_and_fix_and_without_the_value(
    tmp_path: Path, content: bytes | str, said: str
) -> None:
    text = refused(tmp_path, content)
    assert said in text
    assert "Fix: " in text
    assert KEY not in text
    assert "0123" not in text


def test_a_setting_swallowed_by_an_open_quote_above_is_named(tmp_path: Path) -> None:
    text = refused(tmp_path, f'COMETAPI_KEY="{KEY}\nLOG_LEVEL=INFO\nARK_API_KEY="abcdefgh"\n')
    assert "COMETAPI_KEY (.env, line 1): begins with a quote that never ends" in text
    assert "LOG_LEVEL (.env, line 2): was swallowed by an open quote above it" in text
    assert "ARK_API_KEY (.env, line 3): was swallowed" in text


def test_an_open_quote_that_swallows_a_line_is_told_even_where_the_quotes_pair_up(tmp_path: Path) -> None:
    text = refused(tmp_path, f'COMETAPI_KEY="{KEY}\nnot a line, "\n')
    assert "COMETAPI_KEY (.env, line 1): begins with a quote that never ends" in text


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("COMETAPI_KEY\n", "COMETAPI_KEY (.env, line 1): has no value"),
        ("LOG_LEVEL=INFO\nLOG_LEVEL=ERROR\n", "LOG_LEVEL (.env, line 2): is given twice, in lines 1 and 2; the last"),
        ("COMETAPI_KEYS=5\n", "COMETAPI_KEYS (.env, line 1): is not a setting of this bot; did you mean COMETAPI_KEY?"),
        ("cometapi_key=5\n", "did you mean COMETAPI_KEY?"),
        ("UNHEARD_OF_THING=5\n", "is not a setting of this bot; is the name spelled right?"),
        ("UNHEARD_OF_THING: 5\n", "UNHEARD_OF_THING (.env, line 1): is written with a colon"),
    ],
)
def test_what_the_bot_can_live_with_is_a_warning(tmp_path: Path, content: str, said: str) -> None:
    (warning,) = loaded(tmp_path, content).warnings
    assert said in warning


def test_the_last_of_two_lines_counts(tmp_path: Path) -> None:
    assert loaded(tmp_path, "LOG_LEVEL=INFO\nLOG_LEVEL=ERROR\n").log_level == "ERROR"


def test_an_empty_secret_is_no_secret(tmp_path: Path) -> None:
    settings = loaded(tmp_path, "DISCORD_TOKEN=\nCOMETAPI_KEY=''\nARK_API_KEY=   \n")
    assert (settings.discord_token, settings.cometapi_key, settings.ark_api_key) == (None, None, None)


def test_the_environment_wins_unless_it_is_empty(tmp_path: Path) -> None:
    content = "LOG_LEVEL=ERROR\nLOG_FORMAT=json\n"
    settings = loaded(tmp_path, content, LOG_LEVEL="debug", LOG_FORMAT="")
    assert (settings.log_level, settings.log_format) == ("DEBUG", "json")


def test_a_missing_file_is_fine_and_a_folder_in_its_place_is_not(tmp_path: Path) -> None:
    assert load(tmp_path / "none", {"DATA_DIR": str(tmp_path)}).route == ()
    assert load(None, {"DATA_DIR": str(tmp_path)}).warnings == ()
    with pytest.raises(SettingsError, match=r"the file .* cannot be read"):
        load(tmp_path, {})


def test_an_unknown_name_in_the_environment_matters_only_if_it_is_nearly_one_of_ours(tmp_path: Path) -> None:
    settings = loaded(tmp_path, "", COMETAPI_KYE="x", HTTP_PROXY="y", PATH="z", HOME="/", DATABASE_URI="q")
    assert [warning.split()[0] for warning in settings.warnings] == ["COMETAPI_KYE", "DATABASE_URI"]


@pytest.mark.parametrize("text", ["", "A", "AB", "ключ=значение"])
def test_short_and_foreign_texts_are_utf_8(text: str) -> None:
    assert encoding_of(text.encode()) == "utf-8"


def test_a_file_without_read_permission_is_an_error() -> None:
    """In a process of its own, which gives up root's rights where it has them."""
    program = (
        "import os, pathlib, sys\n"
        "from bot.config.envfile import read\n"
        "if os.geteuid() == 0: os.setgid(65534); os.setuid(65534)\n"
        "print(read(pathlib.Path(sys.argv[1])).errors[0].what)\n"
    )
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        path = Path(folder) / ".env"
        path.write_text("A=1")
        path.chmod(0)
        command = [sys.executable, "-c", program, str(path)]
        ended = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, env={}, check=True)
    assert "the file .env cannot be read (Permission denied)" in ended.stdout
