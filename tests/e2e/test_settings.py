"""`/settings server` as moderators use it: every page, every kind of value, and what comes of it for everybody."""

import pytest

from bot.studio import deeds
from sandbox.discord import Message, Person
from tests.e2e.panels import opened
from tests.e2e.stage import PATIENCE, Stage
from tests.e2e.test_rules import log

PAGES = ["who", "models", "limits", "tiers", "budget", "references", "safety", "log", "defaults", "places"]


def moderator(stage: Stage) -> Person:
    return stage.discord.moderator("eve", stage.guild, stage.channel)


async def refused(person: Person, **options: object) -> str:
    reply = await person.slash("imagine", **{"prompt": "a lighthouse", **options})
    return (await reply.until(lambda message: "not charged" in message.text, PATIENCE)).text


async def drawn(person: Person, **options: object) -> Message:
    reply = await person.slash("imagine", **{"prompt": "a lighthouse", **options})
    return await reply.until(lambda message: message.files, PATIENCE)


async def test_every_page_opens_and_says_that_everything_is_as_the_operator_has_it(stage: Stage) -> None:
    async with stage.playing():
        panel = await opened(moderator(stage))
        assert "Server Settings → Integrations → bot" in panel.text
        titles = set()
        for page in PAGES:
            text = await panel.go(page)
            titles.add(text.partition("\n")[0])
            assert "set for the server" not in text
        assert len(titles) == len(PAGES)
        assert "Per hour: 30 · *default*" in await panel.go("limits")
        assert await log(stage) == []


async def test_the_owner_of_a_server_may_and_members_are_told_kindly(stage: Stage) -> None:
    async with stage.playing():
        assert "## Who and where" in (await opened(stage.discord.owner(stage.guild, stage.channel))).text
        reply = await stage.ada.slash("settings server")
        assert "for those who may manage this server" in reply.text
        assert reply.message.only_for is stage.ada.user
        alone = await stage.ada.in_dm().slash("settings server")
        assert "no server here" in alone.text


async def test_models_and_sizes_that_are_not_allowed_are_refused_in_words(stage: Stage) -> None:
    async with stage.playing():
        panel = await opened(moderator(stage))
        note = await panel.pick("models", "models", ["seedream-4.0", "seedream-5.0-lite"])
        assert note == "✅ **Allowed models**: all → Seedream 4.0 and Seedream 5.0 Lite"
        assert "choose `seedream-4.0` or `seedream-5.0-lite`" in await refused(stage.ada, model="4.5")
        await drawn(stage.ada)  # the bot's own default is not allowed here, so one that is takes its place
        assert "seedream-4-0" in str(stage.seedream.calls[-1].body)
        await panel.press("back.models")
        assert "Seedream 4.0 and Seedream 5.0 Lite · *set for the server*" in panel.text
        assert await panel.pick("models", "sizes", ["1K"]) == "✅ **Allowed sizes**: all → 1K"
        assert "The size `2K` is not allowed here" in await refused(stage.ada, size="2K")
        await panel.press("none.sizes")
        assert panel.note == "✅ **Allowed sizes**: 1K → all"
        note = await panel.pick("models", "models", [])
        assert note == "✅ **Allowed models**: Seedream 4.0 and Seedream 5.0 Lite → all"


async def test_a_model_that_is_in_no_list_is_written(stage: Stage) -> None:
    async with stage.playing():
        panel = await opened(moderator(stage))
        await panel.go("models")
        await panel.press("one.models")
        note = await panel.write("add.models", models="4.5, ep-2026-abc")
        assert note == "✅ **Allowed models**: all → Seedream 4.5 and `ep-2026-abc`"
        note = await panel.write("add.models", models="gpt-image")
        assert note.startswith('⚠️ **Allowed models** there is no model "gpt-image" · choose ')
        await panel.go("defaults")
        await panel.press("one.default_ratio")
        assert await panel.write("add.default_ratio", default_ratio="5：4") == (
            "✅ **Default ratio**: up to the model → 5:4"
        )
        assert "is not a ratio" in await panel.write("add.default_ratio", default_ratio="wide")


