"""The file that holds all layers of a picture, with a list of how they lie on one another."""

import asyncio
import json
import tempfile
import zipfile
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from bot.seedream.content import OnDisk
from bot.studio.job import Job
from bot.ui.layers import entry, file_name
from bot.ui.packing import Packed
from bot.ui.words import LIST

_LONG_AGO = (1980, 1, 1, 0, 0, 0)  # the same pictures make the same file


def least(packed: Sequence[Packed]) -> int:
    """How many bytes it has at least, with every picture as it was drawn."""
    return sum(each.before or each.content.length for each in packed)


@asynccontextmanager
async def bundle(job: Job, packed: Sequence[Packed], folder: Path) -> AsyncIterator[OnDisk]:
    """The pictures one after another, as they are, in a file that lasts as long as the context; OSError and whatever a
    picture raises that cannot be read."""
    await asyncio.to_thread(folder.mkdir, parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=folder, suffix=".zip") as file:
        with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as made:
            entries = []
            for number, each in enumerate(packed, 1):
                name = file_name(each.picture, number, len(packed), each.extension)
                entries.append(entry(each.picture, name))
                info = zipfile.ZipInfo(name, _LONG_AGO)
                info.file_size = each.content.length
                with made.open(info, "w") as part:
                    async for chunk in each.content.chunks():
                        part.write(chunk)
            made.writestr(zipfile.ZipInfo(LIST, _LONG_AGO), _json(_contents(job, entries)))
        file.flush()
        yield OnDisk(Path(file.name))


def _contents(job: Job, entries: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """What an editor needs to put them together: the size of the whole, and each from the lowest to the highest."""
    whole = next((each["size"] for each in entries if each["order"] == 0), None)
    prompt = str(job.request.get("prompt") or "")
    return {"job": job.id, "model": job.model, "prompt": prompt, "size": whole, "layers": list(entries)}


def _json(told: dict[str, Any]) -> str:
    return json.dumps(told, ensure_ascii=False, indent=2)
