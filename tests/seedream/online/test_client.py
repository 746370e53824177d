"""The client against all five gateways: what it sends, what it tells, where it goes next, what it never repeats."""

import asyncio
from contextlib import aclosing
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from bot.seedream.content import InMemory
from bot.seedream.errors import (
    BadKey,
    BadReference,
    Charged,
    InvalidRequest,
    ModelUnavailable,
    OutOfCredit,
    RateLimited,
    Refused,
    SeedreamError,
    TimedOut,
    Unavailable,
    Unreachable,
)
from bot.seedream.gate import Limits
from bot.seedream.models import (
    Accepted,
    Finished,
    ImageRequest,
    PictureFailed,
    PictureReady,
    Reference,
    Started,
    Waiting,
)
from bot.seedream.retry import Backoff, Policy
from tests.seedream.online.studio import Ask, Read, Studio

GATEWAYS = ["cometapi", "ark", "byteplus", "acedata", "gateway"]
CAT = ImageRequest("seedream-4.5", "a cat in the rain", size="2K")


def photo(colour: str = "red") -> Reference:
    out = BytesIO()
    Image.new("RGB", (320, 200), colour).save(out, "PNG")
    return Reference(InMemory(out.getvalue()), media_type="image/png", width=320, height=200)


def sent(studio: Studio, which: int = -1) -> dict[str, object]:
    body = studio.pretend.calls[which].body
    assert isinstance(body, dict)
    return body


def sizes(data: bytes) -> tuple[int, int]:
    with Image.open(BytesIO(data)) as picture:
        return picture.size


@pytest.mark.parametrize("name", GATEWAYS)
async def test_text_to_image_at_every_gateway(name: str, studio: Studio, ask: Ask, bytes_of: Read) -> None:
    client = await studio.client(name)
    told = await ask(client, CAT)
    assert told.error is None
    assert isinstance(told.events[0], Started)
    assert isinstance(told.events[-1], Finished)
    (picture,) = told.pictures
    assert sizes(await bytes_of(client, picture)) == (256, 256)
    assert studio.pretend.billed == 1
    assert studio.pretend.ledger.violations == []


@pytest.mark.parametrize("name", GATEWAYS)
async def test_fourteen_references_arrive_as_pictures(name: str, studio: Studio, ask: Ask) -> None:
    client = await studio.client(name)
    told = await ask(client, replace(CAT, references=(photo(),) * 14))
    assert told.error is None
    assert len(told.pictures) == 1


@pytest.mark.parametrize("name", GATEWAYS)
async def test_a_set_brings_every_picture_with_its_number(name: str, studio: Studio, ask: Ask, bytes_of: Read) -> None:
    client = await studio.client(name)
    told = await ask(client, replace(CAT, max_images=4, references=(photo(),)))
    assert told.error is None
    assert [picture.index for picture in told.pictures] == [0, 1, 2, 3]
    assert len({await bytes_of(client, picture) for picture in told.pictures}) == 4
    assert studio.pretend.billed == 4


@pytest.mark.parametrize("name", GATEWAYS)
@pytest.mark.parametrize("images", [None, 3])
async def test_pictures_inside_the_answer_lie_on_disk(
    name: str, images: int | None, studio: Studio, ask: Ask, bytes_of: Read
) -> None:
    client = await studio.client(name)
    told = await ask(client, replace(CAT, response_format="b64_json", max_images=images))
    assert told.error is None
    assert len(told.pictures) == (images or 1)
    for picture in told.pictures:
        assert picture.b64 is None
        assert sizes(await bytes_of(client, picture)) == (256, 256)


async def test_streamed_pictures_come_before_the_set_is_complete(studio: Studio) -> None:
    client = await studio.client("ark")
    async with aclosing(client.generate(replace(CAT, max_images=3))) as events:
        seen = [event async for event in events]
    assert sent(studio)["stream"] is True
    assert [type(event) for event in seen] == [Started, PictureReady, PictureReady, PictureReady, Finished]
    assert isinstance(seen[-1], Finished)
    assert seen[-1].usage.generated_images == 3


