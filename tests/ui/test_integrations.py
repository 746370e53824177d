"""Whether Discord lets somebody use a command: our reading of its rules, held against the pretend Discord's own."""

from hypothesis import given
from hypothesis import strategies as some

from bot.ui.integrations import CHANNEL, ROLE, USER, Bar, Command, Overrides, Why
from sandbox.discord.building import Building
from sandbox.discord.integrations import Target, lay_down, stands_in_the_way
from sandbox.discord.model import Channel, Guild

IMAGINE = Command("imagine")
_BUILDING = Building(lambda: 1_800_000_000.0)
WORLD, GUILD = _BUILDING.world, _BUILDING.guild()
ROOMS = [_BUILDING.channel(GUILD, name) for name in ("here", "there")]
THREAD = _BUILDING.thread(ROOMS[0])
ROLES = [_BUILDING.role(GUILD, name) for name in ("artists", "noisy", "other")]
ADA = _BUILDING.user("ada")
TARGETS: list[Target] = [GUILD, *ROLES, ADA, *ROOMS, "all channels"]
entries = some.dictionaries(some.sampled_from(range(len(TARGETS))), some.booleans())


@given(
    own=entries,
    whole=entries,
    roles=some.sets(some.sampled_from(range(3))),
    channel=some.sampled_from([*ROOMS, THREAD]),
)
def test_both_ends_come_to_the_same(
    own: dict[int, bool], whole: dict[int, bool], roles: set[int], channel: Channel
) -> None:
    _BUILDING.member(GUILD, ADA, roles=[ROLES[each] for each in sorted(roles)])
    for target, given_ in ((7, own), (WORLD.application.id, whole)):
        kinds = ([TARGETS[each] for each, said in given_.items() if said is which] for which in (True, False))
        lay_down(WORLD, GUILD, target, *kinds)
    command = {"id": "7", "name": "imagine", "default_member_permissions": None}
    found = Overrides(GUILD.id, _read(GUILD, whole), {IMAGINE: _read(GUILD, own)})
    bar = found.bar(IMAGINE, ADA.id, [ROLES[each].id for each in roles], (channel.parent or channel).id)
    assert (bar is None) == (stands_in_the_way(WORLD, ADA, channel, command) == "")


def _read(guild: Guild, chosen: dict[int, bool]) -> dict[tuple[int, int], bool]:
    kinds = [ROLE] * 4 + [USER] + [CHANNEL] * 3
    numbers = [getattr(each, "id", guild.id - 1) for each in TARGETS]
    return {(kinds[each], numbers[each]): said for each, said in chosen.items()}


def test_what_is_set_for_the_command_comes_first_and_the_reason_is_named() -> None:
    server, room, role = 100, 5, 7
    whole = {(CHANNEL, 99): False, (ROLE, 100): False}
    found = Overrides(server, whole, {IMAGINE: {(CHANNEL, room): True, (ROLE, role): False}})
    assert found.bar(IMAGINE, 1, [100, role], room) == Bar(Why.ROLE, role)
    assert found.bar(IMAGINE, 1, [100], room) == Bar(Why.EVERYONE, whole=True)
    assert found.bar(IMAGINE, 1, [100], 6) == Bar(Why.CHANNEL, whole=True)
    assert found.bar(Command("story"), 1, [100], room) == Bar(Why.CHANNEL, whole=True)
    assert Overrides(server).bar(IMAGINE, 1, [100], room) is None
