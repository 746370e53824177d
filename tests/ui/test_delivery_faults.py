"""Whatever breaks between the courier and Discord: nothing is posted twice, no picture is forgotten, no secret told."""

import asyncio
import logging
import traceback
from collections.abc import AsyncGenerator
from contextlib import suppress
from dataclasses import replace

import pytest

from bot.redact import Redactor
from bot.seedream.errors import BadReference, Charged, DownloadError, Expired, Retry
from bot.studio.courier import CourierError, Stage
from bot.studio.job import Ending, Job, State
from bot.ui.rest import NoDiscord, logged_in
from tests.ui.conftest import CHANNEL, LINK, NOW, SECRET, Desk, Piece
from tests.ui.discord_rest import TOKEN, Channel, Refusal, pretend_discord

FAULTS = {  # and after how many seconds the courier wants to be asked again
    "cut in the middle": 1.0,
    "cut before the answer": 1.0,
    "half an answer": 1.0,
    "empty": 5.0,
    "riddle": 5.0,
    "cloudflare": 17.0,
}
ON_ITS_WAY = ["the interaction", "our message", "the channel"]


class Slow(Piece):
    """Its pieces take a while each, but they come."""

    stops = False

    async def chunks(self) -> AsyncGenerator[bytes, None]:
        async for chunk in super().chunks():
            await asyncio.sleep(30 if self.stops else 0.1)
            yield chunk


def job(desk: Desk, way: str) -> Job:
    """A job whose answer goes this way."""
    if way == "the interaction":
        desk.discord.defer(SECRET, CHANNEL)
        return desk.job()
    return desk.job(token=None, answer=desk.discord.said(CHANNEL, ours=True) if way == "our message" else None)


@pytest.mark.parametrize("way", ON_ITS_WAY)
@pytest.mark.parametrize("fault", FAULTS)
async def test_after_a_fault_the_same_again_brings_every_picture_once(desk: Desk, way: str, fault: str) -> None:
    order = job(desk, way)
    pictures = desk.shop.put(300_000, 300_000)
    desk.discord.faults = [fault]
    with pytest.raises(CourierError) as raised:
        await desk.courier.deliver(order, pictures, None)
    assert raised.value.retry_after == FAULTS[fault]
    delivery = await desk.courier.deliver(order, pictures, None)
    assert delivery.delivered == (0, 1)
    [message] = [message for message in desk.discord.messages.values() if message.files]
    assert [file.data for file in message.files] == [desk.shop.data(0), desk.shop.data(1)]


@pytest.mark.parametrize("way", ON_ITS_WAY)
@pytest.mark.parametrize("fault", ["500", "502", "503", "page", "silence"])
async def test_a_server_that_stays_broken_is_not_waited_for_for_ever(desk: Desk, way: str, fault: str) -> None:
    order = job(desk, way)
    desk.discord.faults = [fault]
    with pytest.raises(CourierError) as raised:
        await desk.waiting(0.2).deliver(order, desk.shop.put(1000), None)
    assert raised.value.retry_after == 5.0


@pytest.mark.parametrize("fault", ["503", "silence", "429", "cut in the middle", "cut before the answer", "riddle"])
async def test_where_the_interactions_way_leads_nowhere_its_message_is_edited_by_the_bot(
    desk: Desk, fault: str
) -> None:
    answer = desk.discord.defer(SECRET, CHANNEL)
    desk.discord.faults = [fault]
    delivery = await desk.waiting(0.3).deliver(desk.job(answer=answer), desk.shop.put(1000), None)
    assert (delivery.messages, delivery.way) == ((answer,), "answer")
    assert desk.messages == [(CHANNEL, ["seedream-41-1.png"])]


async def test_what_may_have_been_edited_is_not_posted_anew(desk: Desk) -> None:
    """The message by its id is barred, so nobody knows whether the edit before has arrived: later tells."""
    desk.discord.defer(SECRET, CHANNEL)
    desk.discord.faults = ["cut before the answer"]
    with pytest.raises(CourierError):
        await desk.courier.deliver(desk.job(answer=5), desk.shop.put(1000), None)
    assert [len(names) for _, names in desk.messages] == [1]


async def test_a_slow_line_is_given_its_time_and_a_dead_one_is_not(desk: Desk) -> None:
    answer = desk.discord.defer(SECRET, CHANNEL)
    [picture] = desk.shop.put(10 * 65_536)
    desk.shop.pictures[0] = slow = Slow(desk.shop.data(0))
    delivery = await desk.waiting(0.4).deliver(desk.job(), [picture], None)
    assert (delivery.delivered, delivery.messages) == ((0,), (answer,))
    slow.stops = True
    with pytest.raises(CourierError, match="did not answer"):
        await desk.waiting(0.4).deliver(desk.job(), [picture], None)


@pytest.mark.parametrize("way", ON_ITS_WAY)
async def test_a_long_limit_of_the_rate_is_told_and_not_slept_through(desk: Desk, way: str) -> None:
    order = job(desk, way)
    desk.discord.faults = ["429"]
    patience = 0.2 if way == "the interaction" else 5.0  # discord.py would sleep there for as long as it is told
    with pytest.raises(CourierError) as raised:
        await desk.waiting(patience).deliver(order, desk.shop.put(1000), None)
    assert raised.value.retry_after == (5.0 if way == "the interaction" else 3600.0)