async def test_roles_channels_and_the_pause_decide_at_once(stage: Stage) -> None:
    artists, other = stage.discord.role(stage.guild, "artists"), stage.discord.channel(stage.guild, "art")
    async with stage.playing():
        panel = await opened(moderator(stage))
        assert await panel.pick("who", "roles", [artists]) == (f"✅ **Allowed roles**: everyone → <@&{artists.id}>")
        assert f"Pictures here are for <@&{artists.id}>" in await refused(stage.ada)
        stage.discord.member(stage.guild, stage.ada, roles=[artists])
        await drawn(stage.ada)
        await panel.press("back.roles")
        await panel.pick_here("denied_roles", [artists])
        assert "With your roles you may not" in await refused(stage.ada)
        await panel.press("none.denied_roles")
        await panel.press("back.denied_roles")
        assert await panel.pick_here("channels", [other]) == f"✅ **Allowed channels**: all → <#{other.id}>"
        assert f"go to <#{other.id}>" in await refused(stage.ada)
        await drawn(stage.ada.at(other))
        await panel.press("back.channels")
        assert await panel.pick_here("paused", "on") == "✅ **Pause**: Off → On"
        assert "The bot is paused on this server" in await refused(stage.ada.at(other))
        assert await panel.choose("pick.paused", "off") == "✅ **Pause**: On → Off"


async def test_limits_are_written_into_a_form_that_knows_what_is_set(stage: Stage) -> None:
    async with stage.playing():
        panel = await opened(moderator(stage))
        await panel.go("limits")
        window = await panel.press("ask.user_images")
        assert list(window.modal.values.items()) == [("Per hour", ""), ("Per day", ""), ("Per month", "")]
        assert [part["description"] for part in window.modal.data["components"]] == [
            "Empty: 30 · 0: no limit",
            "Empty: 100 · 0: no limit",
            "Empty: no limit · 0: no limit",
        ]
        await panel.person.submit(window, {"Per hour": "１", "Per day": "0"})
        assert panel.text.splitlines()[:2] == [
            "✅ **Pictures per member · Per hour**: 30 → 1",
            "✅ **Pictures per member · Per day**: 100 → no limit",
        ]
        await drawn(stage.ada)
        assert "You have used 1 of your 1 pictures this hour" in await refused(stage.ada)
        window = await panel.press("ask.user_images")
        assert list(window.modal.values.values()) == ["1", "0", ""]
        await panel.person.submit(window, {"Per hour": "", "Per day": ""})
        assert "**Pictures per member · Per hour**: 1 → 30" in panel.text
        await drawn(stage.ada)
        [last, first] = await log(stage)
        assert (first.deed, first.before, first.after) == (
            deeds.SETTINGS,
            {"user_images_per_hour": None, "user_images_per_day": None},
            {"user_images_per_hour": 1, "user_images_per_day": 0},
        )
        assert last.after == {"user_images_per_hour": None, "user_images_per_day": None}


@pytest.mark.parametrize(
    ("row", "name", "written", "said"),
    [
        (
            "user_images",
            "user_images_per_hour",
            "many",
            "**Per hour** is not a number · write one from 0 to 10,000,000",
        ),
        (
            "user_images",
            "user_images_per_hour",
            "-3",
            "**Per hour** is less than 0 · write a number from 0 to 10,000,000",
        ),
        ("user_images", "user_images_per_day", "1.5", "**Per day** is not a whole number · write 1 or 2"),
        ("user_cost", "user_cost_per_day", "1,000", "**Per day** is not an amount of money · write it like 12.50"),
        ("user_cost", "user_cost_per_day", "5 €", "**Per day** is not an amount of money · write it like 12.50"),
        (
            "user_cost",
            "user_cost_per_day",
            "999999999",
            "**Per day** is more than $100,000,000.00 · write a number from $0.00",
        ),
        (
            "pace",
            "cooldown",
            "90000",
            "**Seconds between requests** is more than 86,400 · write a number from 0 to 86,400",
        ),
        ("pace", "at_once", "@everyone `", "**Jobs at the same time** is not a number"),
    ],
)
async def test_what_makes_no_sense_is_said_by_its_name_and_changes_nothing(
    stage: Stage, row: str, name: str, written: str, said: str
) -> None:
    async with stage.playing():
        panel = await opened(moderator(stage))
        await panel.go("limits")
        assert (await panel.write(f"ask.{row}", **{name: written})).startswith(f"⚠️ {said}")
        assert await log(stage) == []


