"""Everything that is kept of a person as one ZIP: their jobs and what they have noted as JSON, and the pictures."""

import asyncio
import os
import zipfile
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from secrets import token_hex
from typing import Any

import orjson
from sqlalchemy import and_, or_, select

from bot.store.database import Database, Transaction
from bot.store.tables import accounts, jobs, preferences
from bot.studio.forgetting import BATCH
from bot.studio.job import Amount, Job
from bot.studio.money import MILLION
from bot.studio.orders import shelved
from bot.studio.rows import job_of
from bot.studio.shelf import Shelf

_ROOM = 64 * 1024  # bytes that are left for the names of files


@dataclass(frozen=True, slots=True)
class Export:
    """A file to be handed over. Of pictures that were kept, `left_out` did not fit."""

    path: Path
    jobs: int
    pictures: int
    left_out: int


@asynccontextmanager
async def exported(database: Database, home: Path, user: int, limit: int | None = None) -> AsyncIterator[Export]:
    """Write it into a file that nobody else can read and that goes with the context; of at most `limit` bytes, in so
    far as pictures can be left out."""
    path = home / "spool" / f"export-{token_hex(8)}.zip"
    await asyncio.to_thread(_make, path)
    try:
        yield await _Writer(database, home, user, limit).write(path)
    finally:
        await asyncio.to_thread(path.unlink, missing_ok=True)


class _Writer:
    def __init__(self, database: Database, home: Path, user: int, limit: int | None) -> None:
        self._database = database
        self._home = home
        self._shelf = Shelf.within(home)
        self._user = user
        self._limit = limit
        self._files: dict[str, Path] = {}  # by their names in the ZIP

    async def write(self, path: Path) -> Export:
        """All of it, a few jobs at a time."""
        count = after = 0
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
            settings = await self._database.read(lambda tx: _settings(tx, self._user))
            await asyncio.to_thread(file.writestr, _info("settings.json"), _json(settings))
            with file.open(_info("jobs.json"), "w") as lines:
                lines.write(b"[")
                while found := await self._database.read(partial(_jobs, user=self._user, after=after)):
                    await asyncio.to_thread(lines.write, self._entries(found, first=not count))
                    count, after = count + len(found), found[-1].id
                lines.write(b"\n]\n")
            pictures = await asyncio.to_thread(self._add_pictures, file)
        return Export(path, count, pictures, len(self._files) - pictures)

    def _entries(self, found: Sequence[Job], *, first: bool) -> bytes:
        entries = b",".join(b"\n" + _json(self._entry(job)) for job in found)
        return entries if first else b"," + entries

    def _entry(self, job: Job) -> dict[str, Any]:
        began = {f"{job.id}/reference-{name[:12]}": self._shelf.place(name) for name in sorted(shelved(job.request))}
        results = {picture.index: picture.file for picture in job.pictures if picture.file}
        came = {f"{job.id}/result-{index}": self._home / name for index, name in results.items()}
        files = {f"pictures/{name}{_suffix(path)}": path for name, path in {**began, **came}.items() if path.is_file()}
        self._files |= files
        return _told(job) | {"files": sorted(files)}

    def _add_pictures(self, file: zipfile.ZipFile) -> int:
        count, used = 0, sum(info.compress_size for info in file.infolist()) + _ROOM
        for name, path in self._files.items():
            try:
                size = path.stat().st_size
                if self._limit is not None and used + size > self._limit:
                    continue
                file.write(path, name, zipfile.ZIP_STORED)
            except FileNotFoundError:  # it was cleared away just now
                continue
            used, count = used + size, count + 1
        return count


def _jobs(tx: Transaction, user: int, after: int) -> list[Job]:
    mine = select(jobs).where(jobs.c.user_id == user, jobs.c.id > after).order_by(jobs.c.id).limit(BATCH)
    return list(map(job_of, tx.run(mine)))


def _settings(tx: Transaction, user: int) -> dict[str, Any]:
    """Every row that is about this person, under the name of its kind; what others wrote of them too."""
    own = or_(
        and_(preferences.c.subject == user, preferences.c.scope.not_like("star/%")),
        and_(preferences.c.scope.like(f"%/{user}"), preferences.c.scope.not_like("member/%")),
    )
    rows = tx.run(select(preferences).where(own).order_by(preferences.c.scope, preferences.c.subject)).all()
    noted = [
        {"kind": row.scope, "about": row.subject, "changed": _time(row.changed_at), **row._mapping["values"]}
        for row in rows
    ]
    mine = select(accounts).where(accounts.c.key.like(f"user/{user}/%")).order_by(accounts.c.key)
    used = {row.key: {"images": row.images_settled, "usd": row.cost_settled / MILLION} for row in tx.run(mine)}
    return {"user": user, "noted": noted, "used": used}


def _told(job: Job) -> dict[str, Any]:
    """A job in the words of the commands. What opens a door, an interaction's token, is not told."""
    origin = job.origin
    settled = job.settled or Amount()
    return {
        "id": job.id,
        "asked": _time(job.created_at),
        "ended": _time(job.closed_at),
        "as": job.verb,
        "from": job.parent,
        "server": job.who.server,
        "channel": origin.channel,
        "visibility": origin.visibility,
        "request": dict(job.request),
        "notes": origin.notes,
        "model": job.model,
        "provider": job.provider,
        "state": job.state.value,
        "images": settled.images,
        "usd": settled.cost / MILLION,
        "pictures": [{"size": each.size, "format": each.format, "url": each.url} for each in job.pictures],
        "messages": list(job.delivery.messages) if job.delivery else [],
    }


def _time(seconds: float | None) -> str | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds")


def _json(value: Mapping[str, Any] | Iterable[Any]) -> bytes:
    return orjson.dumps(value, option=orjson.OPT_INDENT_2 | orjson.OPT_NON_STR_KEYS)


def _info(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, datetime.now(UTC).timetuple()[:6])
    info.compress_type = zipfile.ZIP_DEFLATED
    return info


def _suffix(path: Path) -> str:
    """What lies on the shelf has no ending: its first bytes say what it is."""
    with path.open("rb") as file:
        head = file.read(12)
    endings = {b"\x89PNG": ".png", b"\xff\xd8\xff": ".jpg", b"GIF8": ".gif"}
    if head[8:12] == b"WEBP":
        return ".webp"
    return next((ending for start, ending in endings.items() if head.startswith(start)), path.suffix)


def _make(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
