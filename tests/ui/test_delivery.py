"""Pictures reach people by every way of the ladder, once, whole, and as many to a message as fit."""

import pytest

from bot.seedream.errors import Expired
from bot.studio.courier import Stage
from bot.studio.job import Ending, State
from tests.ui.conftest import CHANNEL, NOW, SECRET, Desk, Piece
from tests.ui.discord_rest import MIB


async def test_pictures_take_the_place_of_the_progress(desk: Desk) -> None:
    answer = desk.discord.defer(SECRET, CHANNEL)
    pictures = desk.shop.put(100_000, 200_000)
    job = desk.job()
    await desk.courier.progress(job, Stage("queued", place=3, eta=NOW + 20.4), [])
    message = desk.discord.messages[answer]
    assert message.content == "⏳ place 3 in the queue · ready <t:1795176020:R> · #41"
    delivery = await desk.courier.deliver(job, pictures, None)
    assert (delivery.delivered, delivery.kept, delivery.messages, delivery.way) == ((0, 1), (), (answer,), "original")
    assert message.names == ["seedream-41-1.png", "seedream-41-2.png"]
    assert [file.data for file in message.files] == [desk.shop.data(0), desk.shop.data(1)]
    assert message.content == "seedream-4.5 · 2048x2048 · #41"
    assert message.files[0].description == ("a lighthouse, " * 100)[:1024]


async def test_a_token_that_ends_between_progress_and_delivery_leaves_the_message_to_the_bot(desk: Desk) -> None:
    answer = desk.discord.defer(SECRET, CHANNEL)
    job = desk.job(answer=answer)
    await desk.courier.progress(job, Stage("drawing"), [])
    desk.discord.tokens[SECRET].expired = True
    delivery = await desk.courier.deliver(job, desk.shop.put(1000), None)
    assert (delivery.messages, delivery.way) == ((answer,), "answer")
    assert desk.messages == [(CHANNEL, ["seedream-41-1.png"])]


async def test_after_fifteen_minutes_the_token_is_not_even_tried(desk: Desk) -> None:
    answer = desk.discord.defer(SECRET, CHANNEL)
    desk.time = NOW + 900
    desk.discord.asked.clear()
    await desk.courier.deliver(desk.job(answer=answer), desk.shop.put(1000), None)
    assert desk.discord.asked == [f"PATCH /channels/{CHANNEL}/messages/{answer}"]


@pytest.mark.parametrize("gone", ["token", "application"])
async def test_a_message_that_was_deleted_is_written_anew(desk: Desk, gone: str) -> None:
    answer = desk.discord.defer(SECRET, CHANNEL)
    del desk.discord.messages[answer]
    job = desk.job(answer=answer) if gone == "token" else desk.job(answer=answer, application=5)
    delivery = await desk.courier.deliver(job, desk.shop.put(1000), None)
    assert delivery.way == "channel"
    assert desk.messages == [(CHANNEL, ["seedream-41-1.png"])]


async def test_a_mention_is_replied_to(desk: Desk) -> None:
    asked = desk.discord.said(CHANNEL, ours=False)
    job = desk.job(token=None, message=asked)
    delivery = await desk.courier.deliver(job, desk.shop.put(1000), None)
    assert delivery.way == "reply"
    assert desk.discord.messages[delivery.messages[0]].reply_to == asked


async def test_a_mention_that_may_not_be_replied_to_is_answered_in_the_channel(desk: Desk) -> None:
    desk.discord.channels[CHANNEL].history = False
    job = desk.job(token=None, message=desk.discord.said(CHANNEL, ours=False))
    delivery = await desk.courier.deliver(job, desk.shop.put(1000), None)
    assert delivery.way == "channel"
    assert len(desk.messages) == 1


async def test_a_mention_whose_message_is_gone_is_answered_all_the_same(desk: Desk) -> None:
    delivery = await desk.courier.deliver(desk.job(token=None, message=123), desk.shop.put(1000), None)
    assert delivery.way == "reply"
    assert len(desk.messages) == 1


@pytest.mark.parametrize("code", [50013, 50001])
async def test_without_permission_the_pictures_are_kept(desk: Desk, code: int) -> None:
    desk.discord.channels[CHANNEL].code = code
    delivery = await desk.courier.deliver(desk.job(token=None, answer=5), desk.shop.put(1000, 1000), None)
    assert (delivery.delivered, delivery.kept, delivery.messages, delivery.way) == ((), (0, 1), (), "kept")


async def test_in_a_channel_that_is_gone_the_pictures_are_kept(desk: Desk) -> None:
    desk.discord.channels.clear()
    delivery = await desk.courier.deliver(desk.job(token="nobody's"), desk.shop.put(1000), None)
    assert (delivery.kept, delivery.way) == ((0,), "kept")


