"""The bot's process: `seedream-bot run`, which also goes when whoever started it is gone, however that has ended."""

import os
import signal
import threading
import time

from bot.cli import cli

_PATIENCE = 20.0  # seconds from the polite way to the other


def _leave() -> None:
    """Wait for the end of what comes in, which nobody ever writes to; then go."""
    while os.read(0, 1):
        continue
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(_PATIENCE)
    os._exit(1)


if __name__ == "__main__":
    threading.Thread(target=_leave, daemon=True).start()
    cli(["--env-file", os.devnull, "run"], prog_name="seedream-bot")
