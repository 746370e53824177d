"""A sandbox that runs for hours keeps what can be looked at, and forgets the rest."""

from sandbox.discord import File, PretendDiscord
from sandbox.page import tidying
from sandbox.page.scene import set_scene
from sandbox.page.tidying import MOST_CALLS, tidy
from sandbox.page.view import MOST_MESSAGES
from sandbox.page.wire import MOST_ENTRIES, MOST_TOLD, Wire
from sandbox.seedream import PretendSeedream

MANY = 700


async def test_what_is_older_than_anybody_looks_back_is_forgotten_oldest_first() -> None:
    async with PretendDiscord() as discord, PretendSeedream() as seedream:
        scene = await set_scene(discord)
        mia, *_ = scene.people.values()
        texts = [f"message {number}" for number in range(MANY)]
        for text in texts:
            await mia.says(text, files=[File("a.txt", b"x" * 1000)])
        discord.events.extend(discord.events * MANY)
        tidy(discord, seedream)
        assert [one.content for one in mia.sees()] == texts[-2 * MOST_MESSAGES :]
        assert len(discord.world.messages) == 2 * MOST_MESSAGES
        assert len(discord.events) <= MOST_CALLS
        young = len(discord.world.attachments)
        assert young == MANY, "what was given lately may still be asked for"
        discord.move(3600)
        tidy(discord, seedream)
        assert len(discord.world.attachments) == 2 * MOST_MESSAGES


async def test_files_have_so_many_bytes_together_and_the_latest_stay() -> None:
    async with PretendDiscord() as discord:
        scene = await set_scene(discord)
        mia, *_ = scene.people.values()
        said = [await mia.says("look", files=[File("a.bin", bytes(4_000_000))]) for _ in range(80)]
        tidy(discord, None)
        kept = [message.attachments[0] for message in said if not message.attachments[0].gone]
        assert sum(len(file.data) for file in kept) <= tidying.MOST_BYTES
        assert len(kept) == tidying.MOST_BYTES // 4_000_000
        assert kept[-1] is said[-1].attachments[0]


async def test_the_wire_keeps_the_latest_entries_and_tells_a_page_of_them() -> None:
    async with PretendDiscord() as discord:
        wire = Wire(discord, ["a-secret-of-mine"])
        for number in range(2 * MOST_ENTRIES):
            wire.said(f"2026-01-01 00:00:00 ERROR    line {number} with a-secret-of-mine")
        told = wire.after(0)
        assert len(told["entries"]) == MOST_TOLD
        assert told["entries"][-1]["title"].endswith(f"line {2 * MOST_ENTRIES - 1} with …")
        assert told["entries"][-1]["level"] == "error"
        assert wire.after(told["last"]) == {"last": told["last"], "entries": []}