@pytest.mark.parametrize(("age", "way"), [(4000, "channel"), (3000, None)])
async def test_an_old_message_that_may_not_be_edited_for_long_is_left_for_a_new_one(
    desk: Desk, age: float, way: str | None
) -> None:
    order = replace(job(desk, "our message"), created_at=NOW - age)
    desk.discord.faults = ["429"]
    if way is None:
        with pytest.raises(CourierError):
            await desk.courier.deliver(order, desk.shop.put(1000), None)
    else:
        assert (await desk.courier.deliver(order, desk.shop.put(1000), None)).way == way


@pytest.mark.parametrize("way", ON_ITS_WAY)
async def test_a_crash_after_the_delivery_posts_nothing_twice(desk: Desk, way: str) -> None:
    order = job(desk, way)
    pictures = desk.shop.put(*[1000] * 11)
    first = await desk.courier.deliver(order, pictures, None)
    second = await desk.courier.deliver(order, pictures, None)
    assert first == second
    assert [len(names) for _, names in desk.messages] == [10, 1]


@pytest.mark.parametrize("mention", [True, False])
async def test_long_after_a_crash_the_channel_is_looked_through_before_anything_is_posted(
    desk: Desk, mention: bool
) -> None:
    order = replace(job(desk, "the channel"), generated_at=NOW)
    if mention:
        order = replace(order, origin=replace(order.origin, message=desk.discord.said(CHANNEL, ours=False)))
    pictures = desk.shop.put(*[1000] * 11)
    first = await desk.courier.deliver(order, pictures, None)
    desk.discord.nonces.clear()  # Discord remembers them for some minutes
    desk.time += 600
    assert await desk.courier.deliver(order, pictures, None) == first
    assert [len(names) for _, names in desk.messages] == [10, 1]


async def test_a_channel_that_may_not_be_looked_through_gets_the_pictures_all_the_same(desk: Desk) -> None:
    order = replace(job(desk, "the channel"), generated_at=NOW)
    desk.time += 600
    for code in (None, 50001):
        desk.discord.channels[CHANNEL] = Channel(code, history=False)
        delivery = await desk.courier.deliver(order, desk.shop.put(1000), None)
        assert delivery.way == ("kept" if code else "channel")


async def test_a_crash_between_two_messages_posts_nothing_twice(desk: Desk) -> None:
    order = job(desk, "the channel")
    pictures = desk.shop.put(*[1000] * 11)
    desk.discord.faults = ["", "cut before the answer"]
    with pytest.raises(CourierError):
        await desk.courier.deliver(order, pictures, None)
    delivery = await desk.courier.deliver(order, pictures, None)
    assert delivery.delivered == tuple(range(11))
    assert [len(names) for _, names in desk.messages] == [10, 1]


@pytest.mark.parametrize(
    ("error", "kept"),
    [
        (Expired("gone"), ()),
        (DownloadError("changed", retry=Retry.NEVER), ()),
        (BadReference("cannot read 1.png", charged=Charged.YES), ()),
        (DownloadError("not now"), (1,)),  # its link lives on
    ],
    ids=repr,
)
@pytest.mark.parametrize("when", ["before", "while it is sent"])
async def test_a_picture_that_cannot_be_had_does_not_stop_the_others(
    desk: Desk, error: Exception, kept: tuple[int, ...], when: str
) -> None:
    answer = desk.discord.defer(SECRET, CHANNEL)
    pictures = desk.shop.put(100_000, 200_000, 100_000)
    desk.shop.pictures[1] = error if when == "before" else Piece(bytes(200_000), error)
    delivery = await desk.courier.deliver(desk.job(), pictures, None)
    assert (delivery.delivered, delivery.kept, delivery.messages) == ((0, 2), kept, (answer,))
    message = desk.discord.messages[answer]
    assert message.names == ["seedream-41-1.png", "seedream-41-3.png"]
    assert ("cannot be brought now" if kept else "could not be fetched any more") in message.content


async def test_when_all_pictures_are_gone_nothing_is_said_and_nothing_kept(desk: Desk) -> None:
    desk.discord.defer(SECRET, CHANNEL)
    pictures = desk.shop.put(100, 100)
    desk.shop.pictures = {0: Expired("gone"), 1: Expired("gone")}
    delivery = await desk.courier.deliver(desk.job(), pictures, None)
    assert (delivery.delivered, delivery.kept, delivery.messages, delivery.way) == ((), (), (), "")
    assert all(message.edits == 0 for message in desk.discord.messages.values())


async def test_a_picture_too_large_in_spite_of_the_limit_is_made_smaller(desk: Desk) -> None:
    answer = desk.discord.defer(SECRET, CHANNEL)
    desk.discord.channels[CHANNEL].file_limit = 1_000_000
    delivery = await desk.courier.deliver(desk.job(), desk.shop.put(3_000_000), None)
    assert (delivery.delivered, desk.shop.fitted) == ((0,), [1_500_000, 750_000])
    assert len(desk.discord.messages[answer].files[0].data) == 750_000


