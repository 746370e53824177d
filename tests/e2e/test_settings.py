"""`/settings server` as moderators use it: every page, every kind of value, and what comes of it for everybody."""

from tests.e2e.stage import PATIENCE, Stage


async def test_every_page_opens(stage: Stage) -> None:
    async with stage.playing():
        eve = stage.discord.moderator("eve", stage.guild, stage.channel)
        reply = await eve.slash("settings server")
        panel = reply.message
        for name in "who models limits tiers budget references safety log defaults places".split():
            reply = await eve.choose(panel, "sd:settings:0:go", name)
        reply = await eve.choose(panel, "sd:settings:0:go", "models")
        await eve.press(panel, "sd:settings:0:one.models")
        await eve.choose(panel, "sd:settings:0:pick.models", ["seedream-4.5", "seedream-4.0"])
        reply = await eve.slash("settings me")
