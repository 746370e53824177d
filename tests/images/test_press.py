"""The press: its children are confined and replaceable, and a picture can only spoil its own turn."""

import asyncio
import io
import json
import os
import signal
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
from PIL import Image

from bot.images import orders
from bot.images.decoder import obey, serve
from bot.images.errors import BadPicture, Reason
from bot.images.orders import Rules
from bot.images.press import Press
from sandbox import pictures

linux = pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="reads /proc")


@pytest.fixture
def spool(tmp_path: Path) -> Path:
    return tmp_path / "spool"


@pytest.fixture
async def press(spool: Path) -> AsyncIterator[Press]:
    async with Press(spool) as made:
        yield made
    assert made.pids == ()
    assert not [path for path in spool.glob("*") if path.name.startswith("press-")]


@pytest.fixture(scope="module")
def slow(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A picture that keeps a decoder busy for about a second."""
    path = tmp_path_factory.mktemp("slow") / "slow.png"
    pictures.see_through(3000, 2000, noise=60).save(path, compress_level=1)
    return path


async def busy(press: Press) -> int:
    """The child that works, once it does."""
    await until(lambda: bool(press.pids))
    return press.pids[-1]


async def until(condition: Callable[[], bool]) -> None:
    for _ in range(1000):
        if condition():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("it never came true")


def is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


async def test_nothing_is_started_before_it_is_needed(press: Press, spool: Path) -> None:
    assert press.pids == ()
    assert not spool.exists()


async def test_a_reference_is_normalised_by_a_child_that_stays(press: Press, tmp_path: Path, spool: Path) -> None:
    turned, good = pictures.build(tmp_path, "turned.jpg"), pictures.build(tmp_path, "good.png")
    made = await press.normalise(turned)
    first = press.pids
    assert (made.width, made.height, made.changed) == (240, 320, ("rotation",))
    assert made.path.parent == spool
    assert made.path.stat().st_size == made.length
    assert (await press.normalise(good)).path == good
    assert press.pids == first


async def test_an_upload_is_fitted(press: Press, tmp_path: Path) -> None:
    path = tmp_path / "large.png"
    path.write_bytes(pictures.encoded(pictures.scene(noise=60), "PNG"))
    untouched = await press.fit(path, path.stat().st_size)
    assert (untouched.path, untouched.quality, press.pids) == (path, None, ())
    fitted = await press.fit(path, 20_000)
    assert fitted.path.stat().st_size == fitted.length <= 20_000
    assert fitted.quality is not None


@pytest.mark.parametrize(("form", "media_type"), [("PNG", "image/png"), ("JPEG", "image/jpeg"), ("WEBP", "image/webp")])
async def test_a_picture_is_converted_to_what_its_name_promises(
    press: Press, tmp_path: Path, form: str, media_type: str
) -> None:
    path = tmp_path / "clear.tiff"
    path.write_bytes(pictures.encoded(pictures.see_through(), "TIFF"))
    made = await press.convert(path, media_type)
    with Image.open(made.path) as opened:
        assert (opened.format, made.media_type, opened.size) == (form, media_type, (320, 240))
        assert opened.has_transparency_data == (form != "JPEG")
    assert (await press.convert(made.path, media_type)).path == made.path


async def test_a_format_that_cannot_be_written_is_a_mistake_of_ours(press: Press, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="image/gif"):
        await press.convert(pictures.build(tmp_path, "good.png"), "image/gif")


async def test_a_bad_picture_arrives_with_its_numbers_and_the_child_lives_on(press: Press, tmp_path: Path) -> None:
    with pytest.raises(BadPicture) as caught:
        await press.normalise(pictures.build(tmp_path, "bomb.png"))
    error = caught.value
    assert (error.reason, error.limit, error.found) == (Reason.TOO_MANY_PIXELS, 100_000_000, 400_000_000)
    assert len(press.pids) == 1


@pytest.mark.parametrize("name", ["page.png", "bomb.png"])
async def test_a_small_upload_is_judged_as_well(press: Press, tmp_path: Path, name: str) -> None:
    with pytest.raises(BadPicture):
        await press.fit(pictures.build(tmp_path, name), 10_000_000)
    assert press.pids == ()


async def test_a_missing_file_is_an_os_error(press: Press, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        await press.normalise(tmp_path / "nothing")
    with pytest.raises(FileNotFoundError):
        await press.fit(tmp_path / "nothing", 5)


async def test_a_killed_child_spoils_one_picture_and_the_next_one_works(
    press: Press, tmp_path: Path, slow: Path
) -> None:
    work = asyncio.create_task(press.fit(slow, 100_000))
    os.kill(pid := await busy(press), signal.SIGKILL)
    with pytest.raises(BadPicture) as caught:
        await work
    assert caught.value.reason is Reason.DECODER_DIED
    assert not is_running(pid)
    assert (await press.normalise(pictures.build(tmp_path, "good.png"))).changed == ()
    assert press.pids != (pid,)


async def test_a_child_killed_while_idle_harms_nobody(press: Press, tmp_path: Path) -> None:
    path = pictures.build(tmp_path, "turned.jpg")
    await press.normalise(path)
    os.kill(press.pids[0], signal.SIGKILL)
    await until(lambda: not is_running(press.pids[0]))
    assert (await press.normalise(path)).changed == ("rotation",)


async def test_a_picture_does_not_pay_for_the_death_of_a_child_that_served_others_before(
    press: Press, tmp_path: Path, slow: Path
) -> None:
    await press.normalise(pictures.build(tmp_path, "turned.jpg"))
    work = asyncio.create_task(press.fit(slow, 100_000))
    os.kill(pid := await busy(press), signal.SIGKILL)
    assert (await work).length <= 100_000
    assert pid not in press.pids


async def test_a_child_that_hangs_is_replaced_after_the_time_out(spool: Path, tmp_path: Path) -> None:
    path = pictures.build(tmp_path, "turned.jpg")
    async with Press(spool, timeout=0.3) as press:
        work = asyncio.create_task(press.normalise(path))
        os.kill(pid := await busy(press), signal.SIGSTOP)
        with pytest.raises(BadPicture) as caught:
            await work
        assert caught.value.reason is Reason.TOO_SLOW
        assert not is_running(pid)
        assert press.pids == ()


@linux
async def test_a_picture_that_needs_too_much_memory_is_refused_and_the_next_one_works(
    spool: Path, tmp_path: Path
) -> None:
    bomb = tmp_path / "turned-bomb.tiff"
    bomb.write_bytes(pictures.encoded(pictures.scene(9_000, 9_000).convert("RGB"), "TIFF", compression="tiff_lzw"))
    async with Press(spool, memory_limit=260_000_000) as press:
        with pytest.raises(BadPicture) as caught:
            await press.normalise(bomb, Rules(max_pixels=90_000_000))
        assert caught.value.reason in {Reason.TOO_MANY_PIXELS, Reason.UNDECODABLE, Reason.DECODER_DIED}, caught.value
        assert (await press.normalise(pictures.build(tmp_path, "good.png"))).changed == ()


async def test_a_child_that_cannot_start_is_told_with_its_last_words(spool: Path, tmp_path: Path) -> None:
    async with Press(spool, memory_limit=2**80) as press:
        with pytest.raises(BadPicture) as caught:
            await press.normalise(pictures.build(tmp_path, "good.png"))
        assert caught.value.reason is Reason.DECODER_DIED
        assert caught.value.detail


async def test_a_cancelled_caller_leaves_no_child_and_no_file(press: Press, slow: Path, spool: Path) -> None:
    work = asyncio.create_task(press.fit(slow, 100_000))
    pid = await busy(press)
    work.cancel()
    with pytest.raises(asyncio.CancelledError):
        await work
    assert not is_running(pid)
    assert list(spool.iterdir()) == []


async def test_closing_does_not_wait_for_work(spool: Path, slow: Path) -> None:
    press = Press(spool)
    work = asyncio.create_task(press.fit(slow, 100_000))
    pid = await busy(press)
    await press.close()
    assert not is_running(pid)
    with pytest.raises(BadPicture):
        await work
    await press.close()


async def test_no_more_children_than_workers(spool: Path, tmp_path: Path) -> None:
    path = pictures.build(tmp_path, "turned.jpg")
    async with Press(spool, workers=2) as press:
        made = await asyncio.gather(*(press.normalise(path) for _ in range(6)))
        assert len(press.pids) == 2
    assert len({one.path for one in made}) == 6


@linux
async def test_a_child_knows_no_secret_and_is_confined(
    press: Press, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COMETAPI_KEY", "sk-canary-123456")
    await press.normalise(pictures.build(tmp_path, "good.png"))
    process = Path("/proc") / str(press.pids[0])
    assert b"canary" not in (process / "environ").read_bytes() + (process / "cmdline").read_bytes()
    limits = {line[:26].strip(): line[26:].split()[0] for line in (process / "limits").read_text().splitlines()[1:]}
    assert limits["Max address space"] == str(1024**3)
    assert limits["Max core file size"] == "0"
    assert limits["Max cpu time"] != "unlimited"
    assert int((process / "stat").read_text().split()[18]) > os.nice(0)


async def test_a_full_disk_is_not_the_pictures_fault(tmp_path: Path) -> None:
    nowhere = tmp_path / "nowhere"
    answer = obey(orders.order(Rules(), pictures.build(tmp_path, "archive.png")), nowhere)
    with pytest.raises(FileNotFoundError):
        orders.result(answer)


def test_the_decoder_answers_each_line_and_tidies_up(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "left-over.v").write_bytes(b"x")
    asked = [orders.order(Rules(), pictures.build(tmp_path, name)) for name in ("archive.png", "empty.png", "good.png")]
    asked.append(orders.order(orders.Target(5_000), tmp_path / "good.png"))
    answers, begun = io.StringIO(), list[None]()
    serve(io.StringIO("".join(json.dumps(one) + "\n" for one in asked)), answers, folder, lambda: begun.append(None))
    assert len(begun) == len(asked)
    told = [json.loads(line) for line in answers.getvalue().splitlines()]
    assert orders.normalised(orders.result(told[0])).changed == ("tail",)
    with pytest.raises(BadPicture):
        orders.result(told[1])
    assert orders.normalised(orders.result(told[2])).path == tmp_path / "good.png"
    assert orders.fitted(orders.result(told[3])).length <= 5_000
    assert [path.name for path in folder.iterdir()] == ["fit.jpg"]


@pytest.mark.parametrize("answer", [{}, {"done": 1}, {"bad": {"reason": 3}}, {"bad": "x"}, {"failed": {}}])
def test_an_answer_in_riddles_is_the_answer_of_a_broken_decoder(answer: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="riddles"):
        orders.result(answer)


def test_an_order_without_rules_is_a_mistake_of_ours(tmp_path: Path) -> None:
    with pytest.raises(TypeError):
        obey({"do": "Target", "path": "x", "rules": None}, tmp_path)


def test_the_parent_does_not_load_the_codecs() -> None:
    code = "import sys, bot.images.press; assert not {'pyvips', 'PIL'} & set(sys.modules)"
    assert os.spawnv(os.P_WAIT, sys.executable, [sys.executable, "-c", code]) == 0
