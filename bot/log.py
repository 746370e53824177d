"""Log lines for people or for machines, from every library in the process, without a secret in any of them."""

import json
import logging
import os
import sys
import threading
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from types import TracebackType
from typing import TextIO

from bot.redact import HIDDEN, Redactor, redact

__all__ = ["Redactor", "redact", "setup"]

_COLOURS = {"WARNING": "\x1b[33m", "ERROR": "\x1b[31m", "CRITICAL": "\x1b[1;31m", "DEBUG": "\x1b[2m"}
_RESET = "\x1b[0m"
_CONTROLS = {code: f"\\x{code:02x}" for code in (*range(32), *range(127, 160)) if chr(code) not in "\n\t"}
_TELLING_NAMES = ("authorization", "token", "api_key", "apikey", "password", "secret", "cookie")
_TALKATIVE = ("discord.gateway", "discord.http", "discord.webhook.async_")  # at DEBUG they repeat what people write
_USUAL = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "color_message"}


class Readable(logging.Formatter):
    """`2026-11-20 14:03:07 WARNING  discord.gateway: text`; further lines are indented, so that none can be forged."""

    def __init__(self, redactor: Redactor, *, colour: bool = False) -> None:
        super().__init__("%(asctime)s %(levelname)-8s %(name)s: %(message)s", "%Y-%m-%d %H:%M:%S")
        self._redactor = redactor
        self._colour = colour

    def format(self, record: logging.LogRecord) -> str:
        text = self._redactor(_format_afresh(super().format, record)).translate(_CONTROLS)
        text = text.replace("\n", "\n    ")
        colour = _COLOURS.get(record.levelname) if self._colour else None
        return f"{colour}{text}{_RESET}" if colour else text


class Json(logging.Formatter):
    """One JSON object per line: time, level, logger, message, exception, stack, and what was given as `extra`."""

    def __init__(self, redactor: Redactor) -> None:
        super().__init__()
        self._redactor = redactor

    def format(self, record: logging.LogRecord) -> str:
        entry: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        if record.exc_info:
            entry["exception"] = self.formatException(record.exc_info)
        if record.stack_info:
            entry["stack"] = record.stack_info
        entry |= {name: value for name, value in vars(record).items() if name not in _USUAL and name not in entry}
        return json.dumps(self._clean(entry), ensure_ascii=False)

    def _clean(self, value: object, depth: int = 4) -> object:
        """Made of JSON's own types, with secrets taken out of every text before JSON's escapes can disguise them."""
        if value is None or isinstance(value, bool | int | float):
            return value
        if isinstance(value, Mapping) and depth:
            return {
                self._redactor(str(name)): HIDDEN if _tells(name) else self._clean(part, depth - 1)
                for name, part in value.items()
            }
        if isinstance(value, list | tuple) and depth:
            return [self._clean(part, depth - 1) for part in value]
        return self._redactor(str(value))


class Output(logging.StreamHandler[TextIO]):
    """The one handler. A line that cannot be formatted is told without its arguments, which the standard prints."""

    def format(self, record: logging.LogRecord) -> str:
        """The line as the stream can take it: a lone surrogate is fine in a str, but no file takes it."""
        encoding = getattr(self.stream, "encoding", None) or "utf-8"
        return super().format(record).encode(encoding, "backslashreplace").decode(encoding)

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - the standard library calls it so
        kind = sys.exc_info()[0] or Exception
        try:
            self.stream.write(f"{record.levelname} {record.name}: a line could not be logged ({kind.__name__})\n")
        except (OSError, ValueError):
            return  # the stream is closed or its pipe broken, and there is no other place to say so


def setup(
    level: str = "INFO", form: str = "text", secrets: Iterable[str] = (), stream: TextIO | None = None
) -> Redactor:
    """Send all logging, warnings and last words of this process through one redacting handler; returns its redactor."""
    redactor = Redactor(secrets)
    target = stream or sys.stderr
    output = Output(target)
    colour = target.isatty() and "NO_COLOR" not in os.environ
    output.setFormatter(Json(redactor) if form == "json" else Readable(redactor, colour=colour))
    for name in list(logging.root.manager.loggerDict):
        _drop_handlers(logging.getLogger(name))
    _drop_handlers(logging.root)
    logging.root.addHandler(output)
    logging.root.setLevel(level)
    logging.getLogger("alembic").setLevel(logging.WARNING)  # it tells of every part that it has
    for name in _TALKATIVE:
        logging.getLogger(name).setLevel(logging.INFO)
    logging.lastResort = output
    logging.captureWarnings(True)
    _catch_last_words()
    return redactor


def _format_afresh(format_record: Callable[[logging.LogRecord], str], record: logging.LogRecord) -> str:
    """Format without leaving the unredacted traceback on the record, where another formatter would take it from."""
    record.exc_text = None
    try:
        return format_record(record)
    finally:
        record.exc_text = None


def _tells(name: object) -> bool:
    return any(word in str(name).lower().replace("-", "_") for word in _TELLING_NAMES)


def _drop_handlers(logger: logging.Logger) -> None:
    """Libraries that brought their own handler speak through ours."""
    for handler in list(logger.handlers):
        logger.removeHandler(handler)
    logger.propagate = True


def _catch_last_words() -> None:
    logger = logging.getLogger("bot")

    def crashed(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            return
        logger.critical("The process ends with an error nobody expected", exc_info=(kind, error, trace))

    def thread_crashed(args: threading.ExceptHookArgs) -> None:
        if args.exc_value is not None:
            name = args.thread.name if args.thread else "?"
            crash = (args.exc_type, args.exc_value, args.exc_traceback)
            logger.critical("A thread (%s) ends with an error nobody expected", name, exc_info=crash)

    def unraisable(args: "sys.UnraisableHookArgs") -> None:
        error = args.exc_value
        logger.error("%s: %r", args.err_msg or "An error was ignored", args.object, exc_info=error or False)

    sys.excepthook = crashed
    threading.excepthook = thread_crashed
    sys.unraisablehook = unraisable
