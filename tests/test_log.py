"""Whatever a library says, however it fails, the log tells it without a secret and without breaking."""

import asyncio
import gc
import io
import json
import logging
import subprocess
import sys
import threading
import warnings
from collections.abc import Iterator
from pathlib import Path

import aiohttp
import discord
import pytest
from multidict import CIMultiDict, CIMultiDictProxy
from yarl import URL

from bot.log import Redactor, redact, setup
from bot.redact import HIDDEN

CANARY = "cAnArY-0123456789-cAnArY"
LINK = URL(f"https://bucket.tos-cn-beijing.volces.com/a.jpeg?X-Tos-Date=1&X-Tos-Signature={CANARY}")
ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(autouse=True)
def logging_as_it_was() -> Iterator[None]:
    """These tests turn the process's logging over; the others want it back."""
    root = logging.getLogger()
    kept = root.handlers[:], root.level, logging.lastResort
    hooks = sys.excepthook, threading.excepthook, sys.unraisablehook
    yield
    logging.captureWarnings(False)
    root.handlers[:], logging.lastResort = kept[0], kept[2]
    root.setLevel(kept[1])
    sys.excepthook, threading.excepthook, sys.unraisablehook = hooks


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def written(form: str = "text", level: str = "DEBUG") -> io.StringIO:
    stream = io.StringIO()
    setup(level, form, [CANARY], stream)
    return stream


def response_error() -> aiohttp.ClientResponseError:
    """What aiohttp raises, with a signed link and an Authorization header inside."""
    headers = CIMultiDictProxy(CIMultiDict({"Authorization": f"Bearer {CANARY}"}))
    info = aiohttp.RequestInfo(LINK, "GET", headers, LINK)
    return aiohttp.ClientResponseError(info, (), status=403, message="Forbidden", headers=headers)


@pytest.mark.parametrize("form", ["text", "json"])
def test_the_libraries_own_loggers_show_no_secret(form: str) -> None:
    stream = written(form)
    logging.getLogger("discord.http").debug("POST %s with %s", f"https://x/webhooks/1/{CANARY}", {"token": CANARY})
    logging.getLogger("discord.gateway").debug("For Shard ID %s: WebSocket Event: %s", None, {"d": {"token": CANARY}})
    logging.getLogger("aiohttp.client").warning("%r and %s", response_error(), response_error())
    logging.getLogger("asyncio").error("%(a)s", {"a": CANARY})
    text = stream.getvalue()
    assert text.count(HIDDEN) >= 6
    assert CANARY not in text


@pytest.mark.parametrize("form", ["text", "json"])
def test_chained_tracebacks_stack_and_extra_fields_show_no_secret(form: str) -> None:
    stream = written(form)
    try:
        try:
            raise response_error()
        except aiohttp.ClientResponseError as error:
            raise RuntimeError(f"line one {CANARY}\nline two {CANARY}") from error
    except RuntimeError:
        logging.getLogger("x").exception(
            "failed",
            extra={"link": LINK, "headers": {"Authorization": "zzz"}, "parts": [CANARY, 1, None, {"a": CANARY}]},
        )
    logging.getLogger("x").info("here", stack_info=True)
    text = stream.getvalue()
    assert CANARY not in text
    assert "zzz" not in text
    assert "RuntimeError: line one" in text
    assert "ClientResponseError" in text


def test_without_knowing_the_secret_its_form_is_enough() -> None:
    stream = io.StringIO()
    setup("DEBUG", "text", (), stream)
    logging.getLogger("aiohttp.client").error("%r", response_error())
    logging.getLogger("discord.http").error("%r", {"Authorization": f"Bot {CANARY}"})
    assert CANARY not in stream.getvalue()


def test_a_json_line_is_one_object_with_the_usual_fields_and_the_extra_ones() -> None:
    stream = written("json")
    logging.getLogger("bot.worker").warning('a "quoted"\nline %d', 7, extra={"job": 5, "nested": {"a": {"b": [True]}}})
    (line,) = stream.getvalue().splitlines()
    entry = json.loads(line)
    assert entry["message"] == 'a "quoted"\nline 7'
    assert (entry["level"], entry["logger"], entry["job"]) == ("WARNING", "bot.worker", 5)
    assert entry["nested"] == {"a": {"b": [True]}}
    assert entry["time"].endswith("+00:00")


def test_a_message_cannot_forge_a_line_or_steer_a_terminal() -> None:
    stream = written()
    logging.getLogger("x").info("prompt: a\n2026-01-01 00:00:00 ERROR bot: forged \x1b[2J\r")
    first, second = stream.getvalue().splitlines()
    assert first.endswith("prompt: a")
    assert second.startswith("    ")
    assert "\x1b" not in second
    assert "\\x1b[2J\\x0d" in second