async def test_money_is_read_as_people_write_it_and_a_budget_stops(stage: Stage) -> None:
    async with stage.playing():
        panel = await opened(moderator(stage))
        await panel.go("budget")
        note = await panel.write("ask.server_cost", server_cost_per_day="$0,05", server_cost_per_month="12.5")
        assert note == "✅ **Budget in money · Per day**: no limit → $0.05"
        assert "**Budget in money · Per month**: no limit → $12.50" in panel.text
        window = await panel.press("ask.server_cost")
        assert list(window.modal.values.values()) == ["", "0.05", "12.50"]
        await drawn(stage.ada)
        assert "This server has used $0.04 of its $0.05 today" in await refused(stage.ada)
        note = await panel.write("ask.server_cost", server_cost_per_day="")
        assert note == "✅ **Budget in money · Per day**: $0.05 → no limit"
        assert await panel.write("ask.confirm", confirm_images="1") == (
            "✅ **Ask first · When it is more pictures than**: do not ask → 1"
        )
        reply = await stage.ada.slash("imagine", prompt="a lighthouse", variations=2)
        await reply.until(lambda message: "go ahead?" in message.text, PATIENCE)
        assert await panel.write("ask.server_at_once", server_at_once="2") == (
            "✅ **Jobs at the same time on the server · Jobs at the same time**: no limit → 2"
        )


async def test_blocked_words_come_and_go_by_single_words(stage: Stage) -> None:
    async with stage.playing():
        panel = await opened(moderator(stage))
        await panel.go("safety")
        await panel.press("one.blocked_words")
        note = await panel.write("add.blocked_words", blocked_words="lighthouse\n猫， bad   phrase")
        assert note == "✅ **Blocked words**: + ||`lighthouse`||, ||`猫`||, and ||`bad phrase`||"
        told = await refused(stage.ada)
        assert "There is a word in it that is not allowed here" in told
        assert "lighthouse" not in told
        note = await panel.write("cut.blocked_words", blocked_words="LIGHTHOUSE, unheard")
        assert note == "✅ **Blocked words**: − ||`lighthouse`||"
        await drawn(stage.ada)
        assert 'contains "a"' in await panel.write("add.blocked_words", blocked_words="a")
        await panel.press("none.blocked_words")
        assert panel.note == "✅ **Blocked words**: − ||`猫`|| and ||`bad phrase`||"


async def test_spoilers_references_and_age_are_chosen_from_words(stage: Stage) -> None:
    async with stage.playing():
        panel = await opened(moderator(stage))
        note = await panel.pick("safety", "spoiler", "Always hidden")
        assert note == "✅ **Spoilers**: Everybody decides for themselves → Always hidden"
        assert (await drawn(stage.ada)).files[0][0].startswith("SPOILER_")
        await panel.press("back.spoiler")
        await panel.pick_here("age_restricted_only", "On")
        assert "age-restricted channels only" in await refused(stage.ada)
        note = await panel.pick("references", "references", "off")
        assert note == "✅ **Reference pictures**: Anyone's → None"


async def test_a_log_channel_hears_and_one_without_a_voice_is_told_of(stage: Stage) -> None:
    mute = stage.discord.channel(stage.guild, "mute", bot_may_post=False)
    async with stage.playing():
        panel = await opened(moderator(stage))
        await panel.pick("log", "audit_channel", [mute])
        assert f"I cannot post in <#{mute.id}> yet" in panel.text
        await panel.choose("pick.audit_channel", [stage.channel])
        assert "I cannot post" not in panel.text
        assert panel.note == f"✅ **Audit log channel**: <#{mute.id}> → <#{stage.channel.id}>"


async def test_nothing_is_written_down_when_nothing_changes(stage: Stage) -> None:
    async with stage.playing():
        panel = await opened(moderator(stage))
        await panel.go("limits")
        assert await panel.write("ask.pace") == "ℹ️ Nothing has changed: it was like that already."
        assert await log(stage) == []


async def test_a_role_has_limits_of_its_own_and_loses_them_again(stage: Stage) -> None:
    artists = stage.discord.role(stage.guild, "artists")
    async with stage.playing():
        panel = await opened(moderator(stage))
        await panel.go("limits")
        await panel.write("ask.user_images", user_images_per_hour="1")
        await panel.go("tiers")
        await panel.choose("role", [artists])
        assert f"<@&{artists.id}>" in panel.text
        assert "Per hour: 1 · *set for the server*" in panel.text
        note = await panel.write(f"ask.user_images.{artists.id}", user_images_per_hour="3")
        assert note == "✅ **Pictures per member · Per hour**: 1 → 3"
        assert "Per hour: 3 · *set for this role*" in panel.text
        assert "Share of the queue" in panel.text
        assert "is less than 0.01" in await panel.write(f"ask.tier.{artists.id}", weight="0")
        stage.discord.member(stage.guild, stage.ada, roles=[artists])
        await drawn(stage.ada)
        await drawn(stage.ada)
        await panel.press("open.tiers")
        assert "1 own value" in panel.text
        await panel.press(f"tier.{artists.id}")
        await panel.press(f"drop.{artists.id}")
        assert panel.note == "✅ **Pictures per member · Per hour**: 3 → 1"
        await panel.press("open.tiers")
        assert "own value" not in panel.text
        assert "You have used 2 of your 1 pictures this hour" in await refused(stage.ada)


