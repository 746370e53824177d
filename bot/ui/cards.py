"""What stands on the bot's own pages: a job's facts, one's history, queue and allowances, and the answers to buttons.

Whatever people have written is shown as code on one line, so that it pings nobody and changes nothing around it.
"""

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from bot.seedream.tables import Model
from bot.studio.endings import CANCELLED
from bot.studio.history import DELETED, Page
from bot.studio.job import Job, State
from bot.studio.limits import Left, Period, Scope
from bot.studio.studio import Standing, Ticket
from bot.ui.layers import is_layered
from bot.ui.permutations import literally
from bot.ui.route import Way
from bot.ui.words import kept, measures
from bot.words import Words, sentence

LONGEST = 2000  # Discord's limit for a message
LISTED = 20  # jobs under way: one button each, five in a row, four rows
_PROMPT = 120  # characters of a prompt in a list
_WHOLE = 1500  # and where it stands alone
_COMMAND = 1800  # characters of a command

STATES: Mapping[State, str] = {
    State.QUEUED: sentence("⏳ waits in the queue"),
    State.RUNNING: sentence("🎨 in the works"),
    State.SENT: sentence("🎨 in the works"),
    State.GENERATED: sentence("📦 on its way"),
    State.ENDING: sentence("⚠️ failed"),
    State.SETTLED: sentence("✅ done"),
    State.REFUSED: sentence("⚠️ refused"),
    State.FAILED: sentence("⚠️ failed"),
    State.CANCELLED: sentence("✖️ cancelled"),
    State.IN_DOUBT: sentence("⚠️ outcome unknown"),
}
_DELETED = sentence("🗑️ deleted")
_PERIODS: Mapping[Period, str] = {
    Period.HOUR: sentence("this hour"),
    Period.DAY: sentence("today"),
    Period.MONTH: sentence("this month"),
}
_SCOPES: Mapping[Scope, str] = {
    Scope.USER: sentence("You"),
    Scope.SERVER: sentence("This server"),
    Scope.ALL: sentence("The whole bot"),
}
# How a command was called, by the verb of the job, and the options by the names of a request's fields.
_COMMANDS = {"edit": "edit", "story": "story", "blend": "blend", "layers": "layers"}
_OPTIONS: Sequence[tuple[str, str]] = (
    ("model", "model"),
    ("ratio", "ratio"),
    ("size", "size"),
    ("max_images", "images"),
    ("output_format", "format"),
    ("seed", "seed"),
    ("guidance_scale", "guidance"),
    ("web_search", "web_search"),
)


def code(text: object, most: int = _PROMPT) -> str:
    """Anything as code on one line: nothing in it acts, whatever it is."""
    seen = "".join(" " if unicodedata.category(letter)[0] == "C" else letter for letter in str(text or ""))
    line = " ".join(seen.replace("`", "ˋ").split())
    if len(line) > most:
        line = f"{line[: most - 1]}…"
    return f"`{line}`" if line else ""


def jump(job: Job) -> str | None:
    """The address of the first message with the pictures, None where there is none for everybody."""
    if (
        job.delivery is None
        or not job.delivery.messages
        or not job.origin.channel
        or job.origin.visibility == "private"
        or job.delivery.way == Way.DM.value
    ):
        return None
    return f"https://discord.com/channels/{job.who.server or '@me'}/{job.origin.channel}/{job.delivery.messages[0]}"


def came_from(words: Words, job: Job) -> str:
    """What stands under pictures that came of others: which those are, and where."""
    return words.say("From {parent}", parent=_linked(job))


