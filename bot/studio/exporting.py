"""Everything that is kept of a person as ZIPs: their jobs and what they have noted as JSON, and the pictures."""

import asyncio
import os
import zipfile
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from itertools import count
from pathlib import Path
from secrets import token_hex
from typing import Any

import orjson
from sqlalchemy import and_, or_, select

from bot.store.database import Database, Transaction
from bot.store.tables import accounts, jobs, preferences
from bot.studio.forgetting import BATCH
from bot.studio.job import Amount, Job, Result
from bot.studio.money import MILLION
from bot.studio.orders import shelved
from bot.studio.rows import job_of
from bot.studio.shelf import Shelf

MOST_FILES = 10
_ROOM = 64 * 1024  # bytes of a ZIP that are left for the names of files


@dataclass(frozen=True, slots=True)
class Export:
    """Files to be handed over, each a ZIP of its own. Of pictures that were kept, `left_out` did not fit into any."""

    paths: tuple[Path, ...]
    jobs: int
    pictures: int
    left_out: int


@asynccontextmanager
async def exported(database: Database, home: Path, user: int, limit: int | None = None) -> AsyncIterator[Export]:
    """Write it into files that nobody else can read and that go with the context; each of at most `limit` bytes, and
    at most `MOST_FILES`, with as many pictures as fit into them."""
    files = _Files(home / "spool" / f"export-{token_hex(8)}", limit)
    try:
        yield await _Writer(database, home, user).write(files)
    finally:
        await asyncio.to_thread(files.remove)


class _Files:
    """ZIPs, filled one after the other."""

    def __init__(self, stem: Path, limit: int | None) -> None:
        self._stem = stem
        self._limit = limit
        self._file: zipfile.ZipFile | None = None
        self.paths: list[Path] = []

    def write(self, name: str, data: bytes) -> None:
        """Words: they are never left out."""
        self._open(len(data)).writestr(_info(name), data)

    def add(self, name: str, path: Path) -> bool:
        """A picture, as it lies there; False if there is no room for it, or if it is gone."""
        try:
            size = path.stat().st_size
            if self._limit is not None and not self._has_room(size):
                return False
            self._open(size).write(path, name, zipfile.ZIP_STORED)
        except FileNotFoundError:  # it was cleared away just now
            return False
        return True

    def close(self) -> None:
        """The last one is complete."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def remove(self) -> None:
        """Nothing is left of them, whatever has happened."""
        self.close()
        for path in self.paths:
            path.unlink(missing_ok=True)

    def _has_room(self, size: int) -> bool:
        here = self._file is not None and self._fits(size)
        return here or (len(self.paths) < MOST_FILES and size + _ROOM <= (self._limit or 0))

    def _fits(self, size: int) -> bool:
        used = sum(info.compress_size for info in self._file.infolist()) if self._file is not None else 0
        return self._limit is None or used + size + _ROOM <= self._limit

    def _open(self, size: int) -> zipfile.ZipFile:
        """The one that has room for so much, or a new one."""
        if self._file is not None and self._file.infolist() and not self._fits(size):
            self.close()
        if self._file is None:
            path = self._stem.with_name(f"{self._stem.name}-{len(self.paths) + 1}.zip")
            _make(path)
            self.paths.append(path)
            self._file = zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED)
        return self._file


class _Writer:
    def __init__(self, database: Database, home: Path, user: int) -> None:
        self._database = database
        self._home = home
        self._shelf = Shelf.within(home)
        self._user = user
        self._files: dict[str, Path] = {}  # by their names in the ZIP

    async def write(self, files: _Files) -> Export:
        """All of it, a few jobs at a time."""
        settings = await self._database.read(lambda tx: _settings(tx, self._user))
        await asyncio.to_thread(files.write, "settings.json", _json(settings))
        total = after = 0
        for batch in count(1):
            found = await self._database.read(partial(_jobs, user=self._user, after=after))
            if found or batch == 1:
                name = "jobs.json" if batch == 1 else f"jobs-{batch}.json"
                await asyncio.to_thread(files.write, name, await asyncio.to_thread(self._entries, found))
            total += len(found)
            if len(found) < BATCH:
                break
            after = found[-1].id
        pictures = await asyncio.to_thread(self._add_pictures, files)
        return Export(tuple(files.paths), total, pictures, len(self._files) - pictures)

    def _entries(self, found: Sequence[Job]) -> bytes:
        return _json([self._entry(job) for job in found])

    def _entry(self, job: Job) -> dict[str, Any]:
        began = {f"{job.id}/reference-{name[:12]}": self._shelf.place(name) for name in sorted(shelved(job.request))}
        results = {picture.index: picture.file for picture in job.pictures if picture.file}
        came = {f"{job.id}/result-{index}": self._home / name for index, name in results.items()}
        files = {f"pictures/{name}{_suffix(path)}": path for name, path in {**began, **came}.items() if path.is_file()}
        self._files |= files
        return _told(job) | {"files": sorted(files)}

    def _add_pictures(self, files: _Files) -> int:
        added = sum(files.add(name, path) for name, path in self._files.items())
        files.close()
        return added


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
        "pictures": [_picture(each) for each in job.pictures],
        "messages": list(job.delivery.messages) if job.delivery else [],
    }


def _picture(it: Result) -> dict[str, Any]:
    known = {"size": it.size, "format": it.format, "url": it.url}
    return known | ({"layer": dict(it.layer)} if it.layer else {})


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
