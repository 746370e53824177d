"""Which pictures a message or a command means: all places, one order, each file once, and what stays hidden."""

from typing import Any

import discord
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.config import Settings
from bot.ui.sources import Collected, Collector, Source, Whence, is_open, tidy
from tests.ui.payloads import (
    ALICE,
    BOB,
    CDN,
    CHANNEL,
    ME,
    SERVER,
    attachment,
    forward,
    media,
    message,
    received,
    reply,
    user,
)

HOSTS = ("cdn.discordapp.com", "media.discordapp.net")
COLLECTOR = Collector(ME, HOSTS)
BOBS = user(BOB, "bob", avatar="0123456789abcdef0123456789abcdef")
LINK = f"{CDN}/attachments/1/2/linked.png?ex=1&is=2&hm=3"
FOREIGN = "https://cdn.discordapp.com.evil.example/attachments/1/9/x.png"


def collect(payload: dict[str, Any], *pinned: Source) -> Collected:
    return COLLECTOR.of_message(received(payload), pinned)


def names(found: Collected) -> list[str]:
    return [source.name for source in found.sources]


def gallery(*urls: str) -> dict[str, Any]:
    return {"type": 12, "id": 1, "items": [{"media": media(url)} for url in urls]}


def test_everything_in_its_fixed_order() -> None:
    theirs = message(
        "look",
        BOBS,
        attachments=[attachment("theirs.png")],
        embeds=[{"type": "image", "image": {"url": f"{CDN}/attachments/1/3/embedded.png"}}],
        components=[gallery(f"{CDN}/attachments/1/4/gallery.png")],
    )
    asked = reply(
        theirs,
        f"<@{ME}> <@{BOB}> as a knight, like {LINK}",
        attachments=[attachment("mine.png"), attachment("mine2.png")],
        mentions=[user(ME, "bot", bot=True), BOBS],
    )
    pinned = Source(Whence.PINNED, "pinned.png", shelf="abc", whose=ALICE)
    found = collect(asked, pinned)
    assert not found.hidden
    assert [(source.whence, source.name, source.whose) for source in found.sources] == [
        (Whence.OWN, "mine.png", ALICE),
        (Whence.OWN, "mine2.png", ALICE),
        (Whence.REPLIED, "theirs.png", BOB),
        (Whence.REPLIED, "embedded.png", BOB),
        (Whence.REPLIED, "gallery.png", BOB),
        (Whence.PINNED, "pinned.png", ALICE),
        (Whence.AVATAR, "bob", BOB),
        (Whence.LINK, "linked.png", None),
    ]
    assert [source.spelled for source in found.sources[-2:]] == [(f"<@{BOB}>",), (LINK,)]


def test_an_attachment_is_known_by_what_discord_says_of_it() -> None:
    sent = attachment("photo.png", size=123, content_type="image/png")
    [source] = collect(message(f"<@{ME}>", attachments=[sent])).sources
    assert source == Source(Whence.OWN, "photo.png", sent["url"], 123, "image/png", ALICE)


def test_the_pictures_of_all_components_are_found() -> None:
    section = {
        "type": 9,
        "components": [{"type": 10, "content": "words"}],
        "accessory": {"type": 11, "media": media(f"{CDN}/attachments/1/11/thumbnail.png")},
    }
    button = {
        "type": 9,
        "components": [{"type": 10, "content": "words"}],
        "accessory": {"type": 2, "style": 5, "label": "go", "url": "https://example.com"},
    }
    file = {"type": 13, "file": media(f"{CDN}/attachments/1/12/doc.png"), "name": "doc.png", "size": 77}
    container = {"type": 17, "components": [section, button, gallery(f"{CDN}/a/b.png", f"{CDN}/a/c.png"), file]}
    row = {"type": 1, "components": [{"type": 2, "style": 1, "label": "Again", "custom_id": "sd:again:1"}]}
    found = COLLECTOR.in_message(received(message(author=BOBS, components=[container, row], flags=1 << 15)))
    assert [(source.name, source.size) for source in found] == [
        ("thumbnail.png", None),
        ("b.png", None),
        ("c.png", None),
        ("doc.png", 77),
    ]


def test_forwarded_pictures_are_nobodys() -> None:
    snapshot = message("", attachments=[attachment("forwarded.png")], embeds=[])
    theirs = forward(snapshot, author=BOBS)
    for found in (collect(reply(theirs)).sources, COLLECTOR.in_message(received(theirs))):
        assert [(source.name, source.whose) for source in found] == [("forwarded.png", None)]


