"""How the bot stands, on one page for moderators and the owner."""

import platform
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import discord

from bot.studio.status import AtWork, Line, Status
from bot.ui.cards import LONGEST, code, remaining
from bot.ui.words import BAD_NEWS
from bot.words import Words

_LISTED = 10  # shards, workers


@dataclass(frozen=True, slots=True)
class Here:
    """What this process and Discord know: the seconds to Discord and back by shard (None: not connected), how many
    reports are open, the audit channel and what the bot lacks there, by Discord's names."""

    shards: Mapping[int, float | None]
    reports: int = 0
    paused: bool = False  # this server
    log: int | None = None
    lacks: Sequence[str] = ()


def overview(words: Words, status: Status, here: Here) -> str:
    """Everything in a screenful."""
    lines = [words.say("**Seedream bot {version}**", version=status.version)]
    if status.paused:
        lines.append("⏸️ " + words.say("The bot is paused everywhere"))
    if here.paused:
        lines.append("⏸️ " + words.say("The bot is paused on this server"))
    lines += [_provider(words, name, line) for name, line in status.lines.items()]
    lines += [f"💰 {remaining(words, left)}" for left in status.budgets]
    lines += _log(words, here)
    if here.reports:
        lines.append("🚩 " + words.plural("{count} report is open", "{count} reports are open", here.reports))
    lines += [_worker(words, worker) for worker in status.workers[:_LISTED]]
    lines += [_shard(words, number, here.shards[number]) for number in sorted(here.shards)[:_LISTED]]
    versions = f"discord.py {discord.__version__} · Python {platform.python_version()}"
    schema = words.say("database {schema}", schema=code(status.schema))
    lines.append(f"-# {versions} · {schema}")
    return "\n".join(lines)[:LONGEST]


def _provider(words: Words, name: str, line: Line) -> str:
    facts = {"waiting": words.number(line.waiting), "working": words.number(line.working)}
    parts = [words.say("{waiting} waiting, {working} being drawn", **facts)]
    if line.waiting and line.since is not None:
        parts.append(words.say("oldest: {when}", when=words.time(line.since)))
    if line.trouble is not None:
        parts.append(words.say(BAD_NEWS[line.trouble][0]) if line.trouble in BAD_NEWS else code(line.trouble))
    return " · ".join((f"{'⚠️' if line.trouble else '✔'} {code(name)}", *parts))


def _worker(words: Words, worker: AtWork) -> str:
    jobs = words.plural("{count} job at once", "{count} jobs at once", worker.slots)
    since = words.say("since {when}", when=words.time(worker.started_at))
    return f"🛠️ {code(worker.host)} · {jobs} · {since}"


def _shard(words: Words, number: int, seconds: float | None) -> str:
    if seconds is None:
        return "⚠️ " + words.say("shard {number} does not answer", number=number)
    latency = words.number(round(seconds * 1000))
    return "📡 " + words.say("shard {number} · {latency} ms", number=number, latency=latency)


def _log(words: Words, here: Here) -> list[str]:
    if here.log is None or not here.lacks:
        return []
    lacks = words.listed(f"**{words.say(each)}**" for each in here.lacks)
    facts = {"channel": f"<#{here.log}>", "lacks": lacks}
    return ["⚠️ " + words.say("I cannot write into the audit log {channel}: I lack {lacks}", **facts)]
