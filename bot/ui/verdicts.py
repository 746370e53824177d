"""Why can't somebody? Every rule with what it says, and of the one that decides what a moderator can do about it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.studio.acceptance import Diagnosis
from bot.studio.limits import Barrier, Period, Refusal, Scope
from bot.studio.rules import OFF
from bot.ui import rulings
from bot.ui.cards import LONGEST, code, remaining
from bot.ui.dossiers import block, grant
from bot.ui.problems import problems
from bot.ui.rulings import Ruling
from bot.words import Words, sentence

_RULES: Mapping[tuple[Barrier, Scope], str] = {
    (Barrier.PAUSED, Scope.ALL): sentence("Not paused everywhere"),
    (Barrier.PAUSED, Scope.SERVER): sentence("Not paused here"),
    (Barrier.BLOCKED, Scope.ALL): sentence("Not blocked by the owner of the bot"),
    (Barrier.BLOCKED, Scope.SERVER): sentence("Not blocked here"),
}
_RULE: Mapping[Barrier, str] = {
    Barrier.ROLE: sentence("Roles"),
    Barrier.CHANNEL: sentence("Channel"),
    Barrier.AGE: sentence("Age restriction"),
    Barrier.MODEL: sentence("Model"),
    Barrier.SIZE: sentence("Size"),
    Barrier.COUNT: sentence("Pictures per request"),
    Barrier.REFERENCES: sentence("Reference pictures"),
    Barrier.BLOCKED_WORD: sentence("Blocked words"),
    Barrier.UNPRICED: sentence("Price is known"),
    Barrier.QUEUE_FULL: sentence("Room in the queue"),
    Barrier.IMAGES: sentence("Pictures that are left"),
    Barrier.COST: sentence("Money that is left"),
    Barrier.COOLDOWN: sentence("Pause between requests"),
    Barrier.WAITING: sentence("Jobs that wait"),
    Barrier.REQUEST: sentence("What the model can do"),
    Barrier.BATCH: sentence("Pictures at once"),
}
_WHO, _MODELS, _MEMBERS = sentence("Who and where"), sentence("Models and sizes"), sentence("Limits per member")
_BUDGET, _REFERENCES, _SAFETY = sentence("Server budget"), sentence("References and consent"), sentence("Safety")
_PAGES: Mapping[Barrier, str] = {
    Barrier.PAUSED: _WHO,
    Barrier.ROLE: _WHO,
    Barrier.CHANNEL: _WHO,
    Barrier.AGE: _SAFETY,
    Barrier.MODEL: _MODELS,
    Barrier.SIZE: _MODELS,
    Barrier.COUNT: _MODELS,
    Barrier.REFERENCES: _REFERENCES,
    Barrier.BLOCKED_WORD: _SAFETY,
    Barrier.COOLDOWN: _MEMBERS,
    Barrier.WAITING: _MEMBERS,
}
_PERIODS: Mapping[Period, str] = {
    Period.HOUR: sentence("this hour"),
    Period.DAY: sentence("today"),
    Period.MONTH: sentence("this month"),
}
_BECAUSE: Mapping[Barrier, str] = {
    Barrier.AGE: sentence("{channel} is not age-restricted"),
    Barrier.MODEL: sentence("the model {model} is not among the allowed ones: {models}"),
    Barrier.SIZE: sentence("the size {size} is not among the allowed ones: {sizes}"),
    Barrier.COUNT: sentence("it is {wanted} pictures at once, and the limit is {limit}"),
    Barrier.BLOCKED_WORD: sentence("the word {word} is blocked"),
    Barrier.UNPRICED: sentence("there is a budget, and the price of {model} is not known"),
    Barrier.QUEUE_FULL: sentence("the queue of the bot is full (jobs waiting: {used} of {limit})"),
    Barrier.COOLDOWN: sentence("their last request was just now; the next one may come {when}"),
    Barrier.WAITING: sentence("their waiting jobs are at the limit: {used} of {limit}"),
    Barrier.REQUEST: sentence("the model cannot do it: {problems}"),
    Barrier.BATCH: sentence("the prompt makes {wanted} pictures at once, at most {limit} are allowed"),
}
_IMAGES: Mapping[Scope, str] = {
    Scope.USER: sentence("they have used {used} of their {limit} pictures {period}, and want {wanted}; more {when}"),
    Scope.SERVER: sentence(
        "this server has used {used} of {limit} pictures {period}, and they want {wanted}; more {when}"
    ),
    Scope.ALL: sentence(
        "the whole bot has used {used} of {limit} pictures {period}, and they want {wanted}; more {when}"
    ),
}
_COST: Mapping[Scope, str] = {
    Scope.USER: sentence("they have used {used} of their {limit} {period}, and want {wanted}; more {when}"),
    Scope.SERVER: sentence("this server has used {used} of {limit} {period}, and they want {wanted}; more {when}"),
    Scope.ALL: sentence("the whole bot has used {used} of {limit} {period}, and they want {wanted}; more {when}"),
}


@dataclass(frozen=True, slots=True)
class Asked:
    """Who is asked about, and where; what the model says to it, what the bot itself lacks there at Discord, and what
    Discord says to the person, if it is asked at all; how many `prompts` braces make of one, and why nobody may ask for
    so many."""

    user: int
    channel: int
    problems: Sequence[Any] = ()
    lacks: Sequence[str] = ()
    discord: Ruling | None = None
    prompts: int = 1
    too_many: Refusal | None = None


def diagnosis(words: Words, found: Diagnosis, asked: Asked) -> str:
    """The answer, the reason, and every rule."""
    who = {"user": f"<@{asked.user}>", "channel": f"<#{asked.channel}>"}
    refusal = asked.too_many or found.refusal or (Refusal(Barrier.REQUEST) if asked.problems else None)
    ruling = asked.discord
    if ruling is not None and ruling.bar is not None:
        lines = list(rulings.decision(words, ruling, ruling.bar, **who))
    elif refusal is None:
        lines = [words.say("✔ {user} may ask for this in {channel}", **who)]
    else:
        because = _because(words, refusal, found, asked)
        said = words.say("✘ {user} may not ask for this in {channel}, because {because}", **who, because=because)
        lines = [f"**{said}**", f"➜ {_advice(words, refusal)}"]
    if ruling is not None:
        lines += rulings.remarks(words, ruling)
    if asked.lacks:
        lacks = words.listed(f"**{words.say(each)}**" for each in asked.lacks)
        lines.append("⚠️ " + words.say("I lack {lacks} in {channel}: see the channel's settings", lacks=lacks, **who))
    if asked.prompts > 1 and asked.too_many is None:
        lines.append(
            "ℹ️ " + words.say("The braces make {prompts} prompts, judged together", prompts=words.number(asked.prompts))
        )
    if found.confirmation is not None:
        lines.append("ℹ️ " + words.say("They see the price first, and have to say yes"))
    lines.append(_rules(words, found, asked))
    lines += [f"-# {remaining(words, left, who['user'])}" for left in found.left if left.scope is Scope.USER]
    grants = [*found.law.everywhere.grants, *found.law.member.grants]
    lines += [f"-# ➕ {grant(words, each)}" for each in grants]
    facts = {"working": words.number(found.working), "waiting": words.number(found.waiting)}
    lines.append("-# " + words.say("Under way: {working} · waiting: {waiting}", **facts))
    return "\n".join(lines)[:LONGEST]


def _rules(words: Words, found: Diagnosis, asked: Asked) -> str:
    """All of them, the deciding one in bold; several limits of one kind are one rule."""
    said: dict[str, tuple[bool, bool]] = {}
    ruling = asked.discord
    barred = ruling is not None and ruling.bar is not None
    if ruling is not None and ruling.known:
        said[words.say(rulings.RULE)] = not barred, barred
    for verdict in found.verdicts:
        name = words.say(_RULES.get((verdict.rule, verdict.scope)) or _RULE[verdict.rule])
        passed, deciding = said.get(name, (True, False))
        said[name] = passed and verdict.passed, deciding or (verdict.deciding and asked.too_many is None and not barred)
    if asked.too_many is not None:
        said[words.say(_RULE[Barrier.BATCH])] = False, not barred
    elif asked.problems:
        said[words.say(_RULE[Barrier.REQUEST])] = False, found.refusal is None and not barred
    marked = (f"{'✔' if passed else '✘'} {name}" for name, (passed, _) in said.items())
    return "\n".join(
        f"**{line}**" if deciding else line for line, (_, deciding) in zip(marked, said.values(), strict=True)
    )


def _because(words: Words, refusal: Refusal, found: Diagnosis, asked: Asked) -> str:
    facts, scope = refusal.facts, refusal.scope or Scope.ALL
    figure = words.money if refusal.barrier is Barrier.COST else words.number
    values = {
        "used": figure(refusal.used),
        "limit": figure(refusal.limit),
        "wanted": figure(refusal.wanted),
        "period": words.say(_PERIODS[refusal.period or Period.DAY]),
        "when": words.say("later") if refusal.returns_at is None else words.time(refusal.returns_at),
        "channel": f"<#{asked.channel}>",
        "model": code(facts.get("model", "")),
        "models": words.listed(map(code, facts.get("models", ())), "or"),
        "size": code(facts.get("size", "")),
        "sizes": words.listed(map(code, facts.get("sizes", ())), "or"),
        "word": f"||{code(facts.get('word', ''))}||",
        "problems": problems(words, asked.problems, helpful=True),
    }
    match refusal.barrier:
        case Barrier.PAUSED:
            return _paused(words, scope, str(facts.get("reason", "")))
        case Barrier.BLOCKED:
            law = found.law
            held = law.everywhere.block if scope is Scope.ALL else law.member.block
            return words.say("they are {blocked}", blocked=block(words, held).removeprefix("⛔ ")) if held else ""
        case Barrier.ROLE:
            return _roles(words, facts)
        case Barrier.CHANNEL:
            return _channel(words, facts, asked)
        case Barrier.REFERENCES:
            off = facts.get("policy") == OFF
            return words.say("reference pictures are off") if off else words.say("the pictures are not their own")
        case Barrier.IMAGES:
            return words.say(_IMAGES[scope], **values)
        case Barrier.COST:
            return words.say(_COST[scope], **values)
        case barrier:
            return words.say(_BECAUSE[barrier], **values)


def _paused(words: Words, scope: Scope, reason: str) -> str:
    said = words.say("the bot is paused everywhere") if scope is Scope.ALL else words.say("the bot is paused here")
    return words.say("{what}: {reason}", what=said, reason=code(reason, 300)) if reason else said


def _roles(words: Words, facts: Mapping[str, Any]) -> str:
    denied, roles = facts.get("denied", ()), facts.get("roles", ())
    listed = words.listed([f"<@&{role}>" for role in (denied or roles)][:10], "standard" if denied else "or")
    if denied:
        return words.say("they have the denied role {roles}", roles=listed)
    return words.say("the role {roles} is missing", roles=listed)


def _channel(words: Words, facts: Mapping[str, Any], asked: Asked) -> str:
    allowed, here = facts.get("channels", ()), f"<#{asked.channel}>"
    if asked.channel in allowed or not allowed:
        return words.say("{channel} is a denied channel", channel=here)
    listed = words.listed([f"<#{each}>" for each in allowed][:10], "or")
    return words.say("{channel} is not among the allowed channels: {channels}", channel=here, channels=listed)


def _advice(words: Words, refusal: Refusal) -> str:
    barrier, scope = refusal.barrier, refusal.scope or Scope.ALL
    if barrier in {Barrier.PAUSED, Barrier.BLOCKED, Barrier.IMAGES, Barrier.COST} and scope is Scope.ALL:
        return words.say("only the owner of the bot can change that")
    if barrier is Barrier.PAUSED:
        return words.say("`/admin resume`, or change it in `/settings server` → **{page}**", page=words.say(_WHO))
    if barrier is Barrier.BLOCKED:
        return words.say("`/admin unblock`")
    if barrier in {Barrier.IMAGES, Barrier.COST}:
        page = words.say(_MEMBERS if scope is Scope.USER else _BUDGET)
        if scope is Scope.USER:
            return words.say("`/admin grant`, or change it in `/settings server` → **{page}**", page=page)
        return words.say("change it in `/settings server` → **{page}**", page=page)
    if barrier in _PAGES:
        return words.say("change it in `/settings server` → **{page}**", page=words.say(_PAGES[barrier]))
    if barrier is Barrier.UNPRICED:
        return words.say("ask them to choose another model")
    if barrier is Barrier.REQUEST:
        return words.say("ask them to change the request")
    return words.say("wait: it passes by itself")
