"""Pictures on their way in: what every sort of file becomes, what is said about it, and how they are numbered."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from bot.images.errors import Reason
from bot.images.fetch import Fetcher
from bot.images.guard import Guard
from bot.images.press import Press
from bot.seedream.catalogue import Catalogue
from bot.seedream.content import InMemory, OnDisk
from bot.seedream.models import ImageRequest
from bot.studio.shelf import Shelf
from bot.ui import references, remarks
from bot.ui.references import MOST_BYTES, UNKNOWN, Gathered, Gatherer
from bot.ui.sources import Source, Whence
from bot.words import Words
from sandbox.pictures import SENT, encoded, jpeg, png, scene, webp
from tests.images.raw_server import Part, RawServer, redirect, reply, running

CATALOGUE = Catalogue.load()
ENGLISH = Words()
MODEL = "seedream-4.5"
CAP = 1024 * 1024


@dataclass
class Table:
    """A pretend CDN, a press, and a gatherer between them."""

    server: RawServer
    press: Press
    fetcher: Fetcher
    home: Path
    answers: dict[str, list[Part]] = field(default_factory=dict)
    patience: float = 30.0

    def put(self, name: str, data: bytes | list[Part], path: str | None = None, **more: Any) -> Source:
        """A file on the CDN, as somebody's attachment."""
        path = path or f"/attachments/1/{len(self.answers) + 1}/{len(self.answers)}"
        self.answers[path] = [reply(data)] if isinstance(data, bytes) else data
        return Source(Whence.OWN, name, self.server.url(path), **{"whose": 7, **more})

    @property
    def gatherer(self) -> Gatherer:
        return Gatherer(
            self.fetcher,
            self.press,
            Shelf.within(self.home),
            CATALOGUE,
            hosts=("cdn.discordapp.com", self.server.place),
            spool=self.home / "spool",
            patience=self.patience,
        )

    async def gather(self, *sources: Source, model: str = MODEL) -> Gathered:
        """What comes of them; their files are gone after this."""
        async with self.gatherer.gather(sources, model) as gathered:
            for reference in gathered.references:
                assert isinstance(reference.content, OnDisk)
                with Image.open(reference.content.path) as picture:
                    picture.load()
                    assert (picture.width, picture.height) == (reference.width, reference.height)
                    assert Image.MIME[picture.format or ""] == reference.media_type
        return gathered

    async def said(self, source: Source, model: str = MODEL) -> str:
        """What is said of a picture that cannot be used."""
        gathered = await self.gather(source, model=model)
        assert gathered.references == ()
        [problem] = gathered.problems
        return remarks.problem(ENGLISH, problem)


@pytest.fixture
async def table(tmp_path: Path) -> AsyncIterator[Table]:
    answers: dict[str, list[Part]] = {}
    async with contextlib.AsyncExitStack() as stack:
        server = await stack.enter_async_context(running(lambda path: answers[path.partition("?")[0]]))
        guard = Guard([server.place])
        fetcher = Fetcher(guard, hosts=["cdn.discordapp.com", "127.0.0.1"], cap=CAP, total=5, idle=2)
        press = await stack.enter_async_context(Press(tmp_path / "spool"))
        table = Table(server, press, await stack.enter_async_context(fetcher), tmp_path, answers)
        yield table
        left = [path for path in (tmp_path / "spool").glob("*") if not path.is_dir()]
        assert left == [], "every file goes with its context"


USABLE = (
    *("good.png", "nearly.png", "text-bomb.png", "text-bombs.png", "profile-bomb.png", "moving.gif", "moving.png"),
    *("cmyk.jpg", "grey16.png", "turned.jpg", "archive.png", "good.webp", "good.avif", "good.tiff", "good.bmp"),
)
REFUSED: Mapping[str, str] = {
    "empty.png": "is an empty file · attach the picture again",
    "page.png": "is not a picture · attach a PNG, JPEG or WebP",
    "error.png": "is not a picture · attach a PNG, JPEG or WebP",
    "drawing.svg": "is not a picture · attach a PNG, JPEG or WebP",
    "half.jpg": "is incomplete · save it again and attach that",
    "half.png": "is incomplete · save it again and attach that",
    "large.png": "has too many pixels · make it smaller than 100 megapixels and attach that",
    "bomb.png": "has too many pixels · make it smaller than 100 megapixels and attach that",
    "claim.png": "has too many pixels · make it smaller than 100 megapixels and attach that",
    "nothing.png": "is too small · use one of at least 15 pixels on each side",
    "icon.ico": "is in a format that cannot be used · save it as PNG, JPEG or WebP and attach that",
    "good.eps": "is not a picture · attach a PNG, JPEG or WebP",
    "good.jp2": "is in a format that cannot be used · save it as PNG, JPEG or WebP and attach that",
    "thread.png": "is too small · use one of at least 15 pixels on each side",
}


