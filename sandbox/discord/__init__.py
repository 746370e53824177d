"""A local server that behaves as Discord does, and people who use it, for tests and for trying things out.

    async with PretendDiscord() as discord:
        guild = discord.guild("Test")
        ann = discord.person("ann", guild, discord.channel(guild, "general"), locale="de")
        ...  # start a bot with the settings in discord.environment
        await discord.synced("imagine")
        reply = await ann.slash("imagine", prompt="a cat", image1=File("cat.png", data))
        await reply.done()  # no longer thinking
        assert reply.files
        again = await ann.press(reply.message, "Again")
        said = await ann.says("@bot make it night", reply_to=reply.message)
        answer = await ann.answer(said)
        assert discord.violations == []

What a person cannot do raises CannotDo, what the bot does not acknowledge in three seconds NoAnswer. `discord.move`
puts Discord's clock forward, `discord.fail("D7", route="PATCH /webhooks")` lets the next such call fail; what there is
to fail with stands in `sandbox.discord.faults`. `judging.judged(discord)` holds everything against Discord's own
descriptions.
"""

from sandbox.discord.asking import CannotDo, NoAnswer
from sandbox.discord.calls import Call, Event
from sandbox.discord.model import Channel, Guild, Message, User
from sandbox.discord.person import Person
from sandbox.discord.replies import Modal, Reply
from sandbox.discord.server import PretendDiscord
from sandbox.discord.slash import File

__all__ = [
    "Call",
    "CannotDo",
    "Channel",
    "Event",
    "File",
    "Guild",
    "Message",
    "Modal",
    "NoAnswer",
    "Person",
    "PretendDiscord",
    "Reply",
    "User",
]
