"""People ask what is kept of them, take a copy, and are forgotten: through Discord, while the bot runs and restarts."""

import asyncio
import io
import json
import zipfile
from pathlib import Path
from random import Random

import pytest
from PIL import Image
from sqlalchemy import String, cast, select

from bot.store.database import Transaction
from bot.store.errors import StoreError
from bot.store.sqlite import Sqlite
from bot.store.tables import metadata
from bot.studio.consent import refusing
from bot.studio.job import NOBODY
from bot.studio.privacy import Forgotten, Privacy
from sandbox.discord import File, Message, Reply
from sandbox.pictures import encoded
from tests.e2e.labs import Time
from tests.e2e.stage import PATIENCE, Stage, png
from tests.e2e.test_buttons import finished, job, picture
from tests.e2e.test_forged import STALE, sends

CANARY = "canary-7f3a"
SLOW = 30.0


def lying_about(home: Path, *words: bytes) -> list[str]:
    """Every file of the data folder in which one of the words stands."""
    files = [path for path in home.rglob("*") if path.is_file()]
    return [str(path.relative_to(home)) for path in files if any(word in path.read_bytes() for word in words)]


def rows(tx: Transaction) -> str:
    """Every value of every table."""
    found = []
    for table in metadata.sorted_tables:
        texts = tx.run(select(*(cast(column, String) for column in table.columns)))
        found += [f"{table.name}: {tuple(row)}" for row in texts]
    return "\n".join(found)


async def read_all(stage: Stage) -> str:
    database = Sqlite(stage.home / "seedream.db", None)  # not started: the process is its owner
    try:
        return await database.read(rows)
    finally:
        await database.close()


def noise(side: int) -> bytes:
    """A picture that no compression makes smaller."""
    return encoded(Image.frombytes("RGB", (side, side), Random(side).randbytes(side * side * 3)), "PNG")


def unpacked(*files: tuple[str, bytes]) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    for _, content in files:
        with zipfile.ZipFile(io.BytesIO(content)) as file:
            assert file.testzip() is None
            found |= {name: file.read(name) for name in file.namelist()}
    return found


async def asked(stage: Stage) -> Reply:
    """Somebody is asked whether they want to be forgotten."""
    reply = await stage.ada.slash("privacy delete")
    await reply.until(lambda it: it.buttons)
    return reply


async def forget(stage: Stage, message: Message, seconds: float = PATIENCE) -> str:
    await stage.ada.press(message, f"sd:forget:{stage.ada.id}")
    await stage.discord.until(lambda: "Done" in message.text, seconds)
    return message.text


async def test_who_is_forgotten_by_a_running_process_is_in_no_row_and_no_file(stage: Stage) -> None:
    """The whole way, with the bot killed between the question and the answer."""
    bear, ada = noise(60), stage.ada
    async with stage.running(USER_JOBS_AT_ONCE="1") as running:
        first = await ada.slash("imagine", prompt=f"{CANARY} by the sea", image1=File("bear.png", bear))
        await first.until(lambda it: len(it.buttons) > 3, SLOW)
        kept = await stage.bob.slash("imagine", prompt="of bob himself")
        await kept.until(lambda it: len(it.buttons) > 3, SLOW)
        pinned = await ada.menu("Use as reference", await ada.says("mine", files=[File("bear.png", bear)]))
        await pinned.done(SLOW)
        refused = await ada.slash("imagine", prompt=f"{CANARY} refused", size="9x9")
        await refused.until(lambda it: it.buttons, SLOW)
        question = await asked(stage)
        pictures = [path.read_bytes() for path in (stage.home / "shelf").rglob("*") if path.is_file()]
        assert pictures
        assert lying_about(stage.home, CANARY.encode())
        assert str(ada.id) in await read_all(stage)
        await running.kill()
    async with stage.running(USER_JOBS_AT_ONCE="1") as running:
        slow = await ada.slash("imagine", prompt=f"{CANARY} [[slow:100]]")
        await slow.until(lambda it: "drawing" in it.text, SLOW)
        waiting = await ada.slash("imagine", prompt=f"{CANARY} waits")
        await waiting.until(lambda it: "place" in it.text, SLOW)
        said = await forget(stage, question.message, SLOW)
        assert "3 requests" in said
        assert "2 of them were under way" in said
        assert not question.message.buttons
        for reply in (slow, waiting):
            await reply.until(lambda it: "wanted to be forgotten" in it.text and not it.buttons, SLOW)
        left = await read_all(stage)
        assert CANARY not in left
        assert [line for line in left.splitlines() if str(ada.id) in line and not line.startswith("accounts:")] == []
        assert "of bob himself" in left
        assert lying_about(stage.home, CANARY.encode(), bear, *pictures) == []
        assert "not asked for any picture yet" in (await ada.slash("history")).text
        assert "No requests of yours" in (await ada.slash("privacy show")).text
        again = await ada.slash("imagine", prompt="a new beginning")
        await again.until(lambda it: len(it.buttons) > 3, SLOW)
        assert await running.stop() == 0, running.said
    assert CANARY not in running.said
    assert "Traceback" not in running.said