@pytest.mark.parametrize(("level", "coloured"), [("ERROR", True), ("INFO", False)])
def test_colour_is_for_terminals_only(level: str, coloured: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    plain, terminal = io.StringIO(), Terminal()
    for stream in (plain, terminal):
        setup("INFO", "text", (), stream)
        logging.getLogger("x").log(logging.getLevelName(level), "hello")
    assert "\x1b" not in plain.getvalue()
    assert ("\x1b" in terminal.getvalue()) is coloured


def test_the_level_counts() -> None:
    stream = written(level="WARNING")
    logging.getLogger("discord").info("not this")
    logging.getLogger("discord").warning("this")
    assert "not this" not in stream.getvalue()
    assert "this" in stream.getvalue()


def test_a_line_that_cannot_be_formatted_is_told_without_its_arguments(capsys: pytest.CaptureFixture[str]) -> None:
    stream = written()
    logging.getLogger("x").info("%d", CANARY)
    assert "x: a line could not be logged (TypeError)" in stream.getvalue()
    assert CANARY not in stream.getvalue() + "".join(capsys.readouterr())


def test_a_closed_stream_does_not_break_the_caller() -> None:
    stream = written()
    stream.close()
    logging.getLogger("x").info("into the void")


@pytest.mark.parametrize("form", ["text", "json"])
def test_a_lone_surrogate_can_be_logged(form: str, tmp_path: Path) -> None:
    path = tmp_path / "log"
    with path.open("w", encoding="ascii") as stream:
        setup("INFO", form, (), stream)
        logging.getLogger("x").info("a \ud800 and a ü", extra={"name\ud800": 1})
    assert "a \\ud800 and a \\xfc" in path.read_text()


def test_warnings_are_logged_and_redacted() -> None:
    stream = written()
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.warn(f"old {CANARY}", DeprecationWarning, stacklevel=1)
    assert "py.warnings" in stream.getvalue()
    assert CANARY not in stream.getvalue()


def test_the_handlers_that_libraries_bring_along_are_replaced_by_ours() -> None:
    other = io.StringIO()
    logger = logging.getLogger("discord")
    discord.utils.setup_logging(handler=logging.StreamHandler(other), root=False)
    assert logger.handlers
    stream = written()
    logger.error(CANARY)
    assert other.getvalue() == ""
    assert stream.getvalue().count(HIDDEN) == 1


def test_last_words_of_threads_and_finalizers_are_redacted() -> None:
    stream = written()

    def fail() -> None:
        raise RuntimeError(CANARY)

    class Careless:
        def __del__(self) -> None:
            raise RuntimeError(CANARY)

    thread = threading.Thread(target=fail, name="bellows")
    thread.start()
    thread.join()
    Careless()
    gc.collect()
    text = stream.getvalue()
    assert "A thread (bellows) ends" in text
    assert "Careless.__del__" in text
    assert CANARY not in text


def test_what_asyncio_reports_about_forgotten_tasks_is_redacted() -> None:
    stream = written()

    async def fail() -> None:
        raise RuntimeError(CANARY)

    async def forget() -> None:
        task = asyncio.ensure_future(fail())
        await asyncio.sleep(0)
        del task
        gc.collect()

    asyncio.run(forget())
    assert "never retrieved" in stream.getvalue()
    assert CANARY not in stream.getvalue()


@pytest.mark.parametrize("form", ["text", "json"])
def test_a_process_that_crashes_says_why_without_a_secret(form: str) -> None:
    program = (
        "import sys; from bot.log import setup\n"
        f"setup('INFO', {form!r}, ['{CANARY}'])\n"
        f"raise RuntimeError('crash with ' + '{CANARY}')\n"
    )
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, cwd=ROOT, check=False)
    assert ended.returncode == 1
    assert "crash with [hidden]" in ended.stderr
    assert CANARY not in ended.stderr + ended.stdout


def test_ctrl_c_leaves_no_traceback() -> None:
    program = "from bot.log import setup; setup(); raise KeyboardInterrupt"
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, cwd=ROOT, check=False)
    assert ended.returncode != 0
    assert ended.stderr == ""


def test_the_redactor_can_learn_after_setup() -> None:
    stream = io.StringIO()
    redactor = setup("INFO", "text", (), stream)
    assert isinstance(redactor, Redactor)
    redactor.learn("a-new-secret")
    logging.getLogger("x").info("it is a-new-secret")
    assert redact("nothing to see") == "nothing to see"
    assert "a-new-secret" not in stream.getvalue()
