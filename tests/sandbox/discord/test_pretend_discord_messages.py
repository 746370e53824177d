"""Messages: what a bot without privileged intents reads, where it may write, whom it can call."""

import discord
import pytest

from sandbox.discord import CannotDo, Channel, File, Guild, Message, Person, PretendDiscord
from tests.sandbox.discord.conftest import Bot, running
from tests.sandbox.discord.scene import CAT, furnish, picture


async def heard(pretend: PretendDiscord, bot: Bot, said: Message) -> discord.Message:
    await pretend.until(lambda: any(message.id == said.id for message in bot.heard))
    return next(message for message in bot.heard if message.id == said.id)


def resolved(message: discord.Message) -> discord.Message:
    assert message.reference is not None
    assert isinstance(message.reference.resolved, discord.Message)
    return message.reference.resolved


async def test_what_is_not_meant_for_the_bot_is_hidden_from_it(
    pretend: PretendDiscord, ann: Person, ben: Person, bot: Bot
) -> None:
    async with running(pretend, bot):
        secret = await ben.says("between us", files=[File("cat.png", CAT)])
        hidden = await heard(pretend, bot, secret)
        assert (hidden.content, hidden.attachments) == ("", [])
        asked = await ann.says("@bot make it night", files=[File("mine.png", CAT)], reply_to=secret)
        told = await heard(pretend, bot, asked)
        assert told.content == f"{pretend.world.bot.mention} make it night"
        assert await told.attachments[0].read() == CAT
        assert resolved(told).attachments == []
        fetched = await told.channel.fetch_message(secret.id)
        assert (fetched.content, fetched.attachments) == ("", [])


async def test_replies_to_regular_messages_of_the_bot_are_read_and_to_answers_of_interactions_not(
    pretend: PretendDiscord, ann: Person, bot: Bot
) -> None:
    async with running(pretend, furnish(bot)):
        channel = bot.get_channel(ann.channel.id)
        assert isinstance(channel, discord.TextChannel)
        own = pretend.message((await channel.send("a picture", file=picture())).id)
        answer = (await ann.slash("usage me")).message
        pinged = await heard(pretend, bot, await ann.says("nice", reply_to=own))
        assert pinged.content == "nice"
        assert len(resolved(pinged).attachments) == 1
        assert (await heard(pretend, bot, await ann.says("nice", reply_to=own, ping=False))).content == ""
        assert (await heard(pretend, bot, await ann.says("nice", reply_to=answer))).content == ""


async def test_in_a_dm_everything_is_read_and_forwards_carry_what_they_forward(
    pretend: PretendDiscord, ann: Person, bot: Bot
) -> None:
    async with running(pretend, bot):
        picture_of = await ann.says("look", files=[File("cat.png", CAT)])
        alone = ann.in_dm()
        message = await heard(pretend, bot, await alone.says("hello"))
        assert message.content == "hello"
        assert isinstance(message.channel, discord.DMChannel)
        await message.reply("hello yourself")
        assert alone.sees()[-1].text == "hello yourself"
        forward = await heard(pretend, bot, await alone.forwards(picture_of))
        assert [await file.read() for file in forward.message_snapshots[0].attachments] == [CAT]
        hidden = await heard(pretend, bot, await ann.forwards(picture_of))
        assert hidden.message_snapshots[0].attachments == []


async def test_a_person_who_takes_no_dms_gets_none(pretend: PretendDiscord, ann: Person, bot: Bot) -> None:
    ann.user.takes_dms = False
    async with running(pretend, bot):
        user = await bot.fetch_user(ann.id)
        with pytest.raises(discord.Forbidden) as refused:
            await user.send("psst")
        assert refused.value.code == 50007
        pretend.person("far", pretend.guild("Elsewhere", bot=False))
        stranger = pretend.user("stranger")
        with pytest.raises(discord.Forbidden) as refused:
            await (await bot.fetch_user(stranger.id)).send("psst")
        assert refused.value.code == 50278


async def test_the_same_nonce_posts_once(pretend: PretendDiscord, ann: Person, bot: Bot) -> None:
    async with running(pretend, bot):
        channel = bot.get_partial_messageable(ann.channel.id)
        first = await channel.send("once", nonce="sd-1-0")
        again = await channel.send("once", nonce="sd-1-0")
        assert first.id == again.id
        assert len(ann.sees()) == 1
        with pytest.raises(discord.HTTPException):
            await channel.send("x", nonce="n" * 26)
        pretend.move(600)
        assert (await channel.send("once", nonce="sd-1-0")).id != first.id


@pytest.mark.parametrize(
    ("permission", "code"), [("view_channel", 50001), ("send_messages", 50013), ("attach_files", 50013)]
)
async def test_a_lost_permission_is_missed(
    permission: str, code: int, pretend: PretendDiscord, ann: Person, bot: Bot
) -> None:
    async with running(pretend, bot):
        channel = bot.get_partial_messageable(ann.channel.id)
        await channel.send("fine", file=picture())
        pretend.revoke(ann.channel, permission)
        with pytest.raises(discord.Forbidden) as refused:
            await channel.send("not fine", file=picture())
        assert refused.value.code == code
        pretend.allow(ann.channel, permission)
        await channel.send("fine again", file=picture())


