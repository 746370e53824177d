"""Runs an order for the `generate` command: settings in, file names and one exit code out."""

import sys
import time
from datetime import datetime

from bot.app import Workshop, open_workshop
from bot.config import PROVIDERS, Settings
from bot.seedream.catalogue import CatalogueError
from bot.seedream.errors import Charged, SeedreamError
from bot.terminal.generate import Delivered, Order, OrderError, fulfil
from bot.terminal.progress import Progress
from bot.terminal.words import KEYS, sentence

DONE, FAILED, WRONG_ORDER = 0, 1, 2


async def run(order: Order, settings: Settings, *, only: str | None = None, quiet: bool = False) -> int:
    """Fulfil an order. File names go to standard output, everything else to standard error."""
    began = time.monotonic()
    try:
        settings = _narrowed(settings, only)
        async with open_workshop(settings) as workshop:
            progress = Progress(sys.stderr, 0 if order.request.layers else order.request.expected_images, quiet)
            async with progress:
                delivered = await fulfil(order, workshop, progress, datetime.now().astimezone())
            for file in delivered.files:
                sys.stdout.write(f"{file}\n")
            if delivered.files:
                progress.keep(summary(delivered, workshop, time.monotonic() - began))
    except (OrderError, CatalogueError) as error:
        return _complain(str(error), WRONG_ORDER)
    except OSError as error:
        return _complain(
            f"cannot write {error.filename}: {error.strerror} · make room, or choose another place", FAILED
        )
    except SeedreamError as error:
        return _complain(sentence(error), WRONG_ORDER if error.charged is Charged.NO and not error.provider else FAILED)
    if delivered.missing:
        return _complain(f"not everything came: {sentence(delivered.missing)}", FAILED)
    return DONE


def _narrowed(settings: Settings, only: str | None) -> Settings:
    """The settings with the one provider that was asked for, if one was."""
    if only is None:
        if not settings.route:
            raise OrderError(f"no provider has a key · set one of {', '.join(KEYS.values())}, in .env for example")
        return settings
    if only not in PROVIDERS:
        raise OrderError(f"--provider: {only} is not known · choose one of {', '.join(PROVIDERS)}")
    if not settings.key(only):
        raise OrderError(f"--provider: {only} has no key · set {KEYS[only]}, in .env for example")
    return settings.model_copy(update={"providers": (only,)})


def summary(delivered: Delivered, workshop: Workshop, seconds: float) -> str:
    """One line of facts: how many, from whom, how large, how long, and what it probably cost."""
    sizes = list(dict.fromkeys(picture.size for picture in delivered.pictures if picture.size))
    facts = ["1 picture" if len(delivered.files) == 1 else f"{len(delivered.files)} pictures"]
    end = delivered.end
    if end is not None:
        facts.append(f"{end.model} at {end.provider}")
        made = end.usage.generated_images or len(delivered.files)
        price = workshop.seedream.catalogue.settle(delivered.request, end.provider, made)
        facts += [f"about {price.amount.normalize():f} {price.currency}"] if price else []
    return " · ".join([*facts, *sizes, f"{seconds:.1f} s"])


def _complain(text: str, code: int) -> int:
    sys.stderr.write(f"seedream-bot: {text}\n")
    return code
