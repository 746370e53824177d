"""One measurement: a pretend Discord in this process, the bot in another, a crowd; the figures as a line of JSON."""

import asyncio
import gc
import itertools
import json
import os
import sys
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from bench.discord.cases import Case
from bench.discord.crowd import Crowd
from bench.measure import children, memory, share
from bench.road import Stub
from sandbox.discord import Channel, PretendDiscord, User
from sandbox.discord.model import Interaction

ROOT = Path(__file__).resolve().parents[2]
KEPT = ("PATH", "HOME", "LANG", "LD_LIBRARY_PATH")  # nothing that could set anything
KEY = "sk-of-a-bench-0123456789"
PATIENCE = 60.0  # seconds until the bot is there, and beyond those that the provider needs
WINDOW = 5.0  # seconds in which Discord takes five edits of one answer
TICK = 0.005

OFF = (
    *("USER_IMAGES_PER_HOUR", "USER_IMAGES_PER_DAY", "USER_JOBS_AT_ONCE", "USER_JOBS_WAITING"),
    *("SERVER_IMAGES_PER_DAY", "SERVER_JOBS_AT_ONCE", "PROVIDER_JOBS_AT_ONCE", "IMAGES_PER_MINUTE", "QUEUE_LIMIT"),
)


@dataclass(frozen=True, slots=True)
class Order:
    """Everything that the process is told: `origin` is the provider's, `url` the database's (empty: SQLite)."""

    case: Case
    origin: str
    url: str
    folder: str

    @classmethod
    def read(cls, line: str) -> "Order":
        """From a line of JSON."""
        told = json.loads(line)
        return cls(**(told | {"case": Case.of(told["case"])}))

    def __str__(self) -> str:
        return json.dumps(asdict(self) | {"case": self.case.plain()})

    def settings(self, discord: PretendDiscord) -> dict[str, str]:
        """The bot's settings: both ends are pretended, and nothing limits anybody."""
        hosts = [self.origin.removeprefix("http://"), *discord.cdn_hosts]
        own = {
            "DISCORD_TOKEN": discord.token,
            "DISCORD_API_BASE": discord.api_base,
            "DISCORD_GATEWAY_URL": discord.gateway_url,
            "DISCORD_CDN_HOSTS": ",".join(discord.cdn_hosts),
            "BYTEPLUS_API_KEY": KEY,
            "BYTEPLUS_BASE_URL": Stub(self.origin).api(self.case.wish),
            "OUTBOUND_ALLOW": ",".join(hosts),
            "DATA_DIR": self.folder,
            "PARALLEL_JOBS": str(self.case.slots),
        }
        return own | dict.fromkeys(OFF, "0") | ({"DATABASE_URL": self.url} if self.url else {})


class Untold(Exception):
    """The bot did not do what was measured; the message ends with its log."""


@dataclass(frozen=True, slots=True)
class Bot:
    """The bot's process."""

    process: asyncio.subprocess.Process
    log: Path

    @property
    def cpu(self) -> float:
        """Seconds that it has used, in nanoseconds' steps, and those of its children."""
        return sum(map(_cpu, [self.process.pid, *children(self.process.pid)]))

    @property
    def waited(self) -> float:
        """Seconds in which its threads could have run, but others had the cores."""
        files = Path(f"/proc/{self.process.pid}/task").glob("*/schedstat")
        return sum(int(file.read_text().split()[1]) for file in files) / 1e9

    def forget_peak(self) -> None:
        """Let its peak memory begin anew."""
        Path(f"/proc/{self.process.pid}/clear_refs").write_text("5")

    @property
    def peak(self) -> int:
        """The most memory that it has held since then."""
        return memory("VmHWM", self.process.pid)


def _cpu(pid: int) -> float:
    """The clock of another process's CPU time, as clock_getcpuclockid(3) names it."""
    return time.clock_gettime(~pid << 3 | 2)


