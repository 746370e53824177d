"""What administrators lay down in Server Settings → Integrations: who may use which of the app's commands, and where.

See "Permissions" in https://docs.discord.com/developers/interactions/application-commands, and what Discord wrote when
the parts began to work together: command-level entries override those of the app and the command's defaults.
"""

from collections.abc import Iterable

from sandbox.discord.model import Channel, Guild, Json, Role, User
from sandbox.discord.permissions import ALL, in_channel, in_guild, may
from sandbox.discord.refusals import invalid
from sandbox.discord.world import News, World

ROLE, USER, CHANNEL = 1, 2, 3
ALL_CHANNELS = "all channels"
MOST = 100

# Whom or where it is about: a guild is everyone in it.
Target = Guild | Role | User | Channel | str
Entries = dict[tuple[int, int], bool]


def lay_down(world: World, guild: Guild, target: int, allow: Iterable[Target], deny: Iterable[Target]) -> None:
    """Set the entries of a command, or of the app by its own id, in place of those from before, and tell the app."""
    chosen = {_key(guild, one): True for one in allow} | {_key(guild, one): False for one in deny}
    if len(chosen) > MOST:
        raise invalid("permissions", f"Must be {MOST} or fewer in length.")
    world.overrides.setdefault(guild.id, {})[target] = chosen
    told = written(world, guild, target)
    world.tell(News("APPLICATION_COMMAND_PERMISSIONS_UPDATE", lambda whole: told, guild))
    world.stir()


def written(world: World, guild: Guild, target: int) -> Json:
    """The entries of one command, or of the app, as Discord writes them."""
    entries = world.overrides.get(guild.id, {}).get(target, {})
    return {
        "id": str(target),
        "application_id": str(world.application.id),
        "guild_id": str(guild.id),
        "permissions": [{"id": str(number), "type": kind, "permission": it} for (kind, number), it in entries.items()],
    }


def listed(world: World, guild: Guild) -> list[Json]:
    """Everything that has entries."""
    there = world.overrides.get(guild.id, {})
    return [written(world, guild, target) for target, entries in there.items() if entries]


def forget_lost(world: World) -> None:
    """The entries of a command go with it."""
    known = {world.application.id, *(number for scope in world.commands.values() for number in scope)}
    for there in world.overrides.values():
        for target in there.keys() - known:
            del there[target]


def stands_in_the_way(world: World, user: User, channel: Channel, command: Json) -> str:
    """Why a person cannot use a command in a channel of a guild; nothing if they can."""
    guild, name = channel.guild, command["name"]
    if guild is None or in_guild(guild, user) == ALL:
        return ""
    if not may(channel, user, "use_application_commands"):
        return "no commands may be used here"
    there = world.overrides.get(guild.id, {})
    own, app = there.get(int(command["id"]), {}), there.get(world.application.id, {})
    if _decided(_where(own, guild, channel), _where(app, guild, channel)) is False:
        return f"{name!r} is switched off in this channel"
    roles = [role.id for role in guild.members[user.id].roles]
    override = _who(own, guild, user, roles)
    if _decided(override, _who(app, guild, user, roles)) is False:
        return f"{name!r} is not for this person"
    needed = int(command.get("default_member_permissions") or 0)
    hidden = command.get("default_member_permissions") == "0"
    if override is None and (hidden or in_channel(channel, user) & needed != needed):
        return f"{name!r} needs permissions"
    return ""


def _where(entries: Entries, guild: Guild, channel: Channel) -> bool | None:
    """A thread is what its channel is; the channel itself comes before all channels."""
    place = channel.parent or channel
    return _decided(entries.get((CHANNEL, place.id)), entries.get((CHANNEL, guild.id - 1)))


def _who(entries: Entries, guild: Guild, user: User, roles: list[int]) -> bool | None:
    """The person comes before their roles, of which one that is allowed is enough, and these before everyone."""
    of_roles = [entries[ROLE, role] for role in roles if (ROLE, role) in entries]
    said = any(of_roles) if of_roles else None
    return _decided(entries.get((USER, user.id)), said, entries.get((ROLE, guild.id)))


def _decided(*said: bool | None) -> bool | None:
    return next((it for it in said if it is not None), None)


def _key(guild: Guild, one: Target) -> tuple[int, int]:
    if isinstance(one, str):
        return CHANNEL, guild.id - 1
    if isinstance(one, Guild | Role):
        return ROLE, one.id
    return (CHANNEL if isinstance(one, Channel) else USER), one.id
