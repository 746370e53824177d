"""What people do and see at the sandbox's page, asked over HTTP, with the real bot."""

import json

import pytest

from sandbox.page.stage import Stage
from sandbox.pictures import blank_png
from tests.sandbox.page.visitor import Visitor, button, parts, pictures, words

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_the_world_has_two_servers_a_thread_and_a_dm_and_four_people(visitor: Visitor) -> None:
    world = await visitor.world()
    assert [one["name"] for one in world["people"]] == ["Mia", "Leo", "Noor", "Ada"]
    assert [one["role"] for one in world["people"]] == ["member", "member", "moderator", "owner"]
    garden, studio = world["servers"]
    assert [one["name"] for one in garden["channels"]] == ["general", "after-dark", "read-only", "ideas"]
    assert [one["name"] for one in studio["channels"]] == ["lobby"]
    general, dark, closed, ideas = garden["channels"]
    assert (dark["nsfw"], closed["bot_may_post"], closed["can_write"]) == (True, False, True)
    assert (ideas["kind"], ideas["parent"]) == ("thread", general["id"])
    assert len(world["dms"]) == 1
    assert world["provider"] == {"name": "byteplus", "pretend": True}
    assert "imagine" in words((await visitor.messages())[0])


async def test_a_command_brings_a_picture_that_is_served_from_here(visitor: Visitor) -> None:
    message = await visitor.drawn(prompt="a lighthouse")
    assert message["interaction"]["name"] == "imagine"
    assert message["interaction"]["user"]["name"] == "Mia"
    [url] = pictures(message)
    async with visitor.session.get(visitor.address + url) as reply:
        assert reply.status == 200
        assert reply.content_type in {"image/jpeg", "image/png"}
        assert reply.headers["X-Content-Type-Options"] == "nosniff"
        assert reply.headers["Content-Disposition"].startswith("inline")


async def test_commands_stand_there_in_the_language_of_the_person(visitor: Visitor) -> None:
    leo = await visitor.arrive("Leo")
    english = await leo.commands()
    await leo.does(do="locale", locale="zh-CN")
    chinese = await leo.commands()
    assert "usage me" in [one["name"] for one in english["slash"]]
    assert len(chinese["slash"]) == len(english["slash"])
    assert chinese["slash"] != english["slash"]
    [first] = [one for one in chinese["slash"] if one["description"] and one == chinese["slash"][0]]
    prompt = next(one["name"] for one in first["options"] if one["kind"] == "text")
    answer = await leo.does(do="slash", name=first["name"], options={prompt: "一只猫"})
    assert answer["kind"] == "thinking"
    await leo.does(do="locale", locale="en-US")
    status, told = await leo.tries(do="locale", locale="tlh")
    assert status == 400
    assert "zh-CN" in told["error"]


async def test_an_option_offers_choices_while_it_is_typed(visitor: Visitor) -> None:
    answer = await visitor.does(do="autocomplete", name="imagine", option="model", typed="lite", options={})
    assert answer["kind"] == "choices"
    assert any("5.0" in one["name"] for one in answer["choices"])


async def test_a_window_opens_is_filled_in_and_leads_to_a_new_picture(visitor: Visitor) -> None:
    message = await visitor.drawn(prompt="a mill")
    press = {"do": "press", "message": message["id"], "id": button(message, "Vary")["custom_id"]}
    window = (await visitor.does(**press))["modal"]
    assert window["title"] == "Vary"
    assert [part["component"]["value"] for part in window["parts"]] == ["a mill"]
    leo = await visitor.arrive("Leo")
    submit = {"do": "submit", "modal": window["id"], "values": {"prompt": "a mill at night"}}
    assert (await leo.tries(**submit))[0] == 404, "it is not his window"
    assert (await visitor.does(**submit))["kind"] == "thinking"
    varied = await visitor.until(lambda one: (one["reply"] or {}).get("id") == message["id"] and pictures(one))
    assert parts(varied)
    assert (await visitor.tries(**submit))[0] == 404, "it was sent already"


async def test_files_go_along_with_commands_and_messages(visitor: Visitor) -> None:
    picture = ("cat.png", blank_png(64, 48))
    drawn = await visitor.does(
        {"f0": picture}, do="slash", name="edit", options={"prompt": "red", "image1": {"file": "f0"}}
    )
    assert drawn["kind"] == "thinking"
    await visitor.until(lambda one: (one["interaction"] or {}).get("name") == "edit" and pictures(one))
    bot = (await visitor.world())["bot_user"]
    page = ("page.html", b"<script>alert(1)</script>")
    said = {"do": "say", "text": f"<@{bot['id']}> make it blue", "files": ["f0"]}
    await visitor.does({"f0": picture}, **said)
    mine = await visitor.until(lambda one: one["mine"] and "make it blue" in one["text"])
    assert mine["mentions"] == {bot["id"]: "Seedream"}
    assert [(one["name"], one["width"], one["height"]) for one in mine["attachments"]] == [("cat.png", 64, 48)]
    await visitor.until(lambda one: (one["reply"] or {}).get("id") == mine["id"] and pictures(one))
    await visitor.does({"f0": page}, do="say", text="look", files=["f0"])
    [file] = (await visitor.until(lambda one: one["text"] == "look"))["attachments"]
    async with visitor.session.get(visitor.address + file["url"]) as reply:
        assert reply.content_type == "application/octet-stream"
        assert reply.headers["Content-Disposition"].startswith("attachment")


