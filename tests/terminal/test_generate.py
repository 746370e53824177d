"""`seedream-bot generate` as a person types it: a real process, the pretend providers, real files."""

import asyncio
import os
import pty
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from sandbox.seedream import PretendSeedream
from tests.programs import surroundings

NAMES = {
    "cometapi": "COMETAPI_KEY",
    "ark": "ARK_API_KEY",
    "byteplus": "BYTEPLUS_API_KEY",
    "acedata": "ACEDATA_API_KEY",
    "gateway": "GATEWAY_API_KEY",
}


@dataclass
class Said:
    """What a command printed and how it ended."""

    code: int | None
    out: str
    err: str


Type = Callable[..., Awaitable[Said]]


@pytest.fixture
async def pretend() -> AsyncIterator[PretendSeedream]:
    async with PretendSeedream(pictures="small") as server:
        yield server


@pytest.fixture
def environment(pretend: PretendSeedream) -> Callable[..., dict[str, str]]:
    def build(*providers: str, **more: str) -> dict[str, str]:
        keys = {NAMES[name]: pretend.key for name in providers}
        urls = {f"{name.upper()}_BASE_URL": pretend.base_url(name) for name in providers}
        return surroundings() | {"OUTBOUND_ALLOW": pretend.address} | keys | urls | more

    return build


@pytest.fixture
def type_(tmp_path: Path, environment: Callable[..., dict[str, str]]) -> Type:
    async def run(*words: str, providers: tuple[str, ...] = ("ark",), **more: str) -> Said:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "bot", "generate", *words),
            cwd=tmp_path,
            env=environment(*providers, **more),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        out, err = await asyncio.wait_for(process.communicate(), 50)
        return Said(process.returncode, out.decode(), err.decode())

    return run


def shape(path: Path) -> tuple[str | None, tuple[int, int]]:
    with Image.open(path) as picture:
        return picture.format, picture.size


def photo(path: Path, size: tuple[int, int] = (640, 400)) -> Path:
    Image.new("RGB", size, "teal").save(path)
    return path


@pytest.mark.parametrize("provider", NAMES)
async def test_a_streamed_set_with_a_reference_at_every_provider(provider: str, type_: Type, tmp_path: Path) -> None:
    photo(tmp_path / "ref.png")
    said = await type_("a cat", "-i", "ref.png", "-n", "3", "-o", "out.png", providers=(provider,))
    assert (said.code, said.out) == (0, "out-1.png\nout-2.png\nout-3.png\n")
    assert [shape(tmp_path / f"out-{number}.png") for number in (1, 2, 3)] == [("PNG", (256, 256))] * 3
    assert "picture 2 of 3 is there" in said.err
    assert "3 pictures · " in said.err
    assert list((tmp_path / "data" / "spool").iterdir()) == []


async def test_the_format_is_what_the_file_s_name_says(type_: Type, tmp_path: Path) -> None:
    said = await type_("a cat", "-m", "5.0 lite", "-o", "asked.png")
    assert said.code == 0
    assert shape(tmp_path / "asked.png")[0] == "PNG"
    assert (await type_("a cat", "--b64", "-o", "made.PNG")).code == 0
    assert shape(tmp_path / "made.PNG")[0] == "PNG", "the model makes only JPEG, so it was converted"
    assert list((tmp_path / "data" / "spool").iterdir()) == []


async def test_without_a_name_the_picture_gets_one_with_the_right_ending(type_: Type, tmp_path: Path) -> None:
    said = await type_("a cat", "-q")
    assert said.err == ""
    name = said.out.strip()
    assert name.startswith("seedream-")
    assert name.endswith(".jpg")
    (tmp_path / "album").mkdir()
    said = await type_("a cat", "-q", "-n", "2", "-o", "album")
    assert [line.startswith("album/seedream-") for line in said.out.splitlines()] == [True, True]


WRONG = [
    (["a cat", "--size", "1K"], 2, ["--size", "2K"]),
    (["a cat", *["-i", "ref.png"] * 15], 2, ["--image", "at most 14", "given: 15"]),
    (["a cat", "-i", "words.png"], 2, ["words.png", "not a picture", "PNG, JPEG or WebP"]),
    (["a cat", "-i", "nowhere.png"], 2, ["no file nowhere.png"]),
    (["a cat", "-m", "seedream-9"], 1, ["does not offer this model", "not charged", "seedream-bot models"]),
    (["a cat", "--provider", "byteplus"], 2, ["byteplus has no key", "BYTEPLUS_API_KEY"]),
    (["a cat", "--provider", "acme"], 2, ["acme is not known", "cometapi"]),
    (["[[refuse]] a cat"], 1, ["content policy", "not charged", "say it differently"]),
    (["[[overdue]] a cat"], 1, ["balance", "not charged", "top it up"]),
    (["[[fault:P54]] a cat"], 1, ["internal error", "possibly charged"]),
    (["a cat", "-o", "nowhere/out.png"], 2, ["folder nowhere does not exist"]),
    (["a cat", "-o", "out.gif"], 2, ["out.gif", ".png or .jpg"]),
    (["a cat", "-m", "5.5", "--transparent", "-o", "out.jpg"], 2, ["transparent", ".png"]),
    (["a cat", "--seed", "1", "--guidance", "3", "-n", "99"], 2, ["--seed", "--guidance", "--count", "leave it out"]),
    (["  "], 2, ["PROMPT", "say what to draw"]),
    ([], 2, ["Missing argument 'PROMPT'"]),
]