def test_a_picture_that_a_bot_made_is_the_persons_who_asked() -> None:
    asked = {"id": "1", "type": 2, "user": BOBS, "authorizing_integration_owners": {}}
    made = message(author=user(ME, "bot", bot=True), attachments=[attachment()], interaction_metadata=asked)
    assert [source.whose for source in COLLECTOR.in_message(received(made))] == [BOB]


def test_the_same_file_is_meant_once_however_it_is_reached() -> None:
    sent = attachment("photo.png", id=555)
    theirs = message(
        author=BOBS,
        attachments=[sent],
        embeds=[{"image": {"url": sent["proxy_url"]}, "thumbnail": {"url": sent["url"].partition("?")[0]}}],
        components=[gallery(sent["url"] + "&x=1")],
    )
    asked = reply(theirs, f"<@{ME}> {sent['url']} {sent['proxy_url']}", attachments=[attachment("photo.png", id=556)])
    found = collect(asked).sources
    assert [source.whence for source in found] == [Whence.OWN, Whence.REPLIED]
    assert found[1].spelled == (sent["url"], sent["proxy_url"]), "links to it stand for it"


def test_mentions_count_only_where_they_are_written() -> None:
    theirs = message("hello", BOBS, attachments=[attachment()])
    asked = reply(theirs, f"<@{ME}> make it night", mentions=[user(ME, "bot", bot=True), BOBS])
    assert [source.whence for source in collect(asked).sources] == [Whence.REPLIED]


def test_an_avatar_is_a_still_picture_and_everybody_has_one() -> None:
    moving = user(1, "carol", avatar="a_0123456789abcdef0123456789abcdef")
    asked = message(f"<@{ME}> <@!1> and <@{BOB}> and <@1> and <@!1> and <@9>", mentions=[moving, user(BOB, "bob")])
    found = collect(asked).sources
    assert [(source.name, source.whose, source.url) for source in found] == [
        ("carol", 1, f"{CDN}/avatars/1/a_0123456789abcdef0123456789abcdef.png?size=1024"),
        ("bob", BOB, found[1].url),
    ]
    assert found[1].url.startswith(f"{CDN}/embed/avatars/")
    assert found[0].spelled == ("<@!1>", "<@1>")


def test_links_are_found_in_what_people_put_around_them() -> None:
    url = f"{CDN}/attachments/1/{{}}/a(1).png?ex=1"
    links = [url.format(number) for number in range(5)]
    text = f"({links[0]}) [x]({links[1]}), <{links[2]}> ||{links[3]}|| “{links[4]}”!"
    assert [source.url for source in collect(message(text)).sources] == links


def test_a_link_in_braces_ends_before_them() -> None:
    assert [source.url for source in collect(message(f"a {{fox, {LINK}}} in the snow")).sources] == [LINK]


def test_links_to_pictures_elsewhere_are_meant_too_and_other_links_are_words() -> None:
    text = f"{FOREIGN} https://example.com/a.JPG?x=1 https://example.com/page https://[broken http://{HOSTS[0]}/x"
    found = COLLECTOR.in_text(text, ())
    assert [source.url for source in found] == [FOREIGN, "https://example.com/a.JPG?x=1"]


def test_of_two_links_to_an_embedded_picture_the_one_that_may_be_opened_is_taken() -> None:
    outside, inside = "https://example.com/a.png", "https://media.discordapp.net/external/x/https/example.com/a.png"
    theirs = message(
        author=BOBS,
        embeds=[
            {"image": {"url": outside, "proxy_url": inside}},
            {"thumbnail": {"url": outside, "proxy_url": "https://images-ext-9.example/y"}},
            {"title": "words alone"},
        ],
    )
    assert [source.url for source in COLLECTOR.in_message(received(theirs))] == [inside, outside]


def test_what_a_link_shows_comes_through_discords_proxy() -> None:
    collector = Collector(ME, Settings.model_fields["discord_cdn_hosts"].default)
    proxies = [f"https://images-ext-{number}.discordapp.net/external/x/https/example.com/a.png" for number in (1, 2)]
    embeds = [{"image": {"url": "https://example.com/a.png", "proxy_url": proxy}} for proxy in proxies]
    found = collector.in_message(received(message(author=BOBS, embeds=embeds)))
    assert [source.url for source in found] == proxies


@pytest.mark.parametrize(
    "theirs",
    [
        message(author=BOBS),
        message(author=BOBS, type=20),
        forward(author=BOBS),
        None,
    ],
    ids=["empty", "an answer of another bot", "a forward", "not sent along"],
)
def test_a_message_of_nothing_is_one_that_discord_hides(theirs: dict[str, Any] | None) -> None:
    found = collect(reply(theirs, attachments=[attachment("mine.png")]))
    assert found.hidden
    assert names(found) == ["mine.png"]


