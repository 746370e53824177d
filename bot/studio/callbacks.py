"""Where a provider may tell that a task has moved: an address for each job, and the news that somebody used it.

Nothing that comes in there is believed. Whoever holds the job asks the provider; the address only says which job it is.
"""

import base64
import hashlib
import hmac
import re

from bot.store.database import Database
from bot.studio.job import Job

NEWS = "callback"  # announced with the number of the job and the name of the task
PATH = "/callbacks/acedata/"
_TOKEN = re.compile(r"([0-9]{1,19})-([A-Za-z0-9_-]{43})", re.ASCII)
_TASK = re.compile(r"[A-Za-z0-9_.:-]{1,100}", re.ASCII)


class Addresses:
    """Addresses that only those can make up who know the provider's key, as all processes of a bot do."""

    def __init__(self, public_url: str, key: str) -> None:
        self._base = public_url.rstrip("/") + PATH
        self._secret = hashlib.sha256(b"callbacks of seedream-bot: " + key.encode()).digest()

    def of(self, job: Job) -> str:
        """Where to tell that this job's task has moved."""
        return f"{self._base}{job.id}-{self._seal(str(job.id))}"

    def job(self, token: str) -> int | None:
        """The number of the job that the end of an address is about; None if we have not made it up."""
        found = _TOKEN.fullmatch(token)
        if found is None or not hmac.compare_digest(found[2], self._seal(found[1])):
            return None
        return int(found[1])

    def _seal(self, number: str) -> str:
        seal = hmac.new(self._secret, number.encode(), hashlib.sha256).digest()
        return base64.urlsafe_b64encode(seal).rstrip(b"=").decode()


async def announce(database: Database, job: int, task: str) -> None:
    """Tell whichever process holds the job; raises StoreError."""
    await database.write(lambda tx: tx.announce(f"{NEWS} {job} {task}"))


def heard(news: str) -> tuple[int, str] | None:
    """The job and the task of such news; None of all other news."""
    word, _, rest = news.partition(" ")
    number, _, task = rest.partition(" ")
    return (int(number), task) if word == NEWS and number.isdecimal() and is_task(task) else None


def is_task(name: object) -> bool:
    """Whether this can be the name of a task."""
    return isinstance(name, str) and _TASK.fullmatch(name) is not None