async def test_each_of_the_twenty_nine_files_is_used_or_refused_in_words(table: Table) -> None:
    assert {*USABLE, *REFUSED} == set(SENT)
    for name in SENT:
        data = SENT[name]()
        source = table.put(name, data, size=len(data))
        if name in REFUSED:
            assert await table.said(source) == f"`{name}` {REFUSED[name]}"
        else:
            gathered = await table.gather(source)
            assert (gathered.shown, gathered.problems) == ((source,), ()), name


def test_there_is_a_sentence_for_whatever_may_be_wrong_with_a_picture() -> None:
    keys = {"gone", "consent", "foreign", "slow", "unreachable", "disk", "too_few_pixels"}
    assert keys | {reason.name.lower() for reason in Reason} == remarks.PICTURES.keys()


async def test_odd_names_and_types_do_not_matter(table: Table) -> None:
    names = ["page.html", "noextension", "../../etc/passwd", "x" * 255, "a b gnp.exe"]
    sources = [
        table.put(name, encoded(scene(seed=seed), "PNG"), media_type="text/html") for seed, name in enumerate(names)
    ]
    gathered = await table.gather(*sources)
    assert gathered.shown == tuple(sources)
    assert gathered.problems == ()


@pytest.mark.parametrize(
    ("data", "media_type"),
    [
        (b"%PDF-1.7\n" + bytes(2000), "application/pdf"),
        (b"\0\0\0\x18ftypmp42" + bytes(2000), "video/mp4"),
        (b"\0\0\0\x18ftypmp42" + bytes(2000), "image/png"),
        (bytes(3000), "image/png"),
        (b"", ""),
    ],
)
async def test_what_is_no_picture_is_called_so(table: Table, data: bytes, media_type: str) -> None:
    said = await table.said(table.put("thing", data, media_type=media_type))
    assert said == "`thing` is not a picture · attach a PNG, JPEG or WebP"


async def test_a_broken_heic_is_refused_with_a_way_out(table: Table) -> None:
    data = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(2000)
    said = await table.said(table.put("photo.heic", data, media_type="image/heic"))
    assert said == "`photo.heic` is damaged · save it again as PNG or JPEG and attach that"


async def test_a_file_over_the_limit_is_refused_unread_or_as_soon_as_it_is_known(table: Table) -> None:
    told = table.put("told.png", png(), size=MOST_BYTES + 1)
    assert (
        await table.said(told) == "`told.png` is a file of more than 20 MB · save it smaller, as JPEG, and attach that"
    )
    assert table.server.requests == []
    assert (await table.gather(replace(told, size=MOST_BYTES))).problems == ()
    untold = table.put("untold.png", png() + bytes(CAP + 1 - len(png())))
    assert "is a file of more than 1 MB" in await table.said(untold)
    assert (await table.gather(table.put("just.png", png() + bytes(CAP - len(png()))))).problems == ()


@pytest.mark.parametrize("status", ["404 Not Found", "410 Gone", "403 Forbidden", "401 Unauthorized"])
async def test_a_deleted_file_and_an_expired_link_are_gone(table: Table, status: str) -> None:
    source = table.put("old.png", [reply(b"This content is no longer available.", status=status)])
    said = "`old.png` is not there any more, or its link has expired · attach it again"
    assert await table.said(source) == said


@pytest.mark.parametrize(
    "url",
    [
        "https://cdn.discordapp.com.evil.example/attachments/1/2/x.png",
        "https://cdn.discordapp.com@127.0.0.1/x.png",
        "http://127.0.0.1/x.png",
        "http://169.254.169.254/latest/meta-data.png",
        "file:///etc/passwd",
    ],
)
async def test_other_places_are_never_asked(table: Table, url: str) -> None:
    said = await table.said(Source(Whence.LINK, "x.png", url))
    assert said == "`x.png` is on another site, where the bot does not go · save it and attach it"
    assert table.server.requests == []


