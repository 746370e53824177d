"""What somebody was about to ask for: a request that was refused, or pictures that a form was opened for.

The latest few of each person are written down, so that they outlive a restart and never pile up. Their pictures lie on
the shelf as long as the janitor leaves them there, which is an hour at least.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from typing import Any

from bot.seedream.models import ImageRequest
from bot.store.database import Database, Transaction
from bot.studio import memos, orders
from bot.studio.job import Job
from bot.studio.shelf import Shelf
from bot.studio.studio import Whose
from bot.ui.permutations import literally
from bot.ui.sources import Source, Whence

MOST = 10  # of each kind and person
_REQUEST, _PICTURES = "draft", "form"
_FIELDS = {field.name for field in fields(Source)}


@dataclass(frozen=True, slots=True)
class Draft:
    """A request, and what else it takes to ask for it. Its prompt is one as people write it, which may stand for
    several. `key` names the wish that it was made for, whose jobs it asks for once it is confirmed."""

    request: ImageRequest
    verb: str = "imagine"
    parent: int | None = None
    visibility: str = "public"
    whose: Whose = ()  # whom its pictures come from
    count: int = 1  # each prompt so many times
    key: str = ""


class Drafts:
    """Keeps and finds them, by the number of the interaction or message that they came from."""

    def __init__(self, database: Database, shelf: Shelf) -> None:
        self._database = database
        self._shelf = shelf

    async def keep(self, user: int, number: int, draft: Draft) -> None:
        """Keep a request, in place of the one before; raises BadReference when its pictures are gone."""
        order = await orders.write(draft.request, self._shelf)
        told = {"id": number, "request": order, "verb": draft.verb, "parent": draft.parent}
        told |= {"visibility": draft.visibility, "whose": list(draft.whose), "count": draft.count, "key": draft.key}
        await self._database.write(lambda tx: _keep(tx, _REQUEST, user, told))

    async def find(self, user: int, number: int) -> Draft | None:
        """The request of this number; raises BadReference when its pictures are gone."""
        told = await self._database.read(lambda tx: _find(tx, _REQUEST, user, number))
        if told is None:
            return None
        request = orders.read(told["request"], self._shelf)
        whose, count, key = tuple(told.get("whose", ())), told.get("count", 1), told.get("key", "")
        return Draft(request, told["verb"], told["parent"], told["visibility"], whose, count, key)

    async def drop(self, user: int, number: int) -> bool:
        """Forget the request of this number; False if that was done before: fingers press twice."""
        return await self._database.write(lambda tx: _drop(tx, _REQUEST, user, number))

    def of(self, job: Job) -> Draft:
        """What a job was made from; raises BadReference when its pictures are gone."""
        whose = tuple(job.request.get("whose", ()))
        request = orders.read(job.request, self._shelf)
        as_written = replace(request, prompt=literally(request.prompt))
        return Draft(as_written, job.verb, job.parent, job.origin.visibility, whose)

    async def keep_pictures(self, user: int, number: int, sources: Sequence[Source], parent: int | None) -> None:
        """Keep what a form was opened for."""
        pictures = [asdict(source) | {"whence": source.whence.value} for source in sources]
        told = {"id": number, "pictures": pictures, "parent": parent}
        await self._database.write(lambda tx: _keep(tx, _PICTURES, user, told))

    async def pictures(self, user: int, number: int) -> tuple[tuple[Source, ...], int | None] | None:
        """The pictures of this form, and the job that they are of, if they are of one."""
        told = await self._database.read(lambda tx: _find(tx, _PICTURES, user, number))
        if told is None:
            return None
        known = [{name: value for name, value in each.items() if name in _FIELDS} for each in told["pictures"]]
        sources = tuple(Source(**(each | {"whence": Whence(each["whence"])})) for each in known)
        return sources, told["parent"]


def _keep(tx: Transaction, scope: str, user: int, told: Mapping[str, Any]) -> None:
    """Note it behind those from before; of too many the oldest goes."""
    before = [each for each in _all(tx, scope, user) if each["id"] != told["id"]]
    memos.note(tx, scope, user, {"latest": [*before, told][-MOST:]})


def _drop(tx: Transaction, scope: str, user: int, number: int) -> bool:
    tx.alone()  # of two presses at the same time one finds it
    before = _all(tx, scope, user)
    after = [each for each in before if each["id"] != number]
    memos.note(tx, scope, user, {"latest": after})
    return len(after) < len(before)


def _find(tx: Transaction, scope: str, user: int, number: int) -> Mapping[str, Any] | None:
    return next((each for each in _all(tx, scope, user) if each["id"] == number), None)


def _all(tx: Transaction, scope: str, user: int) -> Sequence[Mapping[str, Any]]:
    found: Sequence[Mapping[str, Any]] = memos.recall(tx, scope, user).get("latest", ())
    return found
