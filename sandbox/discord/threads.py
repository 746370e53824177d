"""Threads: started, archived, woken again."""

from sandbox.discord import payloads
from sandbox.discord.model import Channel, Json, Message, User
from sandbox.discord.world import News, World

_GUILDS = 1 << 0


def start(world: World, parent: Channel, name: str, owner: User, message: Message | None = None) -> Channel:
    """A new public thread; one that starts from a message has its id."""
    number = message.id if message is not None else world.new_id()
    thread = Channel(number, name, kind=11, guild=parent.guild, parent=parent, owner=owner, made=world.now)
    thread.nsfw = parent.nsfw
    world.channels[number] = thread
    if message is not None:
        message.thread = thread
        message.flags |= 1 << 5
    tell(world, "THREAD_CREATE", thread, newly_created=True)
    return thread


def unarchive(world: World, thread: Channel, *, archived: bool = False) -> None:
    """Wake a thread, or put it to sleep."""
    thread.archived = archived
    tell(world, "THREAD_UPDATE", thread)


def tell(world: World, name: str, channel: Channel, **more: bool) -> None:
    """Tell the bot of a channel or thread."""
    data: Json = payloads.channel(channel, world) | more
    world.tell(News(name, lambda whole: data, channel.guild, _GUILDS))
    world.stir()
