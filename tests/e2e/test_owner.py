"""What only the owner of the bot can mend reaches them, and nobody else, once."""

from sandbox.discord.calls import Call
from tests.e2e.stage import Stage


def warnings(stage: Stage) -> list[Call]:
    return [
        call for call in stage.discord.calls("POST /channels/") if "does not accept the bot's key" in str(call.body)
    ]


async def test_a_bad_key_is_told_to_the_owner_in_a_direct_message_once(stage: Stage) -> None:
    stage.discord.member(stage.guild, stage.discord.application.owner)
    async with stage.playing():
        for _ in range(3):
            stage.seedream.fail("P47", times=1)
            reply = await stage.ada.slash("imagine", prompt="a cat")
            message = await reply.until(lambda message: "owner of the bot" in message.text)
            assert "not charged" in message.text
        await stage.discord.until(lambda: warnings(stage))
    [warning] = warnings(stage)
    owner = stage.discord.application.owner
    assert f"/channels/{stage.discord.dm(owner).id}/" in warning.path
    assert not any("does not accept the bot's key" in message.text for message in stage.ada.sees())


async def test_the_owner_is_warned_in_the_language_that_they_have_chosen(stage: Stage) -> None:
    owner = stage.discord.application.owner
    stage.discord.member(stage.guild, owner)
    async with stage.playing(TOTAL_BUDGET_USD_PER_DAY="0.05"):
        assert stage.house is not None
        await stage.house.office.change_person(owner.id, {"language": "de"})
        stage.seedream.fail("P47", times=1)
        reply = await stage.ada.slash("imagine", prompt="a cat")
        await reply.until(lambda message: "owner of the bot" in message.text)
        dm = stage.discord.person(owner.name).in_dm()
        await stage.discord.until(lambda: len(dm.sees()) == 2)
        texts = [message.text for message in dm.sees()]
        assert any("Schlüssel" in text for text in texts)
        assert any(text.startswith("⚠️ Vom Bot-Budget") for text in texts)