async def test_what_was_asked_in_private_is_kept_rather_than_shown_to_others(desk: Desk) -> None:
    answer = desk.discord.defer(SECRET, CHANNEL, ephemeral=True)
    desk.discord.tokens[SECRET].expired = True
    job = desk.job(visibility="private", answer=answer)
    delivery = await desk.courier.deliver(job, desk.shop.put(1000), None)
    assert (delivery.kept, desk.messages) == ((0,), [])


async def test_a_spoiler_is_covered(desk: Desk) -> None:
    desk.discord.defer(SECRET, CHANNEL)
    await desk.courier.deliver(desk.job(visibility="spoiler"), desk.shop.put(1000), None)
    assert desk.messages == [(CHANNEL, ["SPOILER_seedream-41-1.png"])]


async def test_eleven_pictures_are_two_messages(desk: Desk) -> None:
    answer = desk.discord.defer(SECRET, CHANNEL)
    pictures = desk.shop.put(*[1000] * 11)
    delivery = await desk.courier.deliver(desk.job(), pictures[::-1], None)
    assert delivery.delivered == tuple(range(11))
    assert (len(delivery.messages), delivery.messages[0], delivery.way) == (2, answer, "original")
    assert [len(names) for _, names in desk.messages] == [10, 1]
    assert desk.messages[1] == (CHANNEL, ["seedream-41-11.png"])


async def test_the_second_message_is_one_more_answer_where_the_bot_may_not_write(desk: Desk) -> None:
    desk.discord.defer(SECRET, CHANNEL)
    desk.discord.channels[CHANNEL].code = 50013
    delivery = await desk.courier.deliver(desk.job(), desk.shop.put(*[1000] * 11), None)
    assert (len(delivery.delivered), len(delivery.messages)) == (11, 2)


async def test_more_private_pictures_stay_private(desk: Desk) -> None:
    desk.discord.defer(SECRET, CHANNEL, ephemeral=True)
    delivery = await desk.courier.deliver(desk.job(visibility="private"), desk.shop.put(*[1000] * 11), None)
    assert [desk.discord.messages[number].ephemeral for number in delivery.messages] == [True, True]


async def test_when_the_way_closes_after_the_first_message_the_rest_is_kept(desk: Desk) -> None:
    answer = desk.discord.defer(SECRET, CHANNEL)
    desk.discord.channels[CHANNEL].code = 50013
    desk.time = NOW + 900
    delivery = await desk.courier.deliver(desk.job(answer=answer), desk.shop.put(*[1000] * 12), None)
    assert delivery.delivered == tuple(range(10))
    assert (delivery.kept, delivery.way) == ((10, 11), "answer")


@pytest.mark.parametrize("way", ["the interaction", "our message", "a new message"])
async def test_what_is_kept_of_many_pictures_is_told_in_the_message_that_has_arrived(desk: Desk, way: str) -> None:
    answer = desk.discord.defer(SECRET, CHANNEL)
    job = desk.job(answer=answer, notes="of a kind")
    desk.discord.faults = ["", "403", "403"]
    if way != "the interaction":
        desk.time = NOW + 900
        desk.discord.faults = ["", "403"]
    if way == "a new message":
        del desk.discord.messages[answer]
        desk.discord.faults = ["", "", "403"]
    delivery = await desk.courier.deliver(job, desk.shop.put(*[1000] * 12), None)
    assert (len(delivery.delivered), delivery.kept, len(delivery.messages)) == (10, (10, 11), 1)
    first = desk.discord.messages[delivery.messages[0]]
    assert first.content == (
        "seedream-4.5 · 2048x2048 · #41\n2 pictures cannot be brought now, but are kept for you: `/show 41`\nof a kind"
    )
    assert first.names == [f"seedream-41-{number}.png" for number in range(1, 11)]


async def test_what_cannot_be_told_any_more_is_no_reason_to_bring_it_all_again(desk: Desk) -> None:
    answer = desk.discord.defer(SECRET, CHANNEL)
    desk.time = NOW + 900
    desk.discord.faults = ["", "403", "429"]
    delivery = await desk.courier.deliver(desk.job(answer=answer), desk.shop.put(*[1000] * 12), None)
    assert (len(delivery.delivered), delivery.kept) == (10, (10, 11))


async def test_a_last_picture_that_is_lost_is_told_of_too(desk: Desk) -> None:
    answer = desk.discord.defer(SECRET, CHANNEL)
    pictures = desk.shop.put(*[1000] * 11)
    desk.shop.pictures[10] = Piece(bytes(100_000), Expired("gone"))
    delivery = await desk.courier.deliver(desk.job(), pictures, None)
    assert (len(delivery.delivered), delivery.kept) == (10, ())
    assert "1 picture could not be fetched any more" in desk.discord.messages[answer].content


