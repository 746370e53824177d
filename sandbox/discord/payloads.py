"""How Discord writes down users, guilds, channels and members."""

from sandbox.discord.model import DM, GROUP, THREADS, Channel, Guild, Json, Member, Role, User
from sandbox.discord.permissions import in_channel
from sandbox.discord.snowflakes import written
from sandbox.discord.world import Application, World


def user(someone: User) -> Json:
    """A user as others see it."""
    told: Json = {
        "id": str(someone.id),
        "username": someone.name,
        "discriminator": "0001" if someone.bot else "0",
        "global_name": someone.shown,
        "avatar": someone.avatar,
        "avatar_decoration_data": None,
        "collectibles": None,
        "display_name_styles": None,
        "banner": None,
        "accent_color": None,
        "public_flags": 0,
        "flags": 0,
        "primary_guild": None,
    }
    return told | {"bot": True} if someone.bot else told


def self_user(someone: User) -> Json:
    """The bot's own account, as it sees it itself."""
    return user(someone) | {"mfa_enabled": True, "locale": someone.locale, "verified": True, "email": None}


def member(of: Member, *, whole: bool = True) -> Json:
    """A membership; without the user where that stands beside it."""
    told: Json = {
        "nick": of.nick,
        "avatar": None,
        "banner": None,
        "roles": [str(role.id) for role in of.roles],
        "joined_at": written(of.joined),
        "premium_since": None,
        "pending": False,
        "flags": 0,
        "mute": False,
        "deaf": False,
        "communication_disabled_until": None,
        "avatar_decoration_data": None,
        "collectibles": None,
    }
    return told | {"user": user(of.user)} if whole else told


def asking_member(of: Member, where: Channel) -> Json:
    """A membership within an interaction: with what they may do there."""
    return member(of) | {"permissions": str(in_channel(where, of.user)), "unusual_dm_activity_until": None}


def role(it: Role, bot: User) -> Json:
    """A role."""
    told: Json = {
        "id": str(it.id),
        "name": it.name,
        "description": None,
        "permissions": str(it.permissions),
        "position": it.position,
        "color": 0,
        "colors": {"primary_color": 0, "secondary_color": None, "tertiary_color": None},
        "hoist": False,
        "managed": it.managed,
        "mentionable": it.mentionable,
        "icon": None,
        "unicode_emoji": None,
        "flags": 0,
    }
    return told | {"tags": {"bot_id": str(bot.id)}} if it.managed else told


def channel(it: Channel, world: World) -> Json:
    """A channel of any kind, as the gateway and REST show it."""
    told: Json = {"id": str(it.id), "type": it.kind, "flags": 0, "last_message_id": _text(it.last)}
    if it.kind in {DM, GROUP}:
        people = it.company or ([it.recipient] if it.recipient is not None else [])
        told["recipients"] = [user(someone) for someone in people]
        group = {"name": it.name, "icon": None, "owner_id": str(people[0].id)} if it.kind == GROUP else {}
        return told | group
    guild = it.guild
    told |= {"guild_id": _text(guild.id if guild else None), "name": it.name, "rate_limit_per_user": 0}
    told["parent_id"] = _text(it.parent.id if it.parent else None)
    if it.kind in THREADS:
        return told | _thread(it, world)
    entries = [
        {"id": str(number), "type": int(guild is None or number not in guild.roles), "allow": str(a), "deny": str(d)}
        for number, (a, d) in it.overwrites.items()
    ]
    return told | {"position": 0, "permission_overwrites": entries, "nsfw": it.nsfw, "topic": None}


def asked_channel(it: Channel, world: World, asker: User) -> Json:
    """A channel within an interaction."""
    told = channel(it, world)
    told.pop("permission_overwrites", None)
    if it.guild is not None:
        told["permissions"] = str(in_channel(it, asker))
    return told