@pytest.mark.parametrize(("words", "code", "tells"), WRONG, ids=lambda value: str(value)[:40])
async def test_wrong_input_is_one_clear_line_with_the_fix(
    words: list[str], code: int, tells: list[str], type_: Type, tmp_path: Path, pretend: PretendSeedream
) -> None:
    photo(tmp_path / "ref.png")
    (tmp_path / "words.png").write_text("these are words")
    said = await type_(*words)
    assert said.code == code
    assert said.out == ""
    last = said.err.strip().splitlines()[-1]
    assert [part for part in tells if part not in last] == []
    assert "Traceback" not in said.err
    assert pretend.key not in said.err
    if code == 2:
        assert pretend.calls == [], "nothing was sent"


async def test_no_key_a_wrong_key_and_no_network_say_what_to_set(type_: Type) -> None:
    said = await type_("a cat", providers=())
    assert said.code == 2
    assert "no provider has a key" in said.err
    assert "COMETAPI_KEY" in said.err
    said = await type_("a cat", ARK_API_KEY="sk-not-the-right-one")
    assert said.code == 1
    assert "check ARK_API_KEY" in said.err
    said = await type_("a cat", ARK_BASE_URL="https://no-such-host.invalid")
    assert said.code == 1
    assert "its name is unknown" in said.err
    assert "check the network and ARK_BASE_URL" in said.err


async def test_the_next_provider_draws_when_the_first_cannot(type_: Type, pretend: PretendSeedream) -> None:
    pretend.fail("code:AccountOverdueError", provider="ark")
    said = await type_("a cat", "-o", "out.jpg", providers=("ark", "byteplus"))
    assert said.code == 0
    assert "the balance or quota at ark is used up" in said.err
    assert pretend.billed == 1


async def test_what_came_of_a_broken_set_is_written_and_the_rest_is_told(type_: Type, tmp_path: Path) -> None:
    said = await type_("[[fault:S4]] a cat", "-n", "3", "-o", "out.jpg")
    assert said.code == 1
    assert said.out == "out.jpg\n"
    assert shape(tmp_path / "out.jpg")[0] == "JPEG"
    assert "possibly charged" in said.err.splitlines()[-1]


async def test_a_paid_picture_that_cannot_be_fetched_leaves_its_link_to_its_owner(type_: Type, tmp_path: Path) -> None:
    said = await type_("a cat", "-o", "out.jpg", OUTBOUND_ALLOW="")
    assert said.code == 1
    note = tmp_path / "out.jpg.link.txt"
    assert "X-Tos-Signature" in note.read_text()
    assert note.stat().st_mode & 0o777 == 0o600
    assert "its link is in out.jpg.link.txt" in said.err
    assert "X-Tos" not in said.err
    said = await type_("[[fault:I2]] a cat", "-o", "gone.jpg")
    assert said.code == 1
    assert "no longer there" in said.err
    assert not (tmp_path / "gone.jpg.link.txt").exists()


async def test_a_data_folder_that_cannot_be_used_is_told_before_anything_is_paid(
    type_: Type, tmp_path: Path, pretend: PretendSeedream
) -> None:
    (tmp_path / "data").write_text("a file, not a folder")
    for words in (["a cat"], ["a cat", "-i", str(photo(tmp_path / "ref.bmp"))]):
        said = await type_(*words)
        assert said.code != 0
        assert len(said.err.strip().splitlines()) <= 2
        assert "data" in said.err
        assert "Traceback" not in said.err
    assert pretend.calls == []


async def test_what_cannot_be_written_is_told_without_a_traceback(type_: Type, tmp_path: Path) -> None:
    (tmp_path / "out.jpg.link.txt").mkdir()
    said = await type_("a cat", "-o", "out.jpg", OUTBOUND_ALLOW="")
    assert said.code == 1
    assert "cannot write out.jpg.link.txt" in said.err
    assert "Traceback" not in said.err


