"""What somebody may do somewhere: permission bits, and how roles and overwrites make them."""

from bot.ui.invitation import NEEDED
from sandbox.discord.model import Channel, Guild, User

BITS = {
    "administrator": 1 << 3,
    "manage_channels": 1 << 4,
    "manage_guild": 1 << 5,
    "add_reactions": 1 << 6,
    "view_channel": 1 << 10,
    "send_messages": 1 << 11,
    "manage_messages": 1 << 13,
    "embed_links": 1 << 14,
    "attach_files": 1 << 15,
    "read_message_history": 1 << 16,
    "mention_everyone": 1 << 17,
    "use_external_emojis": 1 << 18,
    "manage_roles": 1 << 28,
    "use_application_commands": 1 << 31,
    "manage_threads": 1 << 34,
    "create_public_threads": 1 << 35,
    "create_private_threads": 1 << 36,
    "send_messages_in_threads": 1 << 38,
    "use_external_apps": 1 << 50,
}
ALL = (1 << 53) - 1
EVERYONE = sum(
    BITS[name]
    for name in (
        "add_reactions",
        "view_channel",
        "send_messages",
        "embed_links",
        "attach_files",
        "read_message_history",
        "use_external_emojis",
        "use_application_commands",
        "create_public_threads",
        "send_messages_in_threads",
        "use_external_apps",
    )
)
BOT = NEEDED.value  # what the bot's invitation asks for
_MODERATOR = BITS["manage_guild"] | BITS["manage_messages"] | BITS["manage_channels"] | BITS["manage_threads"]
_NEEDS_SENDING = BITS["mention_everyone"] | BITS["attach_files"] | BITS["embed_links"]


def moderator() -> int:
    """What a moderator's role brings."""
    return _MODERATOR


def bits(*names: str) -> int:
    """Several permissions as one number; KeyError for a name that Discord does not know."""
    total = 0
    for name in names:
        total |= BITS[name]
    return total


def in_guild(guild: Guild, user: User) -> int:
    """What somebody may do in the guild as a whole; nothing for a stranger."""
    member = guild.members.get(user.id)
    if member is None:
        return 0
    if guild.owner is user:
        return ALL
    total = guild.roles[guild.id].permissions
    for role in member.roles:
        total |= role.permissions
    return ALL if total & BITS["administrator"] else total


def in_channel(channel: Channel, user: User) -> int:
    """What somebody may do in a channel; a thread has its parent's overwrites."""
    if channel.guild is None:
        here = user in channel.company if channel.company else user.bot or user is channel.recipient
        return EVERYONE if here else 0
    guild = channel.guild
    base = in_guild(guild, user)
    if base == ALL or not base:
        return base
    place = channel.parent or channel
    member = guild.members[user.id]
    base = _over(base, [place.overwrites.get(guild.id)])
    base = _over(base, [place.overwrites.get(role.id) for role in member.roles])
    base = _over(base, [place.overwrites.get(user.id)])
    if not base & BITS["view_channel"]:
        return 0
    return base if base & _sending(channel) else base & ~_NEEDS_SENDING


def may(channel: Channel, user: User, *names: str) -> bool:
    """Whether somebody may do all of this here."""
    wanted = bits(*names)
    return in_channel(channel, user) & wanted == wanted


def may_send(channel: Channel, user: User) -> bool:
    """Whether somebody may write here; threads have a permission of their own."""
    return bool(in_channel(channel, user) & _sending(channel))


def _sending(channel: Channel) -> int:
    return BITS["send_messages_in_threads" if channel.is_thread else "send_messages"]


def _over(base: int, overwrites: list[tuple[int, int] | None]) -> int:
    """Denied first, then allowed, all of one level together."""
    allow = deny = 0
    for overwrite in overwrites:
        if overwrite is not None:
            allow, deny = allow | overwrite[0], deny | overwrite[1]
    return base & ~deny | allow
