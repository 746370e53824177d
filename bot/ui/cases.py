"""A report as moderators see it: which picture, who says what, and what has been done about it, by whom."""

from bot.studio import reports
from bot.studio.cases import Case
from bot.ui import cards
from bot.ui.buttons import Sign
from bot.words import Words, sentence

EVERYWHERE = "all"  # the rest of a sign: what belongs to no server, for the owner
_DISMISSED = sentence("Dismissed by {moderator} {when}")
_DELETED = sentence("Deleted by {moderator}")
_GONE = sentence("The picture is gone")
_BLOCKED = sentence("Blocked by {moderator}")


def case(words: Words, it: Case) -> str:
    """Everything that it takes to decide."""
    report, job = it.report, it.job
    where = _address(it)
    picture = f"[#{report.job}](<{where}>)" if where else f"#{report.job}"
    lines = [words.say("🚩 **Report {number}** · picture {picture}", number=report.id, picture=picture)]
    if job is not None:
        asked = words.say(
            "Asked for by {user}, {when}", user=f"<@{job.who.user}>", when=words.time(job.created_at, "f")
        )
        lines.append(asked)
    facts = {"user": f"<@{report.reporter}>", "when": words.time(report.at)}
    lines.append(words.say("Reported by {user} {when}: {reason}", **facts, reason=cards.code(report.reason, 1000)))
    if it.reporters > 1:
        lines.append(words.plural("{count} more report about it", "{count} more reports about it", it.reporters - 1))
    lines += [f"**{line}**" for line in _done(words, it)]
    return "\n".join(lines)[: cards.LONGEST]


def signs(it: Case, rest: str = "") -> list[Sign]:
    """The buttons of what can still be done: nothing once it is dismissed, and each thing once."""
    if it.report.state == reports.DISMISSED:
        return []
    can = {
        "remove": not it.deleted,
        "ban": it.job is not None and it.block is None,
        "dismiss": it.report.state == reports.OPEN,
    }
    return [Sign(verb, it.report.id, rest) for verb, may in can.items() if may]


def faster(words: Words, it: Case, verb: str) -> str | None:
    """What is told to whoever comes too late with this; None if they do not."""
    report, moderator = it.report, f"<@{it.report.closed_by}>"
    if report.state == reports.DISMISSED:
        return words.say("{moderator} was faster and has dismissed this report", moderator=moderator)
    if verb == "remove" and it.deleted:
        if it.deleted_by is None:
            return words.say("The picture is gone already")
        return words.say("{moderator} was faster and has deleted the picture", moderator=f"<@{it.deleted_by}>")
    if verb == "ban" and it.block is not None:
        return words.say("{moderator} was faster and has blocked this person", moderator=f"<@{it.block.by}>")
    if verb == "dismiss" and report.state == reports.ACTED:
        return words.say("{moderator} has already handled this report", moderator=moderator)
    return None


def _done(words: Words, it: Case) -> list[str]:
    report, done = it.report, []
    if report.state == reports.DISMISSED:
        facts = {"moderator": f"<@{report.closed_by}>", "when": words.time(report.closed_at or report.at)}
        done.append(words.say(_DISMISSED, **facts))
    if it.deleted:
        by = it.deleted_by
        done.append(words.say(_GONE) if by is None else words.say(_DELETED, moderator=f"<@{by}>"))
    if it.block is not None:
        done.append(words.say(_BLOCKED, moderator=f"<@{it.block.by}>"))
    return done


def _address(it: Case) -> str | None:
    """Where the picture is to be seen."""
    report = it.report
    if it.deleted:
        return None
    if report.message is None or report.channel is None:
        return cards.jump(it.job) if it.job is not None else None
    return f"https://discord.com/channels/{report.server or '@me'}/{report.channel}/{report.message}"