async def test_a_redirect_is_not_followed_to_another_place(table: Table) -> None:
    aside = table.put("aside.png", redirect("https://evil.example/x.png"))
    assert "is on another site" in await table.said(aside)
    inward = table.put("inward.png", redirect(f"http://127.0.0.1:{table.server.port + 1}/x.png"))
    assert "is on another site" in await table.said(inward)


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        ([reply(png(), length=10_000), None], "could not be loaded just now"),
        (["reset"], "could not be loaded just now"),
        ([reply(b"", status="503 Service Unavailable")], "could not be loaded just now"),
        ([reply(png(), "Content-Encoding: gzip")], "could not be loaded just now"),
        ([b"nonsense\r\n\r\n", None], "could not be loaded just now"),
    ],
    ids=["cut", "reset", "busy", "compressed", "nonsense"],
)
async def test_a_bad_moment_is_told_as_one(table: Table, answer: list[Part], why: str) -> None:
    assert f"`x.png` {why} · try again in a minute" == await table.said(table.put("x.png", answer))


async def test_what_hangs_is_given_up_and_the_others_are_used(table: Table) -> None:
    table.patience = 1.0
    gathered = await table.gather(table.put("hangs.png", ["hang"]), table.put("good.png", png()))
    assert [source.name for source in gathered.shown] == ["good.png"]
    [problem] = gathered.problems
    assert remarks.problem(ENGLISH, problem) == "`hangs.png` took too long to load · try again, or attach it once more"