async def test_what_is_kept_is_told_in_numbers_and_names(stage: Stage) -> None:
    async with stage.playing(KEEP_DAYS="30"):
        assert "No requests of yours" in (await stage.ada.slash("privacy show")).text
        await picture(stage, image1=File("cat.png", png()))
        reply = await stage.ada.slash("privacy show")
        for words in ("1 request since", "Each is deleted 30 days", "BytePlus ModelArk", "1 reference picture"):
            assert words in reply.text
        assert "CometAPI" not in reply.text
        assert "1 request went to BytePlus ModelArk" in reply.text
        assert reply.message.only_for is stage.ada.user
        assert "No requests of yours" in (await stage.bob.slash("privacy show")).text


async def test_an_export_is_a_file_for_oneself_and_leaves_nothing_on_the_disk(stage: Stage) -> None:
    async with stage.playing():
        await picture(stage, "my words", image1=File("cat.png", png()))
        await finished(stage, await stage.bob.slash("imagine", prompt="bob's words"))
        reply = await stage.ada.slash("privacy export")
        message = await reply.until(lambda it: it.files, PATIENCE)
        assert message.only_for is stage.ada.user
        assert "1 request and 1 picture" in message.text
        found = unpacked(*message.files)
        [told] = json.loads(found["jobs.json"])
        assert told["request"]["prompt"] == "my words"
        assert [found[name][:4] for name in told["files"]] == [b"\x89PNG"]
        assert b"bob's words" not in b"".join(found.values())
        await gone(stage)


async def gone(stage: Stage) -> None:
    """The file goes as soon as it has been handed out."""
    while list((stage.home / "spool").glob("export*")):  # noqa: ASYNC110 - nobody tells
        await asyncio.sleep(0.01)


async def test_a_large_export_comes_in_several_files_and_says_what_does_not_fit(stage: Stage) -> None:
    async with stage.playing():
        for side in (255, 256, 400):
            await picture(stage, f"with {side}", image1=File("noise.png", noise(side)))
        stage.guild.file_limit = 300_000
        reply = await stage.ada.slash("privacy export")
        files = [*(await reply.until(lambda it: it.files, PATIENCE)).files, *(await reply.follow_up(1, PATIENCE)).files]
        assert [name for name, _ in files] == ["my-data-1.zip", "my-data-2.zip"]
        assert all(len(content) <= 300_000 for _, content in files)
        found = unpacked(*files)
        assert len(json.loads(found["jobs.json"])) == 3
        assert len([name for name in found if name.startswith("pictures/")]) == 2
        assert "It comes in 2 files" in reply.text
        assert "1 picture is too large for Discord" in reply.text
        await gone(stage)


async def test_when_discord_does_not_take_the_file_that_is_said_and_nothing_stays(stage: Stage) -> None:
    async with stage.playing():
        for fault, words in (("D20", "ask the owner of the bot"), ("D21", "try again in a minute")):
            stage.discord.fail(fault, times=1, route="PATCH /webhooks/")
            reply = await stage.ada.slash("privacy export")
            assert words in (await reply.done(PATIENCE)).text
            await gone(stage)


