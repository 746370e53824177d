"""The rules that Discord's description cannot see: each is broken once, and each right call keeps them all."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sandbox.discord.rules import broken_rules
from sandbox.discord.rules_commands import fits_name, letters
from sandbox.discord.traffic import Call, Part
from tests.sandbox.discord.right_calls import (
    CALLBACK,
    COMMANDS,
    CREATE,
    ORIGINAL,
    RIGHT,
    V2,
    buttons,
    file,
    form,
)

JSON = Part("payload_json", None, "application/json", b"{}")


@pytest.mark.parametrize("name", RIGHT)
def test_a_right_call_keeps_the_rules(name: str) -> None:
    assert broken_rules(RIGHT[name]()) == []


def send(**message: Any) -> Call:
    return Call("POST", CREATE, body={"content": "x", **message})


def layout(*components: Any, **message: Any) -> Call:
    return Call("POST", CREATE, body={"flags": V2, "components": list(components), **message})


def button(**changes: Any) -> dict[str, Any]:
    made = {"type": 2, "style": 1, "label": "Go", "custom_id": "go", **changes}
    return {"type": 1, "components": [{key: value for key, value in made.items() if value is not None}]}


def select(**changes: Any) -> dict[str, Any]:
    made = {"type": 3, "custom_id": "s", "options": [{"label": "a", "value": "a"}, {"label": "b", "value": "b"}]}
    return {"type": 1, "components": [{**made, **changes}]}


def words(letters: str) -> dict[str, Any]:
    return {"type": 10, "content": letters}


def ask(*rows: Any) -> Call:
    return Call("POST", CALLBACK, body={"type": 9, "data": {"custom_id": "m", "title": "t", "components": list(rows)}})


def field(name: str) -> dict[str, Any]:
    return {"type": 18, "label": name, "component": {"type": 4, "custom_id": name, "style": 1}}


def command(**changes: Any) -> dict[str, Any]:
    return {"name": "imagine", "description": "draw", **changes}


def put(*commands: Any) -> Call:
    return Call("PUT", COMMANDS, body=list(commands))


def option(name: str = "size", **changes: Any) -> dict[str, Any]:
    return {"type": 3, "name": name, "description": "d", **changes}


PICTURE = {"attachments": [{"id": 0, "filename": "a.png"}]}
CHOICES = [{"name": "x" * 100, "value": "y" * 100}]
BROKEN: list[tuple[Call, str]] = [
    (send(content="x" * 2001), "content of 2001 characters"),
    (send(content=""), "an empty message"),
    (send(content=None, embeds=[], components=[]), "an empty message"),
    (Call("POST", CALLBACK, body={"type": 4, "data": {"flags": 64}}), "an empty message"),
    (send(embeds=[{"description": "x" * 4000}, {"fields": [{"name": "n", "value": "x" * 2000}]}]), "embeds of 6001"),
    (send(components=[button(custom_id=str(n)) for n in range(6)]), "6 rows, more than 5"),
    (send(components=[button(), button()]), "custom_id 'go' is there 2 times"),
    (send(components=[{**button(), "id": 7}, {**button(custom_id="b"), "id": 7}]), "component id 7 is there 2"),
    (send(components=[button(custom_id=None)]), "the button 'Go' needs a custom_id and no url"),
    (send(components=[button(url="https://a.example")]), "the button 'Go' needs a custom_id and no url"),
    (send(components=[button(style=5)]), "the link button 'Go' needs a url and no custom_id"),
    (send(components=[button(style=6, custom_id=None)]), "has no sku_id"),
    (send(components=[button(label=None)]), "has neither label nor emoji"),
    (send(components=[buttons(*"abcdef")]), "a row with 6 buttons"),
    (
        send(components=[{"type": 1, "components": select()["components"] + button()["components"]}]),
        "and something else",
    ),
    (send(components=[select(options=[])]), "has no options"),
    (send(components=[select(options=[{"label": "a", "value": "a"}] * 2)]), "has the value 'a' 2 times"),
    (send(components=[select(min_values=3, max_values=2)]), "asks for at least 3 and at most 2"),
    (send(components=[select(custom_id=None)]), "a select without custom_id"),
    (send(components=[words("x")]), "Components V2 without their flag"),
    (layout(words("x"), content="y"), "content with Components V2"),
    (layout(words("x"), embeds=[{"title": "y"}]), "embeds with Components V2"),
    (layout(words("x"), poll={"question": {}}), "poll with Components V2"),
    (layout(words("x"), sticker_ids=["1"]), "sticker_ids with Components V2"),
    (layout(*[words("x")] * 41), "41 components, more than 40"),
    (layout({"type": 17, "components": [words("x")] * 40}), "41 components, more than 40"),
    (layout(words("x" * 2000), {"type": 17, "components": [words("x" * 2001)]}), "4001 characters of text"),
    (ask(*[field(str(n)) for n in range(6)]), "a modal with 6 rows"),
    (ask(field("a"), field("a")), "custom_id 'a' is there 2 times"),
    (ask(button()), "a button in a modal"),
    (put(command(name="Imagine")), "the name 'Imagine'"),
    (put(command(name="make it")), "the name 'make it'"),
    (put(command(name_localizations={"de": "Bild malen"})), "the name 'Bild malen'"),
    (put(command(options=[option("Size")])), "the name 'Size'"),
    (put({"name": "imagine"}), "has no description"),
    (put(command(options=[option(description="")])), "has no description"),
    (put(command(options=[option("a"), option("b", required=True)])), "the required option 'b' comes after"),
    (put(command(), command(description="again")), "the command 'imagine' is there 2 times"),
    (put(command(options=[option(), option()])), "2 options are called 'size'"),
    (
        put(command(options=[option(name_localizations={"de": "a"}), option("b", name_localizations={"de": "a"})])),
        "2 options are called 'a' in de",
    ),
    (put(command(options=[option(choices=CHOICES * 2)])), "2 choices are called"),
    (put(command(options=[option(choices=CHOICES, autocomplete=True)])), "has choices and autocomplete"),
    (put(command(options=[option(), {"type": 1, "name": "sub", "description": "d"}])), "subcommands beside options"),
    (put(command(options=[option(str(n), choices=CHOICES * 25) for n in range(2)])), "characters, more than 8000"),
    (put({"type": 3, "name": "Edit", "description": "no"}), "a menu with a description"),
    (put(*[{"type": 3, "name": str(n)} for n in range(16)]), "16 commands of type 3"),
    (form(CREATE, PICTURE), "the attachment 0 has no file"),
    (form(CREATE, PICTURE, file(0, "b.png")), "is called 'a.png', its file 'b.png'"),
    (form(CREATE, {"attachments": []}, file(0, "a.png")), "files[0] is not among the attachments"),
    (form(CREATE, {"attachments": [{"id": 0}, {"id": "0"}]}, file(0, "a.png")), "two attachments with the id 0"),
    (form(CREATE, PICTURE, file(0, "a.png", 0)), "the file a.png is empty"),
    (form(CREATE, {}, *[file(n % 10, "a.png") for n in range(11)]), "11 files, more than 10"),
    (form(CREATE, {}, file(0, "a.png"), file(0, "b.png")), "two parts files[0]"),
    (form(CREATE, {}, Part("file", "a.png", size=1)), "a file in the part file"),
    (form(CREATE, {}, file(0, "ein Bild.png")), "the file name 'ein Bild.png'"),
    (Call("POST", CREATE, parts=(file(0, "a.png"),)), "a multipart body without payload_json"),
    (form(CREATE, {"embeds": [{"image": {"url": "attachment://a.png"}}]}, file(0, "b.png")), "a.png is not uploaded"),
    (send(embeds=[{"image": {"url": "attachment://a.png"}}]), "attachment://a.png is not uploaded"),
    (form(CREATE, {**PICTURE, "flags": V2, "components": [words("x")]}, file(0, "a.png")), "a.png is invisible"),
    (form(ORIGINAL, {"attachments": [{"id": 1}]}, method="PATCH"), "the attachment 1 has no file"),
]


@pytest.mark.parametrize(("call", "said"), BROKEN, ids=[said for _, said in BROKEN])
def test_a_broken_rule_is_named(call: Call, said: str) -> None:
    problems = broken_rules(call)
    assert any(said in problem for problem in problems), problems


@pytest.mark.parametrize(
    "call",
    [
        send(content="", message_reference={"type": 1, "message_id": "1"}),
        send(content="x" * 2000),
        Call("PATCH", ORIGINAL, body={"content": ""}),
        Call("PATCH", ORIGINAL, body={"components": [words("x")]}),
        Call("PATCH", f"{COMMANDS}/5", body={"name": "new"}),
        Call("POST", CALLBACK, body={"type": 5}),
        Call("POST", CALLBACK, body={"type": 7, "data": {"components": []}}),
        layout(*[words("x" * 100)] * 40),
        form(CREATE, {"content": "x"}, file(0, "a.png")),
        Call("GET", CREATE),
    ],
)
def test_what_the_rules_allow_is_not_blamed(call: Call) -> None:
    assert broken_rules(call) == []


@pytest.mark.parametrize(
    "name", ["imagine", "画图", "画像", "그림", "größe", "image1", "a-b_c", "l'image", "ฟื้น", "चित्र"]
)
def test_a_name_may_be_of_any_script(name: str) -> None:
    assert fits_name(name)


@pytest.mark.parametrize("name", ["", "x" * 33, "Größe", "a b", "a/b", "a.b", "😀"])
def test_other_names_are_not_taken(name: str) -> None:
    assert not fits_name(name)


def test_only_the_longest_localisation_of_a_field_is_counted() -> None:
    choice = {"name": "ab", "name_localizations": {"de": "abcd", "fr": "abc"}, "value": "abc"}
    made = command(
        name="ab",
        description="abc",
        description_localizations={"de": "abcde"},
        options=[option("ab", choices=[choice])],
    )
    assert letters(made) == 2 + 5 + 2 + 1 + 4 + 3


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["type", "id", "name"]), inner, max_size=3)
    ),
    max_leaves=5,
)


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(sorted(RIGHT)), st.data())
def test_malformed_calls_are_read_without_stumbling(name: str, data: st.DataObject) -> None:
    call = RIGHT[name]()

    def spoil(value: Any) -> Any:
        if data.draw(st.integers(0, 9)) == 0:
            return data.draw(ANYTHING)
        if isinstance(value, dict):
            return {key: spoil(inner) for key, inner in value.items()}
        return [spoil(inner) for inner in value] if isinstance(value, list) else value

    broken_rules(Call(call.method, call.path, body=spoil(call.payload), parts=call.files))


def test_a_payload_that_is_no_json_is_no_message() -> None:
    spoilt = Part("payload_json", None, None, b'{"content": ')
    assert broken_rules(Call("POST", CREATE, parts=(spoilt,))) == ["an empty message"]