def info(words: Words, job: Job, ancestors: Iterable[Job] = (), *, mine: bool = False) -> str:
    """Everything that is known of a job; what it cost is for its owner alone."""
    sizes = measures(words, job, job.pictures)
    told = [words.say("{option}: {value}", option=words.name(name), value=code(value)) for name, value in _given(job)]
    lines = [
        words.say("**Picture #{id}** · {state}", id=job.id, state=_state(words, job)),
        code(job.request.get("prompt"), _WHOLE),
        " · ".join((code(job.model), *map(code, sizes))),
        " · ".join(option for option in told if option),
        words.say("Asked for by {user}, {when}", user=f"<@{job.who.user}>", when=words.time(job.created_at, "f")),
    ]
    references = len(job.request.get("references", ()))
    if references:
        lines.append(words.plural("Made from {count} picture", "Made from {count} pictures", references))
    seconds = _seconds(job)
    if seconds is not None:
        lines.append(words.plural("Took {count} second", "Took {count} seconds", seconds))
    if mine and job.settled is not None:
        lines.append(words.say("Cost {money}", money=words.money(job.settled.cost)))
    line = [_linked(parent) for parent in ancestors]
    if line:
        lines.append(words.say("Came from {parents}", parents=" ← ".join(line[:10])))
    return "\n".join(filter(None, lines))[:LONGEST]


def more(words: Words, job: Job) -> str:
    """What stands over the buttons of More."""
    command = words.say("The command, to copy:")
    return f"**#{job.id}** · {command}\n```\n{_command(job)}\n```"[:LONGEST]


def history(words: Words, page: Page, search: str = "") -> str:
    """A page of one's own jobs."""
    if not page.jobs:
        if search:
            return words.say("None of your prompts contains {search}", search=code(search))
        return words.say("You have not asked for any picture yet · begin with `/imagine`")
    head = words.say("Your pictures, page {number} of {of}", number=page.number, of=page.of)
    if search:
        head = words.say("{title} · with {search}", title=head, search=code(search))
    return "\n".join([f"**{head}**", *(_entry(words, job) for job in page.jobs)])[:LONGEST]


def queue(words: Words, tickets: Sequence[Ticket], standing: Standing) -> str:
    """One's own jobs under way: place, time, prompt."""
    if not tickets:
        return words.say("You have nothing waiting or being drawn")
    lines = [_waiting(words, ticket) for ticket in tickets]
    untold = standing.working + standing.waiting - len(tickets)
    if len(tickets) >= LISTED and untold > 0:
        lines.append(words.plural("… and {count} more", "… and {count} more", untold))
    return "\n".join(lines)[:LONGEST]


def usage(words: Words, standing: Standing) -> str:
    """What is left of each allowance, and when it comes back."""
    lines = [remaining(words, left) for left in standing.left]
    if not lines:
        lines = [words.say("There is no limit for you here")]
    under_way = words.say(
        "Under way: {working} · waiting: {waiting}",
        working=words.number(standing.working),
        waiting=words.number(standing.waiting),
    )
    if standing.limits.at_once:
        under_way = words.say("{line} · at most {most} at once", line=under_way, most=standing.limits.at_once)
    if standing.limits.cooldown:
        pause = words.plural(
            "{count} second between two requests",
            "{count} seconds between two requests",
            round(standing.limits.cooldown),
        )
        under_way = f"{under_way} · {pause}"
    return "\n".join([*lines, under_way])[:LONGEST]


def guide(words: Words, models: Iterable[Model]) -> str:
    """What can I do here: every command and menu in a line."""
    lines = (
        "**" + words.say("Turn words and pictures into new pictures") + "**",
        words.say("`/imagine` draws what you describe · attach pictures to use them as references"),
        words.say("`/edit` changes a picture · `/blend` merges several into one"),
        words.say("`/story` makes a set of connected pictures, one by one"),
        words.say("`/layers` splits a picture into layers: a PNG of each, and a ZIP of all"),
        words.say(
            "{example} in a prompt draws one picture of each · you see the price first", example="`{red, green}`"
        ),
        words.say("Right-click or hold a message → **Apps** → **Edit image** or **Use as reference**"),
        words.say("Mention me with a prompt, or reply to a picture and mention me: `make it night --ar 16:9`"),
        words.say(
            "`/queue` what you are waiting for · `/history` and `/show` your pictures so far · "
            "`/usage me` what you have left"
        ),
        words.say("`/settings me` your model, ratio, size and language · `/settings server` for moderators"),
        words.say(
            "`/privacy show` what I keep about you and who else gets any of it · `/privacy delete` makes me forget you"
        ),
        words.say("Something wrong with a picture? Right-click or hold its message → **Apps** → **Report image**"),
        words.say("Under each picture: **Again**, **Vary**, **Edit**, **Upscale** and more; they keep working"),
        words.say("Cancelling is free while a job is waiting; what fails is not charged unless I say so"),
        words.say("Models: {models}", models=words.listed(code(_short(model)) for model in models)),
    )
    return "\n".join(lines)[:LONGEST]


