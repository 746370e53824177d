"""What people write is in no log, even at the lowest level; what is kept of them only the bot's user can read."""

from pathlib import Path

from bot.studio import consent
from tests.e2e.stage import File, Stage, png

CANARY = "canary-7f3a"


def loose(home: Path) -> list[str]:
    """What others on this machine could read."""
    ours = [home, *(path for path in home.rglob("*") if path.relative_to(home).parts[0] != ".cache")]
    return [str(path.relative_to(home)) for path in ours if path != home and path.stat().st_mode & 0o077]


async def test_no_prompt_is_logged_at_any_level_and_no_file_is_for_others(stage: Stage) -> None:
    async with stage.running(LOG_LEVEL="DEBUG") as running:
        reply = await stage.ada.slash("imagine", prompt=f"{CANARY} slash", image1=File(f"{CANARY}.png", png()))
        await reply.until(lambda message: message.files)
        message = await stage.ada.says(f"@bot {CANARY} mention")
        await stage.pictured(message)
        search = await stage.ada.slash("history", search=f"{CANARY} slash")
        await search.until(lambda found: CANARY in found.text)
        found = loose(stage.home)
        assert await running.stop() == 0
    assert "DEBUG" in running.said
    assert CANARY not in running.said
    assert CANARY not in running.out
    assert found == []


async def test_a_picture_of_somebody_who_said_no_is_not_used_and_that_is_said(stage: Stage) -> None:
    async with stage.playing():
        assert stage.house is not None
        await stage.house.database.write(lambda tx: consent.refuse(tx, stage.bob.id, others=True))
        theirs = await stage.bob.says("@bot look", files=[File("theirs.png", png())])
        await stage.pictured(theirs)
        wish = await stage.ada.says("@bot make it night", reply_to=theirs)
        said = await stage.ada.at(wish.channel).answer(wish)
        await stage.discord.until(lambda: "not used by others" in said.text, 10.0)
        assert f"<@{stage.bob.id}>" in said.text
        assert "not charged" in said.text
    assert len(stage.seedream.calls) == 1  # their own