@pytest.mark.parametrize(
    ("name", "request_"),
    [
        ("byteplus", ImageRequest("5.5", "a mug", size="1K", background="transparent", output_format="png")),
        ("ark", ImageRequest("5.0 pro", "a poster", size="1K", optimize_prompt="fast", output_format="jpeg")),
        ("ark", ImageRequest("5.0 lite", "the weather in Paris", web_search=True, output_format="png")),
        ("byteplus", ImageRequest("seedream-5.0-flash", "a mug", ratio="16:9")),
        ("ark", ImageRequest("seedream-3.0-t2i", "a mug", size="1024x1024", seed=7, guidance_scale=3.5)),
        ("ark", ImageRequest("seededit-3.0-i2i", "at night", references=(photo(),), seed=7)),
        ("ark", ImageRequest("ep-20260101000000-abcde", "a mug", size="2K")),
        ("ark", ImageRequest("5.0 pro", "", references=(photo(),), layers=True, output_format="png")),
        ("byteplus", ImageRequest("seedream-4.0", "a mug", ratio="21:9", size="4K", watermark=True)),
    ],
)
async def test_what_each_model_can_do_passes_the_strict_server(
    name: str, request_: ImageRequest, studio: Studio, ask: Ask
) -> None:
    if request_.layers:
        request_ = replace(request_, references=(big_photo(),))
    told = await ask(await studio.client(name), request_)
    assert told.error is None
    assert told.pictures


def big_photo() -> Reference:
    out = BytesIO()
    Image.new("RGB", (1024, 768), "green").save(out, "PNG")
    return Reference(InMemory(out.getvalue()), media_type="image/png", width=1024, height=768)


async def test_nothing_is_sent_for_a_request_that_breaks_the_rules(studio: Studio, ask: Ask) -> None:
    told = await ask(await studio.client("ark"), replace(CAT, size="1K", max_images=99, seed=3))
    assert isinstance(told.error, InvalidRequest)
    assert {problem.field for problem in told.error.problems} >= {"size", "max_images", "seed"}
    assert studio.pretend.calls == []


async def test_a_model_that_nobody_offers_is_said_so(studio: Studio, ask: Ask) -> None:
    told = await ask(await studio.client("acedata"), ImageRequest("seedream-5.5", "a cat"))
    assert isinstance(told.error, InvalidRequest)
    assert "not offered by acedata" in str(told.error)


async def test_without_a_provider_the_fix_is_told(studio: Studio, ask: Ask) -> None:
    told = await ask(await studio.client(), CAT)
    assert isinstance(told.error, Unavailable)
    assert "COMETAPI_KEY" in str(told.error)


async def test_the_route_passes_over_providers_that_cannot_do_it(studio: Studio, ask: Ask) -> None:
    client = await studio.client("cometapi", "acedata", "byteplus")
    told = await ask(client, ImageRequest("seedream-5.5", "a mug", size="1K", background="transparent"))
    assert told.error is None
    assert [call.provider for call in studio.pretend.calls] == ["byteplus"]


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ("code:AuthenticationError", BadKey),
        ("code:AccountOverdueError", OutOfCredit),
        ("code:QuotaExceeded", OutOfCredit),
        ("code:ModelNotOpen", ModelUnavailable),
        ("code:InvalidEndpoint.ClosedEndpoint", ModelUnavailable),
        ("P53", RateLimited),
    ],
)
async def test_the_next_provider_is_asked_when_the_first_surely_drew_nothing(
    fault: str, error: type[SeedreamError], studio: Studio, ask: Ask
) -> None:
    client = await studio.client("ark", "byteplus")
    studio.pretend.fail(fault, times=20, provider="ark")
    told = await ask(client, CAT)
    assert told.error is None
    assert [call.provider for call in studio.pretend.calls][-1] == "byteplus"
    passing = [event for event in told.events if isinstance(event, Waiting) and event.provider == "byteplus"]
    assert [type(event.error) for event in passing] == [error]
    assert studio.pretend.billed == 1


