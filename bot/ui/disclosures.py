"""What is said of what the bot keeps, in plain words: all of it, what is forgotten and what stays, who may use what."""

from collections.abc import Iterable, Iterator, Sequence

from bot.studio.exporting import Export
from bot.studio.privacy import Forgotten, Known
from bot.words import Words

LONGEST = 2000  # Discord's limit for a message


def known(words: Words, found: Known, providers: Sequence[str], titles: dict[str, str]) -> str:
    """Everything that is kept of somebody, for how long, and who else gets what. `providers` are those that this bot
    uses, `titles` what they and others are called."""
    lines = [
        "**" + words.say("What I keep about you") + "**",
        *_listed(_kept(words, found)),
        words.say("Not your name, your avatar, other messages, or finished pictures: those are in Discord's messages."),
        "**" + words.say("Who else gets what") + "**",
        *_listed(_gone_out(words, found, [titles.get(name, name) for name in providers], titles)),
        "**" + words.say("Your pictures and other people") + "**",
        consent(words, found.others_may_use),
        "**" + words.say("What you can do") + "**",
        words.say("`/privacy export` hands you all of it as a file · `/privacy delete` makes me forget you"),
    ]
    return "\n".join(lines)[:LONGEST]


def _kept(words: Words, found: Known) -> Iterator[str]:
    if found.jobs and found.since is not None:
        yield " · ".join(
            (
                words.plural(
                    "{count} request since {when}: words, settings, times, what came of it",
                    "{count} requests since {when}: words, settings, times, what came of them",
                    found.jobs,
                    when=words.time(found.since, "d"),
                ),
                words.plural("{count} picture", "{count} pictures", found.images),
                words.money(found.cost),
            )
        )
        yield _until(words, found.keep_days)
    else:
        yield words.say("No requests of yours")
    if found.references:
        yield words.plural(
            "{count} reference picture, as long as its request",
            "{count} reference pictures, as long as their requests",
            found.references,
        )
    if found.pins:
        yield words.plural(
            "{count} picture kept as a reference, for an hour",
            "{count} pictures kept as references, for an hour",
            found.pins,
        )
    if found.drafts:
        yield words.plural("{count} draft, for a day", "{count} drafts, for a day", found.drafts)
    if found.stars:
        yield words.plural("{count} favourite", "{count} favourites", found.stars)
    yield words.say("Your settings, your reports, and what moderators have decided about you")
    yield words.say("How much you have used, per hour, day and month, for 40 days")


def _until(words: Words, days: float) -> str:
    if not days:
        return words.say("They are kept until you make me forget you")
    return words.plural(
        "Each is deleted {count} day after it ended", "Each is deleted {count} days after it ended", round(days)
    )


def _gone_out(words: Words, found: Known, names: Sequence[str], titles: dict[str, str]) -> Iterator[str]:
    if names:
        yield words.say(
            "{providers}: your words, the settings and your reference pictures; not your name, not the server",
            providers=words.listed(names, "or"),
        )
    sent = [
        words.plural(
            "{count} request went to {provider}",
            "{count} requests went to {provider}",
            count,
            provider=titles.get(name, name),
        )
        for name, count in found.sent.items()
    ]
    if sent:
        yield words.listed(sent)
    yield words.say("Discord: the answer with its pictures. Nobody else gets anything.")


def question(words: Words, found: Known) -> str:
    """Whether somebody wants to be forgotten: what goes, and what stays."""
    lines = ["**" + words.say("Shall I forget everything about you?") + "**"]
    lines.append(words.say("What goes, for good:"))
    goes = [
        words.plural(
            "{count} request with its words, links and pictures on my disk",
            "{count} requests with their words, links and pictures on my disk",
            found.jobs,
        ),
        words.say(
            "drafts, pictures kept as references, favourites, your settings and reports, your place in the queue"
        ),
    ]
    if found.under_way:
        goes.append(
            words.plural(
                "{count} of them under way is stopped, and may be charged if it is being drawn already",
                "{count} of them under way are stopped, and may be charged if they are being drawn already",
                found.under_way,
            )
        )
    lines += _listed(goes)
    lines.append(words.say("What stays:"))
    stays = [
        words.say("how much you have used, until this month is over, so that limits still apply"),
        words.say("the figures of servers, without you, and what moderators have decided about you"),
        words.say("messages in Discord: **Delete** under each; and backups, until the owner of the bot removes them"),
    ]
    if not found.others_may_use:
        stays.append(words.say("that nobody else may use your pictures"))
    lines += _listed(stays)
    lines.append(words.say("`/privacy export` hands you a copy first. To keep everything, do nothing."))
    return "\n".join(lines)[:LONGEST]


def forgotten(words: Words, gone: Forgotten) -> str:
    """What has gone."""
    if not gone.jobs and not gone.files:
        lines = [words.say("Done · there were no requests of yours to forget, and nothing else is left")]
    else:
        told = [words.plural("{count} request", "{count} requests", gone.jobs)]
        told.append(words.plural("{count} picture on my disk", "{count} pictures on my disk", gone.files))
        lines = [words.say("Done · I have forgotten you: {gone}, and all notes", gone=words.listed(told))]
    if gone.stopped:
        lines.append(
            words.plural(
                "{count} of them was under way, and is stopped",
                "{count} of them were under way, and are stopped",
                gone.stopped,
            )
        )
    if gone.refuses:
        lines.append(words.say("I still remember that nobody else may use your pictures · `/privacy consent`"))
    return "\n".join(lines)


def handed_out(words: Words, export: Export) -> str:
    """What is in the files."""
    told = [
        words.plural("{count} request", "{count} requests", export.jobs),
        words.plural("{count} picture that is on my disk", "{count} pictures that are on my disk", export.pictures),
    ]
    lines = [words.say("Everything I keep about you: {what}", what=words.listed(told))]
    count = len(export.paths)
    if count > 1:
        lines.append(words.plural("It comes in {count} file", "It comes in {count} files", count))
    if export.left_out:
        lines.append(left_out(words, export.left_out))
    return "\n".join(lines)


def left_out(words: Words, count: int) -> str:
    """Of pictures that are too large for Discord."""
    return words.plural(
        "{count} picture is too large for Discord: see it with `/show`, or ask the owner of the bot for it",
        "{count} pictures are too large for Discord: see them with `/show`, or ask the owner of the bot for them",
        count,
    )


def consent(words: Words, others_may: bool) -> str:
    """Whose pictures may be used, and how to change that."""
    if others_may:
        return words.say(
            "Others may use your pictures as references: what you post, what I made for you, your avatar."
            " `/privacy consent` ends that"
        )
    return words.say(
        "Nobody else may use your pictures as references: what you post, what I made for you, your avatar."
        " `/privacy consent` changes that"
    )


def consented(words: Words, others_may: bool) -> str:
    """What has changed."""
    if others_may:
        return words.say("Noted · others may use your pictures as references again")
    return words.say(
        "Noted · from now on I load none of your pictures for anybody else, and do not redo anything made from them. "
        "You yourself may use them as before"
    )


def _listed(lines: Iterable[str]) -> list[str]:
    return [f"- {line}" for line in lines]
