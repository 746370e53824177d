"""The program that decodes pictures for the bot, in a process of its own: `python -m bot.images.decoder FOLDER BYTES`.

Orders come in and answers go out as lines of JSON. It knows no secret, may use BYTES of memory, writes only to FOLDER,
and dies without harm when a picture is too much for it.
"""

import errno
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TextIO

from bot.images import orders
from bot.images.convert import convert
from bot.images.errors import BadPicture, Reason
from bot.images.fit import fit
from bot.images.normalise import normalise
from bot.images.pixels import lock_down

try:
    import resource
except ImportError:  # pragma: no cover - no such limits on this platform; the time-out of the parent is left
    resource = None  # type: ignore[assignment]  # asked for before each use


_TOO_BIG = BadPicture(Reason.TOO_MANY_PIXELS, "it needs more memory than a decoder may have")
_SECONDS = 120  # of computing for one picture: ends an endless loop even where nobody is left to end it


def serve(lines: TextIO, answers: TextIO, folder: Path, begin: Callable[[], None]) -> None:
    """Answer each order, until there are no more; `begin` comes before each."""
    for line in lines:
        begin()
        answer = obey(json.loads(line), folder)
        _tidy(folder, answer)
        answers.write(json.dumps(answer) + "\n")
        answers.flush()


def obey(order: dict[str, object], folder: Path) -> dict[str, object]:
    """Carry out one order; a picture that is of no use is an answer too."""
    path, rules = Path(str(order["path"])), order["rules"]
    if not isinstance(rules, dict):
        raise TypeError("an order without rules")
    try:
        match order["do"]:
            case "Rules":
                return orders.done(normalise(path, folder, orders.Rules(**rules)))
            case "Target":
                return orders.done(fit(path, folder, orders.Target(**rules)))
            case _:
                return orders.done(convert(path, folder, orders.Format(**rules)))
    except BadPicture as error:
        return orders.bad(error)
    except MemoryError:
        return orders.bad(_TOO_BIG)
    except OSError as error:
        return orders.bad(_TOO_BIG) if error.errno == errno.ENOMEM else orders.failed(error)


def _tidy(folder: Path, answer: dict[str, object]) -> None:
    """Leave nothing behind but the result, for which the bot comes."""
    facts = answer.get("done")
    result = Path(str(facts["path"])) if isinstance(facts, dict) else None
    for file in folder.iterdir():
        if file != result and file.name != orders.ERRORS:
            file.unlink()


def _confine(memory: int) -> None:  # pragma: no cover - a test process is not to be confined; seen from outside
    """Little memory, no core dumps, no hurry."""
    if hasattr(os, "nice"):
        os.nice(5)
    if resource is None:
        return
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))


def _allow_more_time() -> None:  # pragma: no cover - it would end a test process too; seen from outside
    """Start the clock for one picture anew."""
    if resource is None:
        return
    usage = resource.getrusage(resource.RUSAGE_SELF)
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (int(usage.ru_utime + usage.ru_stime) + _SECONDS, hard))


def main() -> None:  # pragma: no cover - runs in the child only
    """Run until the bot closes the pipe."""
    folder, memory = Path(sys.argv[1]), int(sys.argv[2])
    _confine(memory)
    lock_down()
    serve(sys.stdin, sys.stdout, folder, _allow_more_time)


if __name__ == "__main__":
    main()