@pytest.mark.parametrize("fault", ["P9", "P8", "P16", "P31", "P54", "P55", "code:InputTextSensitiveContentDetected"])
async def test_the_next_provider_is_not_asked_when_the_first_may_have_drawn_or_refused(
    fault: str, studio: Studio, ask: Ask
) -> None:
    client = await studio.client("ark", "byteplus")
    studio.pretend.fail(fault, times=20, provider="ark")
    told = await ask(client, CAT)
    assert told.error is not None
    assert {call.provider for call in studio.pretend.calls} == {"ark"}
    assert len(studio.pretend.calls) == 1


async def test_a_provider_that_cannot_be_reached_is_tried_three_times_then_passed_over(
    studio: Studio, ask: Ask
) -> None:
    client = await studio.client("ark", "byteplus", faults=["P2"])
    told = await ask(client, CAT)
    assert told.error is None
    assert told.kinds() == [*["Started", "Waiting"] * 3, "Started", "PictureReady", "Finished"]
    waits = [event.seconds for event in told.events if isinstance(event, Waiting)]
    assert waits == [0.5, 1.0, 0.0]
    assert all(isinstance(event.error, Unreachable) for event in told.events if isinstance(event, Waiting))


async def test_a_rate_limit_is_waited_out_and_the_job_goes_on(studio: Studio, ask: Ask) -> None:
    client = await studio.client("ark")
    studio.pretend.fail("R1:7", times=2)
    told = await ask(client, CAT)
    assert told.error is None
    assert [event.seconds for event in told.events if isinstance(event, Waiting)] == [7.0, 7.0]
    assert studio.pretend.billed == 1


async def test_concurrency_over_the_account_s_level_waits_for_a_call_of_ours_to_end(studio: Studio, ask: Ask) -> None:
    client = await studio.client("ark")
    studio.pretend.fail("code:InflightBatchsizeExceeded", times=1)
    told = await ask(client, CAT)
    assert told.error is None
    assert studio.pretend.billed == 1


async def test_a_linked_reference_that_the_provider_cannot_load_is_sent_as_bytes_once(studio: Studio, ask: Ask) -> None:
    client = await studio.client("ark", "acedata")
    made = (await ask(await studio.client("acedata"), CAT)).pictures[0]  # a link without a signature
    link = str(made.url).replace("127.0.0.1", "localhost")  # which the pretend server does not follow
    told = await ask(client, replace(CAT, references=(Reference(url=link),)))
    assert told.error is None
    assert sent(studio, -2)["image"] == link
    assert str(sent(studio)["image"]).startswith("data:image/jpeg")
    studio.pretend.ledger.calls.clear()
    gone = await ask(client, replace(CAT, references=(Reference(url=f"{link}x"),)))
    assert isinstance(gone.error, BadReference)
    assert "image 1" in str(gone.error)
    assert [call.provider for call in studio.pretend.calls] == ["ark"]


async def test_possibly_billed_calls_are_repeated_only_if_the_owner_allows_it(studio: Studio, ask: Ask) -> None:
    client = await studio.client("ark", policy=Policy(ambiguous=Backoff(1, 2, 2)))
    studio.pretend.fail("P54", times=1)
    told = await ask(client, CAT)
    assert told.error is None
    (waiting,) = (event for event in told.events if isinstance(event, Waiting))
    assert waiting.error is not None
    assert waiting.error.charged is Charged.UNKNOWN, "whoever keeps the ledger can book it"


async def test_the_breaker_turns_jobs_away_before_they_are_sent(studio: Studio, ask: Ask) -> None:
    client = await studio.client("ark", key="sk-wrong-key")
    for _ in range(5):
        assert isinstance((await ask(client, CAT)).error, BadKey)
    told = await ask(client, CAT)
    assert isinstance(told.error, Unavailable)
    assert told.events == []
    assert len(studio.pretend.calls) == 5


async def test_started_is_told_before_the_paid_call_leaves(studio: Studio) -> None:
    client = await studio.client("ark")
    async with aclosing(client.generate(CAT)) as events:
        assert isinstance(await anext(events), Started)
        await asyncio.sleep(0.05)
        assert studio.pretend.calls == []
        assert isinstance(await anext(events), PictureReady)
    assert len(studio.pretend.calls) == 1


