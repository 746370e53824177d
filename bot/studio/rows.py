"""Jobs as rows: what is written down of each, and read again, also by an older or a newer release."""

from collections.abc import Iterable, Mapping
from dataclasses import fields, replace
from typing import Any, TypeVar

from sqlalchemy import Row

from bot.studio.job import Amount, Delivery, Ending, Job, Origin, Result, State, Who

T = TypeVar("T", Origin, Result, Ending, Delivery)

_NAMES: Mapping[type[Any], tuple[str, ...]] = {
    kind: tuple(field.name for field in fields(kind)) for kind in (Origin, Result, Ending, Delivery)
}


def job_of(row: Row[Any]) -> Job:
    """A whole row of `jobs` as the value that everybody else works with. The roles of who asked are not kept."""
    settled = None if row.settled_images is None else Amount(row.settled_images, row.settled_cost)
    return Job(
        id=row.id,
        key=row.key,
        verb=row.verb,
        parent=row.parent,
        who=Who(row.user_id, row.server_id),
        origin=origin_of(row.origin),
        request=row.request,
        model=row.model,
        provider=row.provider,
        images=row.images,
        state=State(row.state),
        owner=row.owner,
        attempt=row.attempt,
        strikes=row.strikes,
        cancelled=row.cancelled,
        created_at=row.created_at,
        started_at=row.started_at,
        sent_at=row.sent_at,
        generated_at=row.generated_at,
        closed_at=row.closed_at,
        task=row.task,
        pictures=pictures_of(row.pictures),
        usage=row.usage,
        ending=None if row.error is None else ending_of(row.error),
        delivery=None if row.delivery is None else delivery_of(row.delivery),
        reserved=Amount(row.reserved_images, row.reserved_cost),
        doubtful_cost=row.doubtful_cost,
        settled=settled,
    )


def origin_json(origin: Origin) -> dict[str, Any]:
    """Everything about where the answer goes, the token too: it must outlive the process."""
    return _json(origin)


def origin_of(data: Mapping[str, Any]) -> Origin:
    """The way back of `origin_json`."""
    return Origin(**_known(Origin, data))


def forgetful(origin: Origin) -> Origin:
    """What may be kept of it after the job is over: no token."""
    return replace(origin, token=None, token_until=0.0)


def pictures_json(pictures: Iterable[Result]) -> list[dict[str, Any]]:
    """Pictures as they are written down."""
    return [_json(picture) for picture in pictures]


def pictures_of(data: Iterable[Mapping[str, Any]] | None) -> tuple[Result, ...]:
    """The way back of `pictures_json`; nothing recorded is none."""
    return tuple(Result(**_known(Result, picture)) for picture in data or ())


def ending_json(ending: Ending) -> dict[str, Any]:
    """An ending as it is written down."""
    return {**_json(ending), "state": ending.state.value}


def ending_of(data: Mapping[str, Any]) -> Ending:
    """The way back of `ending_json`."""
    return Ending(**{**_known(Ending, data), "state": State(data["state"])})


def delivery_json(delivery: Delivery) -> dict[str, Any]:
    """A delivery as it is written down."""
    return _json(delivery)


def delivery_of(data: Mapping[str, Any]) -> Delivery:
    """The way back of `delivery_json`."""
    lists: dict[str, Any] = {name: tuple(value) for name, value in data.items() if isinstance(value, list)}
    return Delivery(**_known(Delivery, {**data, **lists}))


def _json(thing: T) -> dict[str, Any]:
    return {name: getattr(thing, name) for name in _NAMES[type(thing)]}


def _known(kind: type[T], data: Mapping[str, Any]) -> dict[str, Any]:
    """Only the names that this release knows: a newer one may have written more."""
    return {name: data[name] for name in _NAMES[kind] if name in data}