async def test_being_forgotten_is_for_the_person_who_was_asked(stage: Stage) -> None:
    async with stage.playing():
        shown = await picture(stage)
        question = await asked(stage)
        mine = f"sd:forget:{stage.ada.id}"
        for who, custom_id in (
            (stage.bob, mine),  # somebody else's
            (stage.ada, mine),  # one's own, but not on this message
            (stage.bob, f"sd:forget:{stage.bob.id}"),
            (stage.ada, "sd:forget:0"),
        ):
            assert STALE in (await sends(stage, who, shown, custom_id)).text
        assert STALE in (await sends(stage, stage.bob, question.message, mine)).text
        assert STALE in (await sends(stage, stage.ada, question.message, mine, 5, components=[])).text
        assert (await job(stage, 1)).who.user == stage.ada.id


async def test_pressed_twice_it_is_as_if_it_was_pressed_once(stage: Stage) -> None:
    async with stage.playing():
        await picture(stage)
        question = await asked(stage)
        mine = f"sd:forget:{stage.ada.id}"
        await asyncio.gather(*(stage.ada.press(question.message, mine) for _ in range(2)))
        await stage.discord.until(lambda: "Done" in question.text, PATIENCE)
        assert "1 request" in question.text
        assert (await job(stage, 1)).who.user == NOBODY
        assert STALE in (await sends(stage, stage.ada, question.message, mine)).text
        another = await asked(stage)
        assert "no requests of yours" in await forget(stage, another.message)


async def test_who_could_not_be_forgotten_may_press_again(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    forgets, fails = Privacy.forget, [StoreError("the disk is full", "make room")]

    async def failing(self: Privacy, user: int) -> Forgotten:
        if fails:
            raise fails.pop()
        return await forgets(self, user)

    monkeypatch.setattr(Privacy, "forget", failing)
    async with stage.playing():
        await picture(stage)
        question = await asked(stage)
        answer = await stage.ada.press(question.message, f"sd:forget:{stage.ada.id}")
        await stage.discord.until(lambda: "press again" in question.text, PATIENCE)
        assert "cannot save anything" in (await answer.follow_up(1, PATIENCE)).text
        assert "1 request" in await forget(stage, question.message)


async def test_a_question_from_long_ago_is_not_an_answer(stage: Stage) -> None:
    clock = Time()
    async with stage.playing(clock.clock()):
        await picture(stage)
        question = await asked(stage)
        stage.discord.move(3700)
        clock.moved += 3700
        assert STALE in (await stage.ada.press(question.message, f"sd:forget:{stage.ada.id}")).text
        assert (await job(stage, 1)).who.user == stage.ada.id


async def test_consent_is_told_changed_and_survives_being_forgotten(stage: Stage) -> None:
    async with stage.playing() as bot:
        assert "Others may use your pictures" in (await stage.ada.slash("privacy consent")).text
        reply = await stage.ada.slash("privacy consent", allow=False)
        assert "none of your pictures" in reply.text
        assert reply.message.only_for is stage.ada.user
        assert "Nobody else may" in (await stage.ada.slash("privacy consent")).text
        assert "Others may use your pictures" in (await stage.bob.slash("privacy consent")).text
        shown = await picture(stage)
        window = await stage.bob.menu("Edit image", shown)
        [label] = window.modal.fields
        answer = await stage.bob.submit(window, {label: "at night"})
        await answer.until(lambda it: "not charged" in it.text, PATIENCE)
        assert "still remember" in await forget(stage, (await asked(stage)).message)
        assert await bot.house.database.read(lambda tx: refusing(tx, [stage.ada.id]))
        assert "again" in (await stage.ada.slash("privacy consent", allow=True)).text
        assert not await bot.house.database.read(lambda tx: refusing(tx, [stage.ada.id]))


@pytest.mark.parametrize("command", ["show", "delete", "consent"])
async def test_everything_is_said_in_chinese_too(stage: Stage, command: str) -> None:
    stage.ada.user.locale = "zh-CN"
    async with stage.playing():
        await picture(stage)
        text = (await stage.ada.slash(f"privacy {command}")).text
        assert any("\u4e00" <= letter <= "\u9fff" for letter in text)
        assert "pictures" not in text