@pytest.mark.parametrize(
    "theirs",
    [
        message("words", BOBS),
        message(author=BOBS, attachments=[attachment()]),
        message(author=BOBS, sticker_items=[{"id": "1", "name": "wave", "format_type": 1}]),
        message(author=BOBS, type=7),
        message(author=user(ME, "bot", bot=True)),
    ],
    ids=["words", "an attachment", "a sticker", "somebody came", "our own"],
)
def test_a_message_with_something_in_it_is_not_hidden(theirs: dict[str, Any]) -> None:
    assert not collect(reply(theirs)).hidden


def test_a_deleted_message_hides_nothing_and_a_forward_is_no_reply() -> None:
    gone = {**reply(None), "referenced_message": None}
    assert collect(gone) == Collected()
    assert not collect(forward(message("words"))).hidden


def test_options_are_in_the_order_of_their_numbers() -> None:
    state: Any = discord.Client(intents=discord.Intents.none())._connection
    ephemeral = f"{CDN}/ephemeral-attachments/{CHANNEL}/77/b.png?ex=1"
    given_ = [
        attachment("a.png"),
        attachment("b.png", id=77, url=ephemeral, ephemeral=True),
        attachment("c.png", id=77),
    ]
    options = [discord.Attachment(data=each, state=state) for each in given_]  # type: ignore[arg-type]
    somebody = discord.User(state=state, data=BOBS)  # type: ignore[arg-type]
    found = COLLECTOR.of_options(options, ALICE, text=f"<@{BOB}> and {LINK}", users=[somebody])
    assert names(found) == ["a.png", "b.png", "bob", "linked.png"]
    assert found.sources[1].url == ephemeral
    assert {source.whose for source in found.sources} == {ALICE, BOB, None}


def test_a_member_is_known_by_nick_and_avatar_of_the_server() -> None:
    client = discord.Client(intents=discord.Intents.none())
    guild = discord.Guild(data={"id": str(SERVER), "name": "home"}, state=client._connection)  # type: ignore[typeddict-item]
    data: Any = {
        "user": BOBS,
        "nick": "Sir Bob",
        "avatar": "f" * 32,
        "roles": [],
        "flags": 0,
        "deaf": False,
        "mute": False,
    }
    data |= {"joined_at": "2026-11-20T12:00:00+00:00"}
    member = discord.Member(data=data, guild=guild, state=client._connection)
    [source] = COLLECTOR.in_text(f"<@{BOB}>", [member])
    assert source.name == "Sir Bob"
    assert source.url == f"{CDN}/guilds/{SERVER}/users/{BOB}/avatars/{'f' * 32}.png?size=1024"


@pytest.mark.parametrize(
    ("url", "answer"),
    [
        (LINK, True),
        ("https://CDN.discordapp.com./x", True),
        ("https://cdn.discordapp.com:443/x", True),
        ("https://cdn.discordapp.com:444/x", False),
        ("http://cdn.discordapp.com/x", False),
        ("https://cdn.discordapp.com.evil.example/x", False),
        ("https://evil.example/cdn.discordapp.com/x", False),
        ("https://cdn.discordapp.com@evil.example/x", False),
        ("https://user:pw@cdn.discordapp.com/x", False),
        ("https://cdn.discordapp.com%2eevil.example/x", False),
        ("https://cdn.díscordapp.com/x", False),
        ("ftp://cdn.discordapp.com/x", False),
        ("http://127.0.0.1:8080/x", True),
        ("https://127.0.0.1:8080/x", True),
        ("http://127.0.0.1:8081/x", False),
        ("https://127.0.0.1/x", False),
        ("https://[::1/x", False),
        ("https://cdn.discordapp.com:99999/x", False),
        ("", False),
    ],
)
def test_only_named_hosts_are_open_and_only_securely_unless_a_port_is_named(url: str, answer: bool) -> None:
    assert is_open(url, (*HOSTS, "127.0.0.1:8080")) is answer


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("photo.png", "photo.png"),
        ("../../etc/passwd", "../../etc/passwd"),
        ("a\0b\u202egnp.exe", "a b gnp.exe"),
        ("`@everyone`\n# x", "'@everyone' # x"),
        ("x" * 251 + ".png", "x" * 37 + "…" + "xxxxxx.png"),
        ("\ud800", "picture"),
        ("", "picture"),
        ("  ", "picture"),
        ("noextension", "noextension"),
    ],
)
def test_a_name_is_shown_as_one_harmless_line(name: str, shown: str) -> None:
    assert tidy(name) == shown


@given(st.text())
def test_no_text_is_too_odd_to_be_searched(text: str) -> None:
    for source in COLLECTOR.in_text(text + " https://" + text + "/a.png", ()):
        assert source.key
        assert source.name == tidy(source.name)