async def test_pacing_holds_back_and_says_so(studio: Studio, ask: Ask) -> None:
    client = await studio.client("ark", limits=Limits(images_per_minute=2))
    for _ in range(2):
        await ask(client, CAT)
    told = await ask(client, CAT)
    assert told.kinds()[:2] == ["Waiting", "Started"]


@pytest.mark.parametrize("shape", ["record", "flat", "status"])
async def test_a_task_is_asked_for_until_it_ends_whatever_its_record_looks_like(
    shape: str, studio: Studio, ask: Ask
) -> None:
    studio.pretend.task_shape = shape
    told = await ask(await studio.client("acedata"), replace(CAT, prompt="a cat [[slow:20]]"))
    assert told.error is None
    assert told.kinds() == ["Started", "Accepted", "PictureReady", "Finished"]


async def test_a_task_goes_on_in_another_client_without_being_paid_again(studio: Studio) -> None:
    first = await studio.client("acedata")
    async with aclosing(first.generate(CAT)) as events:
        async for event in events:
            if isinstance(event, Accepted):
                break
    second = await studio.client("acedata")
    async with aclosing(second.resume("acedata", event.task, CAT)) as events:  # type: ignore[union-attr]  # found above
        seen = [type(event) async for event in events]
    assert seen == [PictureReady, Finished]
    assert studio.pretend.billed == 1


async def test_only_providers_with_tasks_can_be_asked_again(studio: Studio) -> None:
    client = await studio.client("ark")
    for name in ("ark", "acedata"):
        with pytest.raises(Unavailable):
            await anext(client.resume(name, "task-1", CAT))


@pytest.mark.parametrize("fault", ["P54", "P53", "P8", "P31", "P49"])
async def test_trouble_while_asking_for_a_task_is_not_the_task_s_trouble(fault: str, studio: Studio, ask: Ask) -> None:
    client = await studio.client("acedata")
    studio.pretend.fail(fault, times=3, path="/seedream/tasks")
    told = await ask(client, CAT)
    assert told.error is None
    assert studio.pretend.billed == 1


async def test_a_task_that_never_ends_is_in_doubt_after_ten_minutes(studio: Studio, ask: Ask) -> None:
    told = await ask(await studio.client("acedata"), replace(CAT, prompt="[[slow:100000]] a cat"))
    assert isinstance(told.error, TimedOut)
    assert told.error.charged is Charged.UNKNOWN
    assert told.error.request_id, "the task can still be asked for"


async def test_the_connection_can_be_held_instead_of_opening_a_task(studio: Studio, ask: Ask) -> None:
    told = await ask(await studio.client("acedata", wait=True), CAT)
    assert told.error is None
    assert told.kinds() == ["Started", "PictureReady", "Finished"]


async def test_a_refused_picture_of_a_set_does_not_end_the_others(studio: Studio, ask: Ask) -> None:
    client = await studio.client("ark")
    studio.pretend.fail("P38")
    told = await ask(client, replace(CAT, max_images=3, stream=False))
    assert told.error is None
    failed = [event for event in told.events if isinstance(event, PictureFailed)]
    assert failed
    assert all(isinstance(event.error, Refused) for event in failed)
    assert len(told.pictures) + len(failed) == 3


async def test_going_away_frees_the_place_for_the_next(studio: Studio, ask: Ask) -> None:
    client = await studio.client("ark", limits=Limits(calls_at_once=1))
    async with aclosing(client.generate(CAT)) as events:
        await anext(events)
    assert (await ask(client, CAT)).error is None


async def test_saving_writes_the_picture(studio: Studio, ask: Ask, tmp_path: Path) -> None:
    client = await studio.client("cometapi")
    (picture,) = (await ask(client, CAT)).pictures
    file = await client.save(picture, tmp_path / "cat.jpg")
    assert sizes(file.read_bytes()) == (256, 256)
