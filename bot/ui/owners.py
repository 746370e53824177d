"""Whose bot it is: one person, or those of a team who look after it."""

import discord

_MAY = {discord.TeamMemberRole.admin, discord.TeamMemberRole.developer}


def owners_of(application: discord.AppInfo | None) -> frozenset[int]:
    """The people who own an application. Whoever may only read in a team, or has not joined it yet, does not."""
    if application is None:
        return frozenset()
    team = application.team
    if team is None:
        return frozenset({application.owner.id})
    joined = (each for each in team.members if each.membership_state is discord.TeamMembershipState.accepted)
    found = {each.id for each in joined if each.role in _MAY}
    return frozenset(found | ({team.owner_id} if team.owner_id else set()))


def first_of(application: discord.AppInfo) -> int | None:
    """The one who is told what only the owner can mend."""
    return application.team.owner_id if application.team else application.owner.id