async def test_what_is_private_is_for_one_person_alone_and_so_are_its_files(visitor: Visitor) -> None:
    mine = await visitor.drawn(prompt="a secret", visibility="private")
    assert mine["ephemeral"]
    assert not any(mine["can"].values())
    leo = await visitor.arrive("Leo")
    assert mine["id"] not in [one["id"] for one in await leo.messages()]
    [url] = pictures(mine)
    for path in (url.replace(visitor.person, leo.person), url.partition("?")[0]):
        async with visitor.session.get(visitor.address + path) as reply:
            assert reply.status in {400, 404}
    for deed in ({"do": "dismiss"}, {"do": "react", "emoji": "👍"}, {"do": "press", "id": "sd:again:1"}):
        assert (await leo.tries(message=mine["id"], **deed))[0] == 404
    assert (await visitor.tries(do="forward", message=mine["id"], to=visitor.channel))[0] == 409
    await visitor.does(do="dismiss", message=mine["id"])
    assert mine["id"] not in [one["id"] for one in await visitor.messages()]


async def test_a_channel_that_somebody_may_not_see_is_not_there_for_them(visitor: Visitor, stage: Stage) -> None:
    studio = stage.scene.guilds[1]
    hidden = stage.discord.channel(studio, "vault")
    stage.discord.revoke(hidden, "view_channel", of=studio.roles[studio.id])
    ada = await visitor.arrive("Ada", "vault")
    await ada.does({"f0": ("plan.png", blank_png(8, 8))}, do="say", text="our plan", files=["f0"])
    [file] = (await ada.messages())[0]["attachments"]
    mia = await visitor.arrive("Mia")
    assert "vault" not in json.dumps(await mia.world())
    await mia.get(f"/api/channel/{hidden.id}", 404, {"as": mia.person})
    await mia.get("/api/commands", 404, {"as": mia.person, "in": str(hidden.id)})
    async with visitor.session.get(visitor.address + file["url"].replace(ada.person, mia.person)) as reply:
        assert reply.status == 404
    assert (await mia.tries(do="say", **{"in": str(hidden.id)}, text="hi"))[0] == 404
    foreign = (await ada.world())["dms"][0]["id"]
    await mia.get(f"/api/channel/{foreign}", 404, {"as": mia.person})
    stage.discord.close(hidden)


async def test_messages_are_reacted_to_changed_forwarded_and_deleted(visitor: Visitor) -> None:
    leo, noor = await visitor.arrive("Leo"), await visitor.arrive("Noor")
    await visitor.does(do="say", text="good mornin")
    it = await visitor.until(lambda one: one["text"] == "good mornin")
    assert it["can"] == {"delete": True, "edit": True, "reply": True, "react": True}
    await leo.does(do="react", message=it["id"], emoji="👍")
    await visitor.does(do="edit", message=it["id"], text="good morning")
    it = await leo.until(lambda one: one["id"] == it["id"] and one["edited"])
    assert it["text"] == "good morning"
    assert it["reactions"] == [{"emoji": "👍", "count": 1, "mine": True}]
    await leo.does(do="react", message=it["id"], emoji="👍", take_back=True)
    await leo.does(do="say", text="hello", reply_to=it["id"])
    reply = await visitor.until(lambda one: one["text"] == "hello")
    assert reply["reply"]["text"] == "good morning"
    lobby = await visitor.arrive("Leo", "lobby")
    await leo.does(do="forward", message=it["id"], to=lobby.channel)
    assert (await lobby.messages())[-1]["forwarded"]["text"] == "good morning"
    status, told = await leo.tries(do="delete", message=it["id"])
    assert (status, it["can"]["delete"]) == (409, False)
    assert "moderators" in told["error"]
    await noor.does(do="delete", message=it["id"])
    assert (await visitor.until(lambda one: one["id"] == reply["id"]))["reply"]["gone"]


async def test_the_menu_of_a_message_leads_to_the_bot(visitor: Visitor) -> None:
    message = await visitor.drawn(prompt="a ship")
    commands = await visitor.commands()
    assert {"name": "Image info"} in commands["message"]
    assert (await visitor.does(do="menu", message=message["id"], name="Image info"))["kind"] == "message"
    told = await visitor.until(lambda one: one["ephemeral"] and "a ship" in words(one))
    assert told["interaction"]["name"] == "Image info"


async def test_what_the_client_would_not_send_is_said_in_words(visitor: Visitor) -> None:
    for deed, words_said in (
        ({"do": "slash", "name": "imagine", "options": {}}, "'prompt' is required"),
        ({"do": "slash", "name": "imagine", "options": {"prompt": "x", "seed": "many"}}, "takes a number"),
        ({"do": "slash", "name": "imagine", "options": {"colour": "x"}}, "no option 'colour'"),
        ({"do": "slash", "name": "draw"}, "no command /draw"),
        ({"do": "say", "text": ""}, "1 to 2000 characters"),
    ):
        status, told = await visitor.tries(**deed)
        assert (status, told["ok"]) == (409, False)
        assert words_said in told["error"]


async def test_the_page_hears_at_once_of_everything_that_changes(visitor: Visitor) -> None:
    async with visitor.session.get(f"{visitor.address}/api/events") as reply:
        assert reply.content_type == "text/event-stream"
        kinds: set[str] = set()
        while not {"channel", "world", "wire", "bot"} <= kinds:
            if (line := await reply.content.readline()).startswith(b"data: "):
                kinds.add(json.loads(line[6:])["kind"])
        await visitor.does(do="say", text="anybody here?")
        wanted = {"kind": "channel", "id": visitor.channel}
        while not (line := await reply.content.readline()).startswith(b"data: ") or not (
            wanted.items() <= json.loads(line[6:]).items()
        ):
            continue