async def test_only_so_many_are_loaded_at_once(table: Table, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(references, "AT_ONCE", 2)
    table.patience = 0.5
    gathered = await table.gather(*[table.put("hangs.png", ["hang"]) for _ in range(5)])
    assert [problem.why for problem in gathered.problems] == ["slow"] * 5
    assert len(table.server.requests) == 2


async def test_an_ephemeral_attachment_is_loaded_with_its_whole_link(table: Table) -> None:
    path = "/ephemeral-attachments/1/2/photo.png"
    source = table.put("photo.png", png(), path)
    signed = replace(source, url=f"{source.url}?ex=6f&is=5e&hm=0a%2Fb&")
    assert (await table.gather(signed)).shown == (signed,)
    assert table.server.targets == [f"{path}?ex=6f&is=5e&hm=0a%2Fb&"]


async def test_pictures_are_numbered_and_said_whose_they_are(table: Table) -> None:
    mine = table.put("mine.png", png())
    bobs = replace(table.put("bob", jpeg()), whence=Whence.AVATAR, whose=8, spelled=("<@8>",))
    broken = table.put("broken.png", b"<html>")
    link = replace(table.put("linked.webp", webp()), whence=Whence.LINK, whose=None, spelled=("https://c/1",))
    gathered = await table.gather(mine, broken, bobs, link)
    assert list(remarks.shown(ENGLISH, gathered)) == [
        "Image 1: `mine.png` (<@7>)",
        "Image 2: the avatar of `bob`",
        "Image 3: `linked.webp`",
    ]
    assert gathered.spell("<@8> rides https://c/1, <@8>!") == "Image 2 rides Image 3, Image 2!"
    assert gathered.spell("https://c/1. https://c/12 (https://c/1)") == "Image 3. https://c/12 (Image 3)"
    assert Gathered().spell("https://c/1") == "https://c/1"
    assert remarks.left_out(ENGLISH, gathered) is None
    assert [reference.media_type for reference in gathered.references] == ["image/png", "image/jpeg", "image/webp"]


async def test_the_same_picture_twice_is_one_image_and_a_link_to_it_means_it(table: Table) -> None:
    first, other = table.put("a.png", png()), table.put("b.png", jpeg())
    again = replace(table.put("c.png", png()), spelled=("https://c/again", "https://c/2"))
    gathered = await table.gather(first, other, again)
    assert gathered.shown == (first, other)
    assert gathered.spell("https://c/again at night, https://c/2") == "Image 1 at night, Image 1"


@pytest.mark.parametrize(("count", "used"), [(0, 0), (1, 1), (5, 5), (20, 14)])
async def test_so_many_pictures_as_the_model_takes_are_used(table: Table, count: int, used: int) -> None:
    sources = [table.put(f"{seed}.png", encoded(scene(64, 64, seed=seed), "PNG")) for seed in range(count)]
    gathered = await table.gather(*sources)
    assert gathered.shown == tuple(sources[:used])
    assert (gathered.left_out, gathered.most) == (count - used, 14)
    assert len(table.server.requests) == used
    if count > used:
        assert remarks.left_out(ENGLISH, gathered) == "6 more pictures are not used: this model takes at most 14"


async def test_bad_pictures_and_copies_take_no_place(table: Table) -> None:
    bad = [table.put("bad.png", b"<html>") for _ in range(3)]
    good = [table.put(f"{seed}.png", encoded(scene(64, 64, seed=seed), "PNG")) for seed in range(14)]
    copies = [table.put("copy.png", encoded(scene(64, 64, seed=0), "PNG")) for _ in range(2)]
    gathered = await table.gather(*bad, good[0], *copies, *good[1:])
    assert gathered.shown == tuple(good)
    assert len(gathered.problems) == 3
    assert gathered.left_out == 0


@pytest.mark.parametrize(("model", "most"), [("seedream-3.0-t2i", 0), ("seedream-5.5", 10), ("ep-123", UNKNOWN)])
async def test_each_model_has_its_own_most(table: Table, model: str, most: int) -> None:
    gathered = await table.gather(*[table.put("x.png", b"<html>") for _ in range(3)], model=model)
    assert gathered.most == most
    assert len(gathered.problems) == (3 if most else 0)
    if not most:
        assert "takes no pictures" in (remarks.left_out(ENGLISH, gathered) or "")


async def test_a_model_that_takes_less_gets_what_it_takes(table: Table) -> None:
    gathered = await table.gather(table.put("x.webp", webp()), model="seededit-3.0-i2i")
    assert [reference.media_type for reference in gathered.references] == ["image/jpeg"]
    assert CATALOGUE.check(ImageRequest("seededit-3.0-i2i", "make it night", gathered.references)) == []
    long = table.put("long.png", encoded(scene(500, 100), "PNG"))
    said = await table.said(long, "seededit-3.0-i2i")
    assert said == "`long.png` is too long and thin · cut it, so that no side is more than 3 times the other"
    assert (await table.gather(long)).problems == ()


async def test_a_pinned_picture_comes_from_the_shelf_and_stays_there(table: Table) -> None:
    shelf = Shelf.within(table.home)
    name = await shelf.keep(InMemory(png()))
    pinned = Source(Whence.PINNED, "pinned.png", shelf=name, whose=7)
    gathered = await table.gather(pinned, table.put("same.png", png()), replace(pinned, name="gone", shelf="0" * 64))
    assert gathered.shown == (pinned,)
    assert [remarks.problem(ENGLISH, problem) for problem in gathered.problems] == [
        "`gone` is not there any more, or its link has expired · attach it again"
    ]
    assert shelf.place(name).read_bytes() == png()


async def test_a_full_disk_is_not_held_against_the_picture(table: Table) -> None:
    (table.home / "file").write_bytes(b"")
    source = table.put("x.png", png())
    gatherer = Gatherer(
        table.fetcher,
        table.press,
        Shelf.within(table.home),
        CATALOGUE,
        hosts=[table.server.place],
        spool=table.home / "file",
    )
    async with gatherer.gather([source], MODEL) as gathered:
        [problem] = gathered.problems
    assert remarks.problem(ENGLISH, problem) == "`x.png` could not be kept by the bot just now · try again later"


async def test_files_last_as_long_as_the_context_even_if_it_breaks(table: Table) -> None:
    source = table.put("x.gif", SENT["moving.gif"]())
    paths: list[Path] = []

    async def break_off() -> None:
        async with table.gatherer.gather([source], MODEL) as gathered:
            content = gathered.references[0].content
            assert isinstance(content, OnDisk)
            assert content.path.exists()
            paths.append(content.path)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await break_off()
    assert [path.exists() for path in paths] == [False]


async def test_who_walks_away_leaves_nothing_behind(table: Table) -> None:
    asked = asyncio.Event()

    def answer(path: str) -> list[Part]:
        asked.set()
        return [reply(png(), length=10_000), "hang"]

    table.server.answers = answer
    task = asyncio.create_task(table.gather(table.put("x.png", b"")))
    await asked.wait()
    task.cancel()
    await asyncio.wait({task})
    assert task.cancelled()


def test_what_stays_hidden_is_said_with_the_way_to_it() -> None:
    assert "**Edit image**" in remarks.hidden(ENGLISH)
