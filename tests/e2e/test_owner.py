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
