"""The gateway tells things twice and the world changes while pictures are drawn: what each person meets."""

import asyncio
from collections.abc import Awaitable, Callable

from tests.e2e.trials import Lab, Trial


async def asked(lab: Lab) -> Trial:
    """Somebody whose picture is being drawn."""
    trial = lab.trial()
    await trial.ask(gated=True)
    await trial.drawing()
    return trial


async def told_twice_at_once(lab: Lab) -> None:
    trial = lab.trial()
    lab.stage.discord.replay(await trial.ask())
    await trial.brought()
    await trial.works()


async def told_twice_while_it_is_drawn(lab: Lab) -> None:
    trial = await asked(lab)
    lab.stage.discord.replay(trial.reply)  # type: ignore[arg-type]
    await asyncio.sleep(0.3)
    trial.draw()
    await trial.brought()
    await trial.works()


async def told_twice_when_all_is_done(lab: Lab) -> None:
    trial = lab.trial()
    reply = await trial.ask()
    await trial.brought()
    lab.stage.discord.replay(reply)
    await asyncio.sleep(0.5)
    await trial.brought()
    await trial.works()


async def variations_told_twice(lab: Lab) -> None:
    trial = lab.trial()
    reply = await trial.ask(variations=2)
    await trial.until(lambda: [len(message.buttons) > 5 for message in trial.letters()] == [True, True])
    said = [message.text for message in trial.person.sees()]
    lab.stage.discord.replay(reply)
    await asyncio.sleep(0.5)
    assert [message.text for message in trial.person.sees()] == said
    assert len(trial.calls) == 2


async def a_press_told_twice(lab: Lab) -> None:
    trial = lab.trial()
    await trial.ask()
    job = await trial.brought()
    again = await trial.person.press(trial.letters()[0], f"sd:again:{job.id}")
    lab.stage.discord.replay(again)
    await trial.until(lambda: [len(message.buttons) > 5 for message in trial.letters()] == [True, True])
    lab.stage.discord.replay(again)
    await asyncio.sleep(0.5)
    assert len(trial.letters()) == 2
    assert len(trial.person.sees()) == 2
    assert len(trial.calls) == 2


async def the_bot_is_removed(lab: Lab) -> None:
    """An interaction's answer can be edited all the same."""
    guild = lab.stage.discord.guild(f"Short {lab.count}")
    trial = lab.trial(lab.stage.discord.channel(guild))
    await trial.ask(gated=True)
    await trial.drawing()
    lab.stage.discord.kick_bot(guild)
    trial.draw()
    await trial.brought()


async def the_bot_is_removed_for_long(lab: Lab) -> None:
    guild = lab.stage.discord.guild(f"Long {lab.count}")
    trial = lab.trial(lab.stage.discord.channel(guild))
    await trial.ask(gated=True)
    await trial.drawing()
    lab.stage.discord.kick_bot(guild)
    await lab.later()
    trial.draw()
    lab.stage.discord.member(lab.stage.guild, trial.person)
    await trial.kept()


async def the_guild_is_deleted(lab: Lab) -> None:
    guild = lab.stage.discord.guild(f"Gone {lab.count}")
    trial = lab.trial(lab.stage.discord.channel(guild))
    await trial.ask(gated=True)
    await trial.drawing()
    guild.gone = True
    trial.draw()
    lab.stage.discord.member(lab.stage.guild, trial.person)
    await trial.kept()


async def the_channel_is_deleted(lab: Lab) -> None:
    trial = await asked(lab)
    lab.stage.discord.close(trial.channel)
    trial.draw()
    await trial.kept()
    await trial.works()


async def the_channel_is_deleted_before_anything_is_said(lab: Lab) -> None:
    trial = lab.trial()
    reply = await trial.ask(gated=True)
    lab.stage.discord.close(trial.channel)
    assert reply.gone
    trial.draw()
    await trial.kept()


async def the_answer_is_deleted_before_anything_is_said(lab: Lab) -> None:
    trial = lab.trial()
    reply = await trial.ask(gated=True)
    lab.stage.discord.delete(reply.message)
    trial.draw()
    assert (await trial.brought()).delivery.way == "channel"  # type: ignore[union-attr]
    await trial.works()


async def bad_news_after_the_answer_was_deleted(lab: Lab) -> None:
    trial = lab.trial()
    reply = await trial.ask(gated=True, words=" [[refuse]]")
    lab.stage.discord.delete(reply.message)
    trial.draw()
    job = await trial.ended()
    assert job.state.value == "refused"
    assert [f"#{job.id}" in message.text for message in trial.person.sees()] == [True]
    await trial.works()


async def the_bots_role_is_taken(lab: Lab) -> None:
    guild = lab.stage.discord.guild(f"Roleless {lab.count}")
    trial = lab.trial(lab.stage.discord.channel(guild))
    await trial.ask(gated=True)
    await trial.drawing()
    lab.stage.discord.member(guild, lab.stage.discord.world.bot, roles=[])
    guild.roles[guild.id].permissions = 0
    await lab.later()
    trial.draw()
    lab.stage.discord.member(lab.stage.guild, trial.person)
    await trial.kept()


async def the_persons_role_is_taken(lab: Lab) -> None:
    role = lab.stage.discord.role(lab.stage.guild, f"role {lab.count}")
    trial = lab.trial()
    lab.stage.discord.member(lab.stage.guild, trial.person, roles=[role])
    await trial.ask(gated=True)
    await trial.drawing()
    lab.stage.discord.take_role(lab.stage.guild, trial.person, role)
    trial.draw()
    await trial.brought()
    await trial.works()


def the_person_leaves(*, later: bool) -> Callable[[Lab], Awaitable[None]]:
    async def change(lab: Lab) -> None:
        trial = await asked(lab)
        lab.stage.discord.leave(lab.stage.guild, trial.person)
        if later:
            await lab.later()
        trial.draw()
        await trial.brought()

    return change


CHANGES: dict[str, Callable[[Lab], Awaitable[None]]] = {
    change.__name__: change
    for change in (
        told_twice_at_once,
        told_twice_while_it_is_drawn,
        told_twice_when_all_is_done,
        variations_told_twice,
        a_press_told_twice,
        the_bot_is_removed,
        the_bot_is_removed_for_long,
        the_guild_is_deleted,
        the_channel_is_deleted,
        the_channel_is_deleted_before_anything_is_said,
        the_answer_is_deleted_before_anything_is_said,
        bad_news_after_the_answer_was_deleted,
        the_bots_role_is_taken,
        the_persons_role_is_taken,
    )
}
CHANGES |= {"the_person_leaves": the_person_leaves(later=False), "the_person_left": the_person_leaves(later=True)}