def cancelled(words: Words, job: Job) -> str:
    """What taking a job back has come to."""
    if job.ending is not None and (job.ending.error, job.ending.charged) == (CANCELLED, "no"):
        return words.say("#{id} is cancelled · not charged", id=job.id)
    if job.state.final or job.state in {State.GENERATED, State.ENDING}:
        return words.say("#{id} has ended already, there is nothing left to cancel", id=job.id)
    return words.say("#{id} is being stopped · it may be charged already, and its message will say so", id=job.id)


def _given(job: Job) -> Iterable[tuple[str, Any]]:
    """The options that were given, by the names that they have in commands."""
    for field, option in _OPTIONS:
        value = job.request.get(field)
        if option != "model" and value not in {None, False}:
            yield option, value
    if job.request.get("background") == "transparent":
        yield "transparent", True


def _command(job: Job) -> str:
    name = _COMMANDS.get(job.verb, "story" if job.request.get("max_images") else "imagine")
    options = [("prompt", literally(job.request.get("prompt") or "")), ("model", job.model), *_given(job)]
    if is_layered(job):  # it has no other options
        name, options = "layers", options[:2]
    elif job.origin.visibility != "public":
        options.append(("visibility", job.origin.visibility))
    plain = [(option, code(value, _WHOLE).strip("`")) for option, value in options]
    return " ".join((f"/{name}", *(f"{option}: {value}" for option, value in plain if value)))[:_COMMAND]


def _entry(words: Words, job: Job) -> str:
    where = jump(job)
    parts = [
        f"**#{job.id}**",
        words.time(job.created_at),
        _state(words, job),
        code(job.model),
        words.plural("{count} picture", "{count} pictures", len(job.pictures)) if job.pictures else "",
        f"[{words.say('open')}]({where})" if where else "",
    ]
    lines = [" · ".join(filter(None, parts))]
    if job.delivery is not None and job.delivery.kept and job.delivery.way != DELETED:
        lines.append(kept(words, job, len(job.delivery.kept)))
    return "\n".join([*lines, f"-# {code(job.request.get('prompt')) or words.name(job.verb)}"])


def _waiting(words: Words, ticket: Ticket) -> str:
    job = ticket.job
    place = words.say("place {place} in the queue", place=ticket.place) if ticket.place else _state(words, job)
    ready = words.say("ready {when}", when=words.time(ticket.eta)) if ticket.eta is not None else ""
    return " · ".join(filter(None, (f"**#{job.id}**", place, ready, code(job.request.get("prompt"), 60))))


def _state(words: Words, job: Job) -> str:
    deleted = job.delivery is not None and job.delivery.way == DELETED
    return words.say(_DELETED if deleted else STATES[job.state])


def remaining(words: Words, left: Left, whose: str | None = None) -> str:
    """What is left of one limit, and when all of it is there again."""
    figure = words.money if left.measure == "cost" else words.number
    facts = {
        "who": whose or words.say(_SCOPES[left.scope]),
        "left": figure(left.left),
        "limit": figure(left.limit),
        "period": words.say(_PERIODS[left.period]),
        "when": words.time(left.returns_at),
    }
    if left.measure == "cost":
        return words.say("{who}: {left} of {limit} left {period}, full again {when}", **facts)
    return words.plural(
        "{who}: {left} of {count} picture left {period}, full again {when}",
        "{who}: {left} of {count} pictures left {period}, full again {when}",
        left.limit,
        **facts,
    )


def _linked(job: Job) -> str:
    where = jump(job)
    return f"[#{job.id}](<{where}>)" if where else f"#{job.id}"


def _seconds(job: Job) -> int | None:
    end = job.generated_at or job.closed_at
    return None if end is None else max(0, round(end - job.created_at))


def _short(model: Model) -> str:
    return next(iter(model.aliases), model.key)
