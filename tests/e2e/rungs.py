"""Both ladders, rung by rung: what people meet however narrow the way is."""

from collections.abc import Awaitable, Callable
from typing import Any

from sandbox.discord import Channel, Guild, Message
from tests.e2e.stage import File, png
from tests.e2e.trials import Lab, Trial

LARGE = " [[fault:I16]]"  # a picture of 26 MiB, most of which is padding
MIB = 1024 * 1024


def elsewhere(lab: Lab, **more: Any) -> tuple[Guild, Channel]:
    """A server of one's own."""
    guild = lab.stage.discord.guild(f"Own {lab.count}", **more)
    return guild, lab.stage.discord.channel(guild)


async def drawing(trial: Trial, name: str = "imagine", **options: Any) -> Message:
    """Somebody has asked, and it is being drawn until `draw`."""
    reply = await trial.ask(name, gated=True, **options)
    await trial.drawing()
    return reply.message


async def a_picture_over_the_limit_is_made_to_fit(lab: Lab) -> None:
    trial = lab.trial()
    await trial.ask(words=LARGE)
    await trial.brought()
    [(_, data)] = trial.letters()[0].files
    assert 0 < len(data) < 20 * MIB


async def the_limit_is_that_of_the_server(lab: Lab) -> None:
    _, channel = elsewhere(lab, file_limit=8000)
    trial = lab.trial(channel)
    await trial.ask(size="4K")
    await trial.brought()
    [(_, data)] = trial.letters()[0].files
    assert 0 < len(data) <= 8000


async def a_picture_over_what_a_request_takes_is_made_to_fit(lab: Lab) -> None:
    """The server would take it, but Discord's front door does not: 413 in spite of the limit."""
    _, channel = elsewhere(lab, file_limit=100 * MIB)
    trial = lab.trial(channel)
    await trial.ask(words=LARGE)
    await trial.brought()


async def pictures_too_large_together_are_split(lab: Lab) -> None:
    trial = lab.trial()
    message = await drawing(trial, "story", images=4)
    lab.stage.discord.delete(message)
    trial.fail("D20", f"POST {trial.room}")
    trial.draw()
    await trial.brought(4, messages=None)
    assert len(trial.letters()) > 1


async def more_than_ten_are_further_messages(lab: Lab) -> None:
    trial = lab.trial()
    await trial.ask("story", images=12)
    job = await trial.brought(12, messages=2)
    assert [len(message.files) for message in trial.letters()] == [10, 2]
    assert job.delivery.way == "original"  # type: ignore[union-attr]


async def more_than_ten_in_private_are_seen_by_nobody_else(lab: Lab) -> None:
    trial = lab.trial()
    await trial.ask("story", images=12, visibility="private")
    await trial.brought(12, messages=2)
    assert [message.only_for for message in trial.letters()] == [trial.person.user] * 2


def further_messages_meet(fault: str) -> Callable[[Lab], Awaitable[None]]:
    async def rung(lab: Lab) -> None:
        """The second message fails; what is in the first one is not brought again."""
        trial = lab.trial()
        await drawing(trial, "story", images=12)
        trial.fail(fault, f"POST {trial.room}")
        trial.draw()
        if fault == "D5":
            await trial.laid_aside()
            await lab.later()
        await trial.brought(12, messages=2)
        assert trial.met(fault)

    return rung


async def fifteen_minutes_later_it_is_edited_by_its_id(lab: Lab) -> None:
    trial = lab.trial()
    message = await drawing(trial)
    await lab.later()
    trial.draw()
    job = await trial.brought()
    assert (job.delivery.way, trial.letters()) == ("answer", [message])  # type: ignore[union-attr]


async def fifteen_minutes_later_what_is_private_is_kept(lab: Lab) -> None:
    trial = lab.trial()
    message = await drawing(trial, visibility="private")
    await lab.later()
    trial.draw()
    await trial.kept()
    # The old message cannot be changed any more, but its button opens a new way.
    brought = await trial.person.press(message, "Cancel")
    assert (await brought.until(lambda it: it.files, 10.0)).only_for is trial.person.user


async def the_bots_clock_is_slow(lab: Lab) -> None:
    """Discord finds the token old where the bot does not."""
    trial = lab.trial()
    await drawing(trial)
    trial.reply.interaction.expired = True  # type: ignore[union-attr]
    trial.draw()
    assert (await trial.brought()).delivery.way == "answer"  # type: ignore[union-attr]


async def the_token_is_not_known(lab: Lab) -> None:
    trial = lab.trial()
    await drawing(trial)
    it = lab.stage.discord.world.interactions.pop(trial.token)
    trial.draw()
    job = await trial.brought()
    assert job.delivery.way == "answer"  # type: ignore[union-attr]
    lab.stage.discord.world.interactions[it.token] = it  # it is still a secret


async def our_message_is_deleted(lab: Lab) -> None:
    trial = lab.trial()
    message = await drawing(trial)
    lab.stage.discord.delete(message)
    trial.draw()
    assert (await trial.brought()).delivery.way == "channel"  # type: ignore[union-attr]


async def our_message_is_deleted_and_the_token_is_old(lab: Lab) -> None:
    trial = lab.trial()
    message = await drawing(trial)
    lab.stage.discord.delete(message)
    await lab.later()
    trial.draw()
    assert (await trial.brought()).delivery.way == "channel"  # type: ignore[union-attr]