async def test_a_channel_overrides_the_server_and_its_threads_follow(stage: Stage) -> None:
    art = stage.discord.channel(stage.guild, "art")
    thread = stage.discord.thread(art)
    async with stage.playing():
        panel = await opened(moderator(stage))
        await panel.pick("models", "models", ["seedream-4.0"])
        await panel.go("places")
        await panel.choose("place", [art])
        there = panel.at(art.id)
        assert f"Only for <#{art.id}>" in there.text
        assert "Allowed channels" not in there.text
        assert "Seedream 4.0 · *set for the server*" in await there.go("models")
        assert await there.pick_here("models", ["seedream-4.5"]) == "✅ **Allowed models**: Seedream 4.0 → Seedream 4.5"
        await drawn(stage.ada.at(art), model="4.5")
        await drawn(stage.ada.at(thread), model="4.5")
        assert "This model is not allowed" in await refused(stage.ada, model="4.5")
        await there.go("limits")
        assert "Pictures per member" not in there.text
        assert await there.write("ask.pace", cooldown="30") == (
            "✅ **Pace per member · Seconds between requests**: no pause → 30"
        )
        await there.press("whole")
        assert "2 own values" in panel.text
        await panel.choose("place", [thread])
        assert "Seedream 4.5 · *set for the thread's channel*" in await panel.at(thread.id).go("models")
        await panel.at(thread.id).press("whole")
        await panel.press(f"at.{art.id}")
        await there.press("forget")
        assert "✅ **Allowed models**: Seedream 4.5 → Seedream 4.0" in there.text
        assert "✅ **Pace per member · Seconds between requests**: 30 → no pause" in there.text
        await there.press("whole")
        assert "own value" not in panel.text


async def test_the_last_own_value_that_goes_takes_its_channel_out_of_the_list(stage: Stage) -> None:
    async with stage.playing():
        panel = await opened(moderator(stage))
        await panel.go("places")
        await panel.choose("place", [stage.channel])
        there = panel.at(stage.channel.id)
        await there.pick_here("paused", "on")
        assert "paused on this server" in await refused(stage.ada)
        await there.press("none.paused")
        await drawn(stage.ada)
        await there.press("back.paused")
        await there.press("whole")
        assert "own value" not in panel.text


async def test_the_servers_language_is_spoken_where_everybody_reads(stage: Stage) -> None:
    async with stage.playing():
        panel = await opened(moderator(stage))
        assert await panel.pick("log", "language", "zh-CN") == ("✅ **Language**: same as in Discord → 中文")
        said = await stage.ada.says("@bot")
        await panel.pick("who", "paused", "on")
        assert "机器人" in await refused_in_chinese(stage)
        said = await stage.ada.says("@bot a lighthouse")
        answer = await stage.ada.answer(said)
        await stage.discord.until(lambda: "暂停" in answer.text, PATIENCE)


async def refused_in_chinese(stage: Stage) -> str:
    reply = await stage.ada.slash("imagine", prompt="a lighthouse")
    return (await reply.until(lambda message: "未扣费" in message.text or "暂停" in message.text, PATIENCE)).text


async def test_a_panel_goes_on_after_a_restart_and_speaks_the_moderators_language(stage: Stage) -> None:
    eve = stage.discord.moderator("eve", stage.guild, stage.channel, locale="zh-CN")
    async with stage.playing():
        panel = await opened(eve)
        assert panel.text.startswith("## 谁能用") or "使用者与频道" in panel.text
        await panel.go("limits")
        window = await panel.press("ask.user_images")
    async with stage.playing():
        await eve.submit(window, {"user_images_per_hour": "7"})
        assert "30 → 7" in panel.note
        await panel.go("models")
        assert "允许的模型" in panel.text
