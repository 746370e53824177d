"""The scene: two servers with their channels, and the people who are there."""

from dataclasses import dataclass

from sandbox.discord import Channel, Guild, Person, PretendDiscord

GREETING = (
    "Welcome! Everything here runs on your machine. Type `/` and choose **imagine**, say what you would like to see, "
    "and press Enter. You can also mention {bot} in a message, reply to a picture with what should change, drop "
    "pictures into a message, or right-click a message and look at *Apps*."
)
_COLOURS = ("#5865f2", "#c2410c", "#15803d", "#9333ea", "#be185d", "#0e7490")


@dataclass(frozen=True, slots=True)
class Scene:
    """Who is there, by id, what they are there, and the places, in the order in which they are shown."""

    people: dict[int, Person]
    roles: dict[int, str]
    guilds: list[Guild]
    general: Channel

    def avatar(self, name: str, number: int) -> dict[str, str]:
        """A letter on a colour, always the same for the same person."""
        places = list(self.people)
        place = places.index(number) + 1 if number in self.people else 0
        return {"colour": _COLOURS[place % len(_COLOURS)], "letter": name[:1].upper()}


async def set_scene(discord: PretendDiscord) -> Scene:
    """Put everybody and everything in place; the bot has not come yet."""
    bot = discord.world.bot
    bot.name = discord.application.name = "Seedream"
    owner = discord.user("Ada")
    discord.application.owner = owner  # so that what the bot tells its owner can be read by somebody
    garden = discord.guild("Seedream Garden", owner=owner)
    general = discord.channel(garden, "general")
    discord.channel(garden, "after-dark", nsfw=True)
    discord.channel(garden, "read-only", bot_may_post=False)
    people = [discord.person(name, garden, general) for name in ("Mia", "Leo")]
    people.append(discord.moderator("Noor", garden, general))
    people.append(discord.owner(garden, general))
    discord.thread(general, "ideas", owner=people[0])
    studio = discord.guild("Small Studio", owner=owner)
    discord.channel(studio, "lobby")
    for person in people:
        discord.member(studio, person)
        discord.dm(person)
    await people[2].says(GREETING.format(bot=bot.mention))
    roles = dict(zip((person.id for person in people), ("member", "member", "moderator", "owner"), strict=True))
    return Scene({person.id: person for person in people}, roles, [garden, studio], general)