async def test_several_pictures_too_large_together_are_parted_before_one_is_made_smaller(desk: Desk) -> None:
    desk.discord.defer(SECRET, CHANNEL)
    desk.discord.request_limit = 1_200_000
    delivery = await desk.courier.deliver(desk.job(), desk.shop.put(*[500_000] * 4), None)
    assert [len(names) for _, names in desk.messages] == [2, 2]
    assert (delivery.delivered, desk.shop.fitted) == ((0, 1, 2, 3), [])


async def test_a_picture_that_is_always_too_large_is_kept_and_the_others_go_on(desk: Desk) -> None:
    answer = desk.discord.defer(SECRET, CHANNEL)
    desk.discord.channels[CHANNEL].file_limit = 100_000
    delivery = await desk.courier.deliver(desk.job(), desk.shop.put(3_000_000, 50_000), None)
    assert (delivery.delivered, delivery.kept) == ((1,), (0,))
    assert "`/show 41`" in desk.discord.messages[answer].content


async def test_a_refused_token_is_an_error_of_the_bot_and_costs_no_picture(desk: Desk) -> None:
    desk.discord.faults = ["401"]
    with pytest.raises(CourierError, match="does not accept the token"):
        await desk.courier.deliver(desk.job(token=None), desk.shop.put(1000), None)


async def test_a_refused_token_is_told_once_with_its_cure_until_it_is_accepted_again(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    pictures = desk.shop.put(1000)
    for faults, told in ((["401"], 1), (["401"], 1), ([], 1), (["401"], 2)):
        desk.discord.faults = [*faults]
        with suppress(CourierError):
            await desk.courier.deliver(desk.job(token=None), pictures, None)
        errors = [record.getMessage() for record in caplog.records if record.levelno == logging.ERROR]
        assert len(errors) == told
    assert "copy it anew from the Bot page of https://discord.com/developers/applications" in errors[0]


async def test_bad_news_and_progress_break_in_the_same_way(desk: Desk) -> None:
    desk.discord.defer(SECRET, CHANNEL)
    desk.discord.faults = ["cut before the answer", "riddle"]
    with pytest.raises(CourierError):
        await desk.courier.apologise(desk.job(), Ending(State.FAILED, "Unreachable"))
    with pytest.raises(CourierError):
        await desk.courier.progress(desk.job(), Stage("drawing"), [])


async def test_words_too_large_for_discord_are_no_reason_to_stop(desk: Desk) -> None:
    desk.discord.defer(SECRET, CHANNEL)
    desk.discord.request_limit = 1
    await desk.courier.apologise(desk.job(), Ending(State.FAILED, "Unreachable"))


@pytest.mark.parametrize("way", ON_ITS_WAY)
async def test_no_secret_is_told(desk: Desk, way: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    order = job(desk, way)
    pictures = desk.shop.put(300_000, 1000)
    told = repr(order) + repr(pictures)
    for fault in (*FAULTS, "429", "503", "page"):
        desk.discord.faults = [fault]
        with pytest.raises(CourierError) as raised:
            await desk.waiting(0.2).deliver(order, pictures, None)
        told += "".join(traceback.format_exception(raised.value)) + repr(raised.value)
        assert raised.value.__context__ is None
    desk.discord.faults = ["404"] * 4
    assert (await desk.courier.deliver(order, pictures, None)).way == "kept"
    plain = "".join(record.getMessage() for record in caplog.records if record.levelno > logging.DEBUG)
    for text in (told, plain, Redactor([TOKEN])(caplog.text)):
        for secret in (SECRET, TOKEN, LINK.partition("=")[2]):
            assert secret not in text


async def test_without_a_token_it_is_said_where_to_find_one() -> None:
    with pytest.raises(NoDiscord, match=r"DISCORD_TOKEN is not set: .*developers/applications"):
        async with logged_in("", "http://127.0.0.1:9"):
            pass


async def test_a_wrong_token_and_a_discord_that_is_away_are_told_apart() -> None:
    async with pretend_discord() as server:
        with pytest.raises(NoDiscord, match="does not accept DISCORD_TOKEN") as raised:
            async with logged_in(TOKEN[::-1], server.base):
                pass
        server.login = Refusal(403, 0, "no")
        with pytest.raises(NoDiscord, match="Discord answered 403"):
            async with logged_in(TOKEN, server.base):
                pass
        base = server.base
    with pytest.raises(NoDiscord, match=r"cannot be reached: .*DISCORD_API_BASE"):
        async with logged_in(TOKEN, base):
            pass
    assert TOKEN[::-1] not in "".join(traceback.format_exception(raised.value))


async def test_the_limit_of_the_origin_counts_and_nothing_else(desk: Desk) -> None:
    order = replace(desk.job(), origin=replace(desk.job().origin, upload_limit=2000))
    desk.discord.defer(SECRET, CHANNEL)
    await desk.courier.deliver(order, desk.shop.put(2000, 2001), None)
    assert desk.shop.fitted == [2000]