@asynccontextmanager
async def started(order: Order, discord: PretendDiscord) -> AsyncIterator[Bot]:
    """`seedream-bot run`, connected, its commands known; killed at the end."""
    kept = {name: value for name, value in os.environ.items() if name in KEPT}
    home = Path(order.folder)
    with (home / "log").open("wb") as log:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "bot", "run"),
            cwd=home,
            env=kept | {"PYTHONPATH": str(ROOT)} | order.settings(discord),
            stdout=log,
            stderr=log,
        )
    try:
        await discord.ready(PATIENCE)
        await discord.synced("imagine", seconds=PATIENCE)
        yield Bot(process, home / "log")
    except TimeoutError:
        raise Untold((home / "log").read_text(errors="replace")[-2000:]) from None
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def run(order: Order) -> dict[str, float]:
    """Warm up, let the crowd press, and say what Discord has seen of it."""
    case = order.case
    async with PretendDiscord(heartbeat=case.beat, window=WINDOW, keep_files=False) as discord:
        guild = discord.guild()
        channel = discord.channel(guild)
        people = [discord.person(f"person{number}", guild, channel).user for number in range(case.people)]
        others = [discord.person(f"other{number}", guild, channel).user for number in range(case.warm)]
        async with started(order, discord) as bot:
            crowd = Crowd(discord, case.wish.size)
            if not (await crowd.press(crowd.presses(others, channel), channel, PATIENCE))[1]:
                raise Untold(bot.log.read_text(errors="replace")[-2000:])
            await asyncio.sleep(case.beat)  # in which the last job is closed
            return await _measured(case, discord, bot, crowd, people, channel)


async def _measured(
    case: Case, discord: PretendDiscord, bot: Bot, crowd: Crowd, people: Sequence[User], channel: Channel
) -> dict[str, float]:
    loop = asyncio.get_running_loop()
    presses = crowd.presses(people, channel)
    gc.collect()
    gc.freeze()
    bot.forget_peak()
    refused, late = discord.rates.refused, list[float]()
    ticker = asyncio.create_task(_tick(late))
    spent, waited, own, began = bot.cpu, bot.waited, time.process_time(), loop.time()
    asked, uploads = list[Interaction](), crowd.uploads
    for _ in range(case.times):
        asked += (await crowd.press(presses, channel, PATIENCE + 2 * case.wish.delay * case.people / case.slots))[0]
    wall = loop.time() - began
    spent, waited, own = bot.cpu - spent, bot.waited - waited, time.process_time() - own
    await asyncio.sleep(case.beat * 1.1)  # until the next heartbeat
    ticker.cancel()
    acks = [it.answered_at - it.made for it in asked if it.answered_at is not None]
    took = [crowd.delivered[it.token] - it.made for it in asked if it.token in crowd.delivered]
    if not took:
        raise Untold(bot.log.read_text(errors="replace")[-2000:])
    errors = len(asked) - len(took) + len(discord.violations) + discord.rates.refused - refused
    return {
        "count": len(asked),
        "ack_p50": share(acks, 0.5),
        "ack_p99": share(acks, 0.99),
        "ack_max": max(acks),
        "took_p50": share(took, 0.5),
        "took_p99": share(took, 0.99),
        "gap": _longest(discord, began),
        "beat": case.beat,
        "peak": bot.peak,
        "cpu": spent,
        "waited": waited,
        "wall": wall,
        "discord": own,
        "late": max(late),
        "uploads": crowd.uploads - uploads,
        "errors": errors,
    }


def _longest(discord: PretendDiscord, since: float) -> float:
    """The longest time between two heartbeats of which the second came since then."""
    pairs = [pair for moments in discord.gateway.beats for pair in itertools.pairwise(moments)]
    return max((later - sooner for sooner, later in pairs if later > since), default=0.0)


async def _tick(late: list[float]) -> None:
    """How late this loop gets round to things: an answer that it reads late was not late."""
    loop = asyncio.get_running_loop()
    while True:
        due = loop.time() + TICK
        await asyncio.sleep(TICK)
        late.append(loop.time() - due)


if __name__ == "__main__":
    print(json.dumps(asyncio.run(run(Order.read(sys.argv[1])))), flush=True)
