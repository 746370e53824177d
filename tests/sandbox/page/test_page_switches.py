"""Each switch does what it says: after it people read what they would read."""

import pytest

from sandbox.page.stage import Stage
from tests.sandbox.page.visitor import Visitor, pictures, words

pytestmark = pytest.mark.asyncio(loop_scope="module")

ONCE = ("discord-429", "discord-5xx", "token-expired")


async def on(visitor: Visitor) -> list[str]:
    """The switches that are on."""
    return [one["key"] for one in (await visitor.get("/api/switches"))["switches"] if one["on"]]


@pytest.mark.parametrize(
    ("key", "said"),
    [
        ("provider-down", "internal error"),
        ("provider-refuses", "content policy"),
        ("provider-broke", "balance at the provider is used up"),
        ("provider-bad-key", "access to the provider does not work"),
    ],
)
async def test_what_is_wrong_at_the_provider_is_read_by_the_person(visitor: Visitor, key: str, said: str) -> None:
    await visitor.turn(key, on=True)
    assert await on(visitor) == [key]
    answer = await visitor.slash("imagine", prompt=f"a cat of {key}")
    message = await visitor.until(lambda one: one["id"] == answer["id"] and said in words(one))
    assert pictures(message) == []
    await visitor.turn(key, on=False)
    assert await on(visitor) == []
    await visitor.drawn(prompt="a cat again")


async def test_a_slow_provider_keeps_people_waiting_until_it_is_fast_again(visitor: Visitor, stage: Stage) -> None:
    assert stage.seedream is not None
    await visitor.turn("provider-slow", on=True)
    assert stage.seedream.pace == 20
    await visitor.turn("provider-slow", on=False)
    assert stage.seedream.pace == 0


@pytest.mark.parametrize("key", ONCE)
async def test_what_discord_does_wrong_once_keeps_no_picture_away(visitor: Visitor, key: str) -> None:
    await visitor.turn(key, on=True)
    assert await on(visitor) == [key]
    await visitor.drawn(prompt=f"a dog of {key}")
    assert await on(visitor) == []
    wire = await visitor.get("/api/wire")
    assert any(one["fault"] for one in wire["entries"] if one["who"] == "discord")


async def test_a_switch_that_has_not_shown_can_be_turned_off(visitor: Visitor) -> None:
    await visitor.turn("discord-429", on=True)
    await visitor.turn("discord-429", on=True)
    await visitor.turn("discord-429", on=False)
    assert await on(visitor) == []


async def test_a_picture_that_discord_does_not_take_is_kept(visitor: Visitor) -> None:
    await visitor.turn("upload-too-large", on=True)
    answer = await visitor.slash("imagine", prompt="a large cat", size="4K")
    message = await visitor.until(lambda one: one["id"] == answer["id"] and "/show" in words(one))
    await visitor.turn("upload-too-large", on=False)
    number = int(words(message).partition("`/show ")[2].partition("`")[0])
    await visitor.drawn("show", id=number)


async def test_what_discord_does_not_tell_the_bot_is_not_answered(visitor: Visitor, stage: Stage) -> None:
    await visitor.turn("discord-silent", on=True)
    answer = await visitor.does(do="slash", name="help", options={})
    assert answer == {"kind": "silent"}
    await visitor.turn("discord-silent", on=False)
    await stage.discord.ready(20)
    assert (await visitor.slash("help"))["author"]["bot"]


async def test_a_bot_that_may_not_see_the_channel_is_seen_as_such(visitor: Visitor) -> None:
    await visitor.turn("channel-gone", on=True)
    places = (await visitor.world())["servers"][0]["channels"]
    assert [one["bot_may_post"] for one in places if one["name"] == "general"] == [False]
    await visitor.turn("channel-gone", on=False)
    places = (await visitor.world())["servers"][0]["channels"]
    assert [one["bot_may_post"] for one in places if one["name"] == "general"] == [True]
