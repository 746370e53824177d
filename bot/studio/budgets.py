"""Budgets that are nearly or wholly used up are told to whoever pays for them: once for each budget and period."""

from collections.abc import Iterable, Mapping

from bot.store.database import Transaction
from bot.studio import notices
from bot.studio.job import Who
from bot.studio.limits import Barrier, Left, Period, Refusal, Scope
from bot.studio.periods import span


def warn(tx: Transaction, who: Who, near: Iterable[Left]) -> None:
    """Have it told that these are nearly used up, in the transaction in which they became so."""
    for left in near:
        facts = {"limit": left.limit, "used": left.used, "returns_at": left.returns_at}
        _post(tx, notices.BUDGET_WARNING, who, left.scope, left.period, facts)


def stop(tx: Transaction, who: Who, refusal: Refusal) -> bool:
    """Have it told that a budget has stood in the way; False if it was told before."""
    scope, period = refusal.scope or Scope.ALL, refusal.period or Period.DAY
    facts = {"limit": refusal.limit, "used": refusal.used, "wanted": refusal.wanted}
    return _post(tx, notices.BUDGET_STOP, who, scope, period, {**facts, "returns_at": span(period, tx.now).ends_at})


def is_stop(refusal: Refusal) -> bool:
    """Whether a budget is used up, other than the person's own; not whether somebody wants more than there ever is."""
    return refusal.barrier is Barrier.COST and refusal.scope is not Scope.USER and refusal.returns_at is not None


def _post(tx: Transaction, kind: str, who: Who, scope: Scope, period: Period, facts: Mapping[str, float]) -> bool:
    server = who.server if scope is Scope.SERVER else None
    key = f"{kind}/{server or 0}/{span(period, tx.now).name}/{facts['limit']}"
    return notices.post(tx, key, kind, server, {"scope": scope.value, "period": period.value, **facts})