def _thread(it: Channel, world: World) -> Json:
    count = len([message for message in world.messages.values() if message.channel is it])
    return {
        "owner_id": str((it.owner or world.bot).id),
        "thread_metadata": {
            "archived": it.archived,
            "auto_archive_duration": 1440,
            "archive_timestamp": written(it.made),
            "create_timestamp": written(it.made),
            "locked": it.locked,
        },
        "message_count": count,
        "member_count": 1,
        "total_message_sent": count,
    }


def guild(it: Guild, world: World) -> Json:
    """A guild as REST shows it."""
    return {
        "id": str(it.id),
        "name": it.name,
        "owner_id": str(it.owner.id),
        "roles": [role(entry, world.bot) for entry in it.roles.values()],
        "preferred_locale": it.locale,
        "premium_tier": 0,
        "premium_subscription_count": 0,
        **dict.fromkeys(_ABSENT),
        **dict.fromkeys(_NOUGHT, 0),
        **{name: [] for name in ("features", "emojis", "stickers")},
        "afk_timeout": 300,
        "region": "deprecated",
        "max_presences": None,
        "max_members": 500_000,
        "max_stage_video_channel_users": 50,
        "max_video_channel_users": 25,
        "widget_enabled": False,
        "premium_progress_bar_enabled": False,
        "premium_progress_bar_enabled_user_updated_at": None,
        "nsfw": False,
    }


def whole_guild(it: Guild, world: World) -> Json:
    """A guild as GUILD_CREATE brings it: with its channels, threads, and the bot as the member that it may see."""
    places = [place for place in world.channels.values() if place.guild is it and not place.closed]
    me = it.members[world.bot.id]
    return guild(it, world) | {
        "joined_at": written(me.joined),
        "large": False,
        "unavailable": False,
        "member_count": len(it.members),
        "members": [member(me)],
        "channels": [channel(place, world) for place in places if not place.is_thread],
        "threads": [channel(place, world) for place in places if place.is_thread and not place.archived],
        **{name: [] for name in ("voice_states", "presences", "stage_instances")},
        **{name: [] for name in ("guild_scheduled_events", "soundboard_sounds", "embedded_activities")},
    }


def application(it: Application) -> Json:
    """The app, as its own token may see it."""
    flags = sum(bit for intent, bit in _INTENT_FLAGS if it.privileged & intent)
    return {
        "id": str(it.id),
        "name": it.name,
        "icon": None,
        "description": "",
        "summary": "",
        "type": None,
        "bot": user(it.bot),
        "bot_public": True,
        "bot_require_code_grant": it.code_grant,
        "verify_key": "0" * 64,
        "flags": flags,
        "flags_new": str(flags),
        "owner": user(it.owner),
        "team": None,
        "redirect_uris": [],
        "interactions_endpoint_url": None,
        "role_connections_verification_url": None,
        "approximate_guild_count": 1,
        "approximate_user_install_count": 0,
        "approximate_user_authorization_count": 0,
        "explicit_content_filter": 0,
        "eligible_oauth2_scopes": [],
        "integration_types_config": {"0": {}, "1": {}} if it.for_people else {"0": {}},
    }


def _text(number: int | None) -> str | None:
    return None if number is None else str(number)


_INTENT_FLAGS = ((1 << 8, 1 << 13), (1 << 1, 1 << 15), (1 << 15, 1 << 19))  # granted to an app in few guilds
_ABSENT = (
    "icon",
    "description",
    "home_header",
    "splash",
    "discovery_splash",
    "banner",
    "application_id",
    "afk_channel_id",
    "system_channel_id",
    "widget_channel_id",
    "vanity_url_code",
    "rules_channel_id",
    "safety_alerts_channel_id",
    "public_updates_channel_id",
    "incidents_data",
    "hub_type",
)
_NOUGHT = (
    "system_channel_flags",
    "verification_level",
    "default_message_notifications",
    "mfa_level",
    "explicit_content_filter",
    "nsfw_level",
)