@pytest.mark.parametrize("way", ["the interaction", "a new message"])
async def test_where_automod_is_against_the_persons_words_the_facts_are_said_alone(desk: Desk, way: str) -> None:
    answer = desk.discord.defer(SECRET, CHANNEL)
    if way == "a new message":
        del desk.discord.messages[answer]
    desk.discord.channels[CHANNEL].blocked = "darn"
    job = desk.job(notes="darn.png is picture 1") if way != "a new message" else desk.job(token=None, notes="darn.png")
    delivery = await desk.courier.deliver(job, desk.shop.put(1000), None)
    message = desk.discord.messages[delivery.messages[0]]
    assert message.content == "seedream-4.5 · 2048x2048 · #41"
    assert not message.files[0].description
    desk.discord.channels[CHANNEL].blocked = "seedream"
    desk.discord.nonces.clear()
    assert (await desk.courier.deliver(job, desk.shop.put(1000), None)).way == "kept"


async def test_large_pictures_share_no_message_that_would_be_too_large(desk: Desk) -> None:
    desk.discord.defer(SECRET, CHANNEL)
    delivery = await desk.courier.deliver(desk.job(), desk.shop.put(*[9 * MIB] * 4), None)
    assert [len(names) for _, names in desk.messages] == [2, 2]
    assert (len(delivery.delivered), desk.shop.fitted) == (4, [])


async def test_a_picture_over_the_limit_is_made_to_fit(desk: Desk) -> None:
    answer = desk.discord.defer(SECRET, CHANNEL)
    pictures = desk.shop.put(300_000, 1000)
    desk.discord.channels[CHANNEL].file_limit = 200_000
    delivery = await desk.courier.deliver(desk.job(upload_limit=200_000), pictures, None)
    message = desk.discord.messages[answer]
    assert (delivery.delivered, desk.shop.fitted) == ((0, 1), [200_000])
    assert message.names == ["seedream-41-1.jpg", "seedream-41-2.png"]
    assert message.files[0].data == desk.shop.data(0)[:200_000]


async def test_a_picture_that_cannot_fit_is_kept_and_that_is_said(desk: Desk) -> None:
    answer = desk.discord.defer(SECRET, CHANNEL)
    desk.shop.unfit = True
    pictures = desk.shop.put(300_000, 1000)
    delivery = await desk.courier.deliver(desk.job(upload_limit=200_000), pictures, None)
    assert (delivery.delivered, delivery.kept) == ((1,), (0,))
    assert "1 picture cannot be brought now, but is kept for you: `/show 41`" in desk.discord.messages[answer].content


async def test_when_no_picture_fits_the_message_says_where_they_are(desk: Desk) -> None:
    answer = desk.discord.defer(SECRET, CHANNEL)
    desk.shop.unfit = True
    delivery = await desk.courier.deliver(desk.job(upload_limit=500), desk.shop.put(1000, 1000), None)
    assert (delivery.delivered, delivery.kept, delivery.messages) == ((), (0, 1), (answer,))
    assert "2 pictures cannot be brought" in desk.discord.messages[answer].content


async def test_what_is_missing_is_said_once(desk: Desk) -> None:
    desk.discord.defer(SECRET, CHANNEL)
    missing = Ending(State.REFUSED, "Refused", "no", {"about": "result", "message": "provider's own words"})
    delivery = await desk.courier.deliver(desk.job(), desk.shop.put(*[1000] * 11), missing)
    first, second = (desk.discord.messages[number].content for number in delivery.messages)
    assert "fewer pictures than asked for. The finished picture was withheld" in first
    assert "fewer" not in second
    assert "own words" not in first


async def test_bad_news_comes_in_place_of_the_progress(desk: Desk) -> None:
    answer = desk.discord.defer(SECRET, CHANNEL)
    await desk.courier.apologise(desk.job(), Ending(State.FAILED, "OutOfCredit", "no"))
    said = desk.discord.messages[answer].content
    assert said == (
        "The bot's balance at the provider is used up · not charged · the owner of the bot has to look after it · #41"
    )


async def test_bad_news_is_told_once_and_not_mistaken_for_the_answer(desk: Desk) -> None:
    job = desk.job(token=None)
    ending = Ending(State.FAILED, "Unreachable")
    for _ in range(2):
        await desk.courier.apologise(job, ending)
    delivery = await desk.courier.deliver(job, desk.shop.put(1000), None)
    assert len(desk.discord.messages) == 2
    assert desk.discord.messages[delivery.messages[0]].names == ["seedream-41-1.png"]


async def test_bad_news_that_reaches_nobody_is_no_error(desk: Desk) -> None:
    desk.discord.channels.clear()
    await desk.courier.apologise(desk.job(token=None), Ending(State.FAILED, "Unreachable"))
    assert desk.discord.messages == {}


async def test_progress_never_posts_a_message(desk: Desk) -> None:
    await desk.courier.progress(desk.job(token=None, message=5), Stage("drawing"), [])
    assert desk.discord.messages == {}