async def test_a_reply_needs_history_and_a_message_that_is_there(
    pretend: PretendDiscord, ann: Person, bot: Bot
) -> None:
    async with running(pretend, bot):
        said = await ann.says("hello @bot")
        channel = bot.get_partial_messageable(ann.channel.id)
        message = channel.get_partial_message(said.id)
        assert (await message.reply("yes?")).reference is not None
        assert (await ann.answer(said)).text == "yes?"
        pretend.revoke(ann.channel, "read_message_history")
        with pytest.raises(discord.HTTPException) as refused:
            await message.reply("yes?")
        assert refused.value.code == 160002
        pretend.allow(ann.channel, "read_message_history")
        pretend.delete(said)
        with pytest.raises(discord.HTTPException) as refused:
            await message.reply("yes?")
        assert refused.value.code == 50035
        await channel.send("still", reference=message.to_reference(fail_if_not_exists=False))
        with pytest.raises(discord.NotFound) as gone:
            await message.edit(content="x")
        assert gone.value.code == 10008


async def test_channels_guilds_and_threads_end(
    pretend: PretendDiscord, guild: Guild, channel: Channel, ann: Person, bot: Bot
) -> None:
    thread = pretend.thread(channel, "details")
    async with running(pretend, bot):
        place = bot.get_partial_messageable(thread.id)
        kept = await place.send("in the thread")
        pretend.archive(thread)
        with pytest.raises(discord.HTTPException) as refused:
            await kept.edit(content="x")
        assert refused.value.code == 50083
        await place.send("woken")
        assert not thread.archived
        pretend.archive(thread, locked=True)
        with pytest.raises(discord.HTTPException) as refused:
            await place.send("x")
        assert refused.value.code == 50083
        pretend.close(channel)
        with pytest.raises(discord.NotFound) as gone:
            await place.send("x")
        assert gone.value.code == 10003
        other = pretend.channel(guild, "other")
        pretend.kick_bot(guild)
        with pytest.raises(discord.Forbidden) as barred:
            await bot.get_partial_messageable(other.id).send("x")
        assert barred.value.code == 50001
        with pytest.raises(CannotDo):
            await ann.says("x")


async def test_only_whom_it_may_call_is_called(pretend: PretendDiscord, ann: Person, bot: Bot) -> None:
    async with running(pretend, bot):
        channel = bot.get_partial_messageable(ann.channel.id)
        loud = await channel.send(f"{ann.mention} @everyone")
        assert pretend.message(loud.id).mentions == [ann.user]
        assert not pretend.message(loud.id).mention_everyone
        quiet = await channel.send(f"{ann.mention}", allowed_mentions=discord.AllowedMentions.none())
        assert pretend.message(quiet.id).mentions == []


async def test_automod_blocks_and_reactions_and_deletions_are_told(
    pretend: PretendDiscord, guild: Guild, ann: Person, bot: Bot
) -> None:
    seen: list[str] = []

    @bot.event
    async def on_raw_message_delete(event: discord.RawMessageDeleteEvent) -> None:
        seen.append(f"deleted {event.message_id}")

    pretend.automod(guild, "forbidden")
    async with running(pretend, bot):
        channel = bot.get_partial_messageable(ann.channel.id)
        with pytest.raises(discord.HTTPException) as refused:
            await channel.send("a forbidden word")
        assert refused.value.code == 200000
        with pytest.raises(CannotDo, match="AutoMod"):
            await ann.says("forbidden")
        sent = await channel.send("  fine\n")
        assert sent.content == "fine"
        with pytest.raises(discord.HTTPException):
            await sent.add_reaction("star")
        await sent.add_reaction("⭐")
        message = pretend.message(sent.id)
        await ann.react(message, "⭐")
        assert message.reactions["⭐"] == [pretend.world.bot, ann.user]
        with pytest.raises(CannotDo):
            await ann.deletes(message)
        await pretend.moderator("mod", guild, ann.channel).deletes(message)
        await pretend.until(lambda: seen == [f"deleted {message.id}"])
        assert ann.sees() == []


async def test_a_user_installed_app_answers_in_a_foreign_guild_five_times_more(
    pretend: PretendDiscord, bot: Bot
) -> None:
    foreign = pretend.guild("Foreign", bot=False)
    codes: list[int] = []

    @bot.tree.command()
    @discord.app_commands.allowed_installs(guilds=True, users=True)
    @discord.app_commands.allowed_contexts(guilds=True, dms=True, private_channels=True)
    async def talk(interaction: discord.Interaction) -> None:
        assert interaction.is_user_integration()
        assert not interaction.is_guild_integration()
        await interaction.response.send_message("1")
        try:
            for number in range(6):
                await interaction.followup.send(str(number))
        except discord.HTTPException as error:
            codes.append(error.code)

    async with running(pretend, bot):
        ann = pretend.person("ann", foreign)
        with pytest.raises(CannotDo, match="not installed"):
            await ann.slash("talk")
        ann.user.installed = True
        reply = await ann.slash("talk")
        await pretend.until(lambda: codes == [40094])
        assert len(reply.further) == 5
        pretend.revoke(ann.channel, "use_external_apps", of=foreign.roles[foreign.id])
        assert (await ann.slash("talk")).message.ephemeral
