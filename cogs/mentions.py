"""Messages that speak to the bot: a mention, a reply to its own messages, everything in a direct message."""

import discord
from discord.ext import commands

from bot.ui import flags, remarks
from bot.ui.client import Bot
from bot.ui.options import wanted
from bot.words import Words, sentence

_HIDDEN = sentence(
    "Discord does not show me what you have written · mention me in it ({bot}), "
    "or right-click the picture, then **Apps** → **Edit image**"
)
_ASIDE = {"unknown"}  # faults that may not be meant as flags at all


class Mentions(commands.Cog):
    """The listener."""

    def __init__(self, bot: Bot) -> None:
        self._bot = bot

    @commands.Cog.listener()
    async def on_message(self, message: discord.Message) -> None:
        """Do what a message asks for, if it asks the bot."""
        me = self._bot.user
        if me is None or message.author.bot or message.webhook_id or not self._speaks_to(me, message):
            return
        if not (message.content or message.attachments or message.stickers or message.message_snapshots):
            # Nobody can write nothing: it answers a command's answer of ours, of which Discord shows nothing more.
            hidden = Words(await self._bot.asking.locale(message)).say(_HIDDEN, bot=me.mention)
            await self._bot.asking.reply(message, hidden)
            return
        said = flags.listen(message.content, me.id, self._bot.house.workshop.seedream.catalogue)
        words = Words(await self._bot.asking.locale(message))
        wrong = [remarks.flag(words, fault) for fault in said.faults if fault.why not in _ASIDE]
        if wrong:
            await self._bot.asking.reply(message, "\n".join(wrong))
            return
        asides = tuple(remarks.flag(words, fault) for fault in said.faults)
        verb = "story" if "images" in said.values else "imagine"
        await self._bot.asking.ask_by_message(message, wanted({"prompt": said.prompt, **said.values}, verb, asides))

    def _speaks_to(self, me: discord.ClientUser, message: discord.Message) -> bool:
        written = message.type in {discord.MessageType.default, discord.MessageType.reply}
        return written and (message.guild is None or any(user.id == me.id for user in message.mentions))


async def setup(bot: Bot) -> None:
    """Add it."""
    await bot.add_cog(Mentions(bot))
