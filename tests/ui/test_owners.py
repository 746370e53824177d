"""Whose bot it is: one person, or a team of whom not everybody counts."""

from typing import Any

import discord

from bot.ui.owners import first_of, owners_of


def user(number: int) -> dict[str, Any]:
    return {"id": str(number), "username": f"u{number}", "discriminator": "0", "avatar": None, "global_name": None}


def application(*members: tuple[int, str, int], owner: int = 1) -> discord.AppInfo:
    """An application as Discord tells of it: of a team, if there are members (number, role, state)."""
    listed = [
        {"user": user(number), "team_id": "9", "membership_state": state, "permissions": ["*"], "role": role}
        for number, role, state in members
    ]
    team = {"id": "9", "name": "us", "icon": None, "owner_user_id": str(owner), "members": listed}
    told: dict[str, Any] = {
        "id": "5",
        "name": "bot",
        "description": "",
        "icon": None,
        "bot_public": True,
        "bot_require_code_grant": False,
        "verify_key": "00",
        "owner": user(owner),
        "team": team if members else None,
        "flags": 0,
    }
    client = discord.Client(intents=discord.Intents(guilds=True))
    return discord.AppInfo(client._connection, told)  # type: ignore[arg-type]


def test_one_person_owns_it() -> None:
    assert owners_of(application()) == {1}
    assert first_of(application()) == 1
    assert owners_of(None) == set()


def test_of_a_team_those_count_who_look_after_it_and_have_joined() -> None:
    team = application((1, "admin", 2), (2, "developer", 2), (3, "read_only", 2), (4, "admin", 1), owner=1)
    assert owners_of(team) == {1, 2}
    assert first_of(team) == 1
