"""The end of a job in the ledger and in its row, in one transaction: what was reserved is settled or comes back."""

from bot.store.database import Transaction
from bot.studio import ledger, steps
from bot.studio.eta import learn
from bot.studio.job import Amount, Delivery, Ending, Job
from bot.studio.orders import outline
from bot.studio.tariff import Tariff


def settle(tx: Transaction, job: Job, me: str, delivery: Delivery, tariff: Tariff) -> Job:
    """Pictures by what has reached the person, money by what the provider bills, doubtful calls included."""
    amount = Amount(len(delivery.delivered) + len(delivery.kept), billed(job, tariff) + job.doubtful_cost)
    ledger.close(tx, job.who, job.created_at, job.reserved, amount)
    if job.sent_at is not None and job.generated_at is not None:
        learn(tx, job.provider, job.model, job.images, job.generated_at - job.sent_at)
    return steps.settled(tx, job, me, delivery, amount)


def end(tx: Transaction, job: Job, me: str, ending: Ending, gone: int) -> Job:
    """No pictures for the person: everything comes back but the money that is, or may be, gone."""
    amount = Amount(0, gone + job.doubtful_cost)
    ledger.close(tx, job.who, job.created_at, job.reserved, amount)
    return steps.ending(tx, job, me, ending, amount)


def billed(job: Job, tariff: Tariff) -> int:
    """What the pictures of a job cost, by the provider's own count where it told one."""
    told = (job.usage or {}).get("generated_images")
    pictures = told if isinstance(told, int) else len(job.pictures)
    return tariff.of(outline(job.request), job.provider, pictures)