async def test_references_keep_no_copy_behind_and_lose_their_turn(
    type_: Type, tmp_path: Path, pretend: PretendSeedream
) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera was held upright
    out = BytesIO()
    Image.new("RGB", (640, 400), "teal").save(out, "JPEG", exif=exif)
    (tmp_path / "turned.jpg").write_bytes(out.getvalue())
    assert (await type_("a cat", "-i", "turned.jpg", "-o", "out.jpg")).code == 0
    assert list((tmp_path / "data" / "spool").iterdir()) == []


async def test_interrupting_says_what_may_still_happen(
    tmp_path: Path, environment: Callable[..., dict[str, str]], pretend: PretendSeedream
) -> None:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", "generate", "[[slow:30]] a cat"),
        cwd=tmp_path,
        env=environment("ark"),
        stderr=asyncio.subprocess.PIPE,
    )
    async with asyncio.timeout(30):
        while not pretend.calls:  # noqa: ASYNC110 - another process moves it
            await asyncio.sleep(0.02)
        process.send_signal(signal.SIGINT)
        _, err = await process.communicate()
    assert process.returncode == 1
    assert "may still be charged" in err.decode().splitlines()[-1]
    assert "Traceback" not in err.decode()


async def test_interrupting_a_set_keeps_the_way_to_what_has_come(
    tmp_path: Path, environment: Callable[..., dict[str, str]]
) -> None:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", "generate", "[[fault:S17]] a cat", "-n", "3", "-o", "out.jpg"),
        cwd=tmp_path,
        env=environment("ark"),
        stderr=asyncio.subprocess.PIPE,
    )
    assert process.stderr is not None
    async with asyncio.timeout(30):
        await process.stderr.readuntil(b"picture 1 of 3 is there")
        process.send_signal(signal.SIGINT)
        _, err = await process.communicate()
    assert process.returncode == 1
    assert "picture 1 had come already: see out-1.jpg.link.txt" in err.decode()
    assert "X-Tos-Signature" in (tmp_path / "out-1.jpg.link.txt").read_text()
    assert "Traceback" not in err.decode()


async def test_on_a_screen_one_line_lives_and_is_wiped_at_the_end(
    tmp_path: Path, environment: Callable[..., dict[str, str]]
) -> None:
    ours, theirs = pty.openpty()
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", "generate", "[[slow:0.4]] a cat", "-o", "out.jpg"),
        cwd=tmp_path,
        env=environment("ark"),
        stdout=asyncio.subprocess.DEVNULL,
        stderr=theirs,
    )
    os.close(theirs)
    assert await asyncio.wait_for(process.wait(), 40) == 0
    screen = b""
    try:
        while piece := os.read(ours, 65536):
            screen += piece
    except OSError:
        pass  # the other side of a screen is gone when its program ends
    os.close(ours)
    text = screen.decode()
    assert "⠙ drawing with doubao-seedream-4-5-251128 at ark · 0 s" in text
    assert text.rstrip().splitlines()[-1].split("\x1b[2K")[-1].startswith("1 picture · ")


async def test_models_are_listed_with_what_they_can_do(
    tmp_path: Path, environment: Callable[..., dict[str, str]]
) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "catalogue.toml").write_text(
        '[models."seedream-6.0"]\nlike = "seedream-4.5"\ntitle = "Seedream 6.0"\nids = { ark = ["six"] }\n'
    )
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", "models"),
        cwd=tmp_path,
        env=environment("ark", "byteplus"),
        stdout=asyncio.subprocess.PIPE,
    )
    out, _ = await process.communicate()
    lines = {line.split()[0]: line for line in out.decode().splitlines()}
    assert {"seedream-5.5", "seedream-4.5", "seededit-3.0-i2i", "seedream-6.0"} <= set(lines)
    assert "byteplus 0.02-0.035 USD" in lines["seedream-5.5"]
    assert "sets, streamed" in lines["seedream-4.5"]
    assert "acedata" not in out.decode()


async def test_a_broken_catalogue_of_the_operator_is_told_in_one_line(type_: Type, tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "catalogue.toml").write_text('[models."seedream-4.5"]\nreferences = "many"\n')
    said = await type_("a cat")
    assert said.code == 2
    assert "catalogue.toml" in said.err
    assert "references" in said.err
    assert "Traceback" not in said.err


async def test_warnings_are_told_beside_errors_of_the_settings(type_: Type, tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("COMETAPI_KY=abcdefgh\nHTTP_PORT=99999\n")
    said = await type_("a cat")
    assert said.code == 2
    assert "COMETAPI_KY" in said.err
    assert "COMETAPI_KEY" in said.err, "the name that was probably meant"
    assert "HTTP_PORT" in said.err
    assert "abcdefgh" not in said.err