def further_private_messages_meet(fault: str) -> Callable[[Lab], Awaitable[None]]:
    async def rung(lab: Lab) -> None:
        """Nothing keeps Discord from posting them twice, so what may have been posted is not posted again."""
        trial = lab.trial()
        await drawing(trial, "story", images=12, visibility="private")
        trial.fail(fault, f"POST /webhooks/{lab.stage.discord.application.id}/{trial.token}")
        trial.draw()
        job = await trial.ended()
        assert trial.met(fault)
        assert job.delivery is not None
        assert (job.delivery.delivered, job.delivery.kept) == (tuple(range(10)), (10, 11))
        assert f"2 pictures cannot be brought now, but are kept for you: `/show {job.id}`" in trial.letters()[0].text
        posted = [len(message.files) for message in trial.letters()]
        assert posted == ([10, 2] if "done" in fault or fault == "D31" else [10])

    return rung


async def the_channel_is_gone(lab: Lab) -> None:
    trial = lab.trial()
    await drawing(trial)
    lab.stage.discord.close(trial.channel)
    trial.draw()
    await trial.kept()


def a_permission_is_lost(name: str) -> Callable[[Lab], Awaitable[None]]:
    async def rung(lab: Lab) -> None:
        """And the token is old, so that it counts."""
        trial = lab.trial()
        await drawing(trial)
        lab.stage.discord.revoke(trial.channel, name)
        await lab.later()
        trial.draw()
        await trial.kept()

    return rung


async def no_permission_is_needed_in_time(lab: Lab) -> None:
    trial = lab.trial()
    await drawing(trial)
    lab.stage.discord.revoke(trial.channel, "view_channel", "send_messages")
    trial.draw()
    await trial.brought()


async def a_thread_is_archived(lab: Lab) -> None:
    """It wakes up for a new message."""
    trial = lab.trial(lab.stage.discord.thread(lab.elsewhere, f"thread {lab.count}"))
    message = await drawing(trial)
    lab.stage.discord.archive(trial.channel)
    await lab.later()
    trial.draw()
    job = await trial.ended()
    assert job.delivery is not None
    assert (job.delivery.way, job.delivery.delivered) == ("channel", (0,))
    assert [each for each in trial.letters() if each is message] == []


async def a_thread_is_locked(lab: Lab) -> None:
    trial = lab.trial(lab.stage.discord.thread(lab.elsewhere, f"thread {lab.count}"))
    await drawing(trial)
    lab.stage.discord.archive(trial.channel, locked=True)
    trial.draw()
    await trial.kept()


async def direct_messages_are_closed(lab: Lab) -> None:
    trial = lab.trial()
    alone = Trial(lab, trial.person.in_dm(), trial.prompt)
    message = await drawing(alone)
    lab.stage.discord.delete(message)
    trial.person.user.takes_dms = False
    alone.draw()
    await alone.kept()


async def automod_is_against_the_persons_words(lab: Lab) -> None:
    """What remains are the facts."""
    guild, channel = elsewhere(lab)
    trial = lab.trial(channel)
    await trial.ask(gated=True, image1=File("darn.png", png()))
    await trial.drawing()
    lab.stage.discord.automod(guild, "darn")
    trial.draw()
    await trial.brought()
    assert "darn" not in trial.letters()[0].text


async def automod_is_against_it(lab: Lab) -> None:
    guild, channel = elsewhere(lab)
    trial = lab.trial(channel)
    await drawing(trial)
    lab.stage.discord.automod(guild, "seedream")
    trial.draw()
    lab.stage.discord.member(lab.stage.guild, trial.person)
    await trial.kept()


RUNGS: dict[str, Callable[[Lab], Awaitable[None]]] = {
    rung.__name__: rung
    for rung in (
        a_picture_over_the_limit_is_made_to_fit,
        the_limit_is_that_of_the_server,
        a_picture_over_what_a_request_takes_is_made_to_fit,
        pictures_too_large_together_are_split,
        more_than_ten_are_further_messages,
        more_than_ten_in_private_are_seen_by_nobody_else,
        fifteen_minutes_later_it_is_edited_by_its_id,
        fifteen_minutes_later_what_is_private_is_kept,
        the_bots_clock_is_slow,
        the_token_is_not_known,
        our_message_is_deleted,
        our_message_is_deleted_and_the_token_is_old,
        the_channel_is_gone,
        no_permission_is_needed_in_time,
        a_thread_is_archived,
        a_thread_is_locked,
        direct_messages_are_closed,
        automod_is_against_the_persons_words,
        automod_is_against_it,
    )
}
RUNGS |= {
    f"further_private_messages_meet_{fault}": further_private_messages_meet(fault)
    for fault in ("D29:middle", "D29:done", "D30:done", "D31", "D32:done")
}
RUNGS |= {f"{name}_is_lost": a_permission_is_lost(name) for name in ("view_channel", "attach_files")}
RUNGS |= {
    f"further_messages_meet_{fault}": further_messages_meet(fault)
    for fault in (
        "D5",
        "D6",
        "D6:done",
        "D7:done",
        "D8:done",
        "D29:middle",
        "D29:done",
        "D30:middle",
        "D31",
        "D32:done",
    )
}
