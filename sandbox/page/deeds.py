"""What a person does on the page, done in the pretend Discord: write, choose a command, press, fill in, react."""

from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from sandbox.discord import CannotDo, File, Modal, NoAnswer, PretendDiscord, Reply
from sandbox.discord.commands import LOCALES
from sandbox.discord.components import UPLOAD
from sandbox.discord.model import Json
from sandbox.page import commands
from sandbox.page.given import BadDeed, Given, NotThere
from sandbox.page.scene import Scene

MOST_MODALS = 50
_ANSWERS = {4: "message", 5: "thinking", 6: "update", 7: "update", 9: "modal"}
_PICKERS = {5: "user", 6: "role", 7: "user", 8: "channel"}
_MOST_TEXT = 2000


class Deeds:
    """Carries deeds out. Raises BadDeed, NotThere, CannotDo."""

    def __init__(self, discord: PretendDiscord, scene: Scene) -> None:
        self._world = discord.world
        self._scene = scene
        self._modals: OrderedDict[str, Modal] = OrderedDict()  # the windows that are open, the newest last
        self._ways: dict[str, Callable[[Given], Awaitable[Json | None]]] = {
            "say": self._say,
            "slash": self._slash,
            "autocomplete": self._autocomplete,
            "menu": self._menu,
            "press": self._press,
            "choose": self._choose,
            "submit": self._submit,
            "react": self._react,
            "edit": self._edit,
            "delete": self._delete,
            "dismiss": self._dismiss,
            "forward": self._forward,
            "locale": self._locale,
        }

    async def do(self, told: object, files: Mapping[str, File]) -> Json | None:
        """Do it; what the bot answered first, if it is something that is answered."""
        given = Given(self._world, self._scene, told, files)
        way = self._ways.get(given.text("do", 20))
        if way is None:
            raise BadDeed(f"do must be one of {', '.join(self._ways)}")
        try:
            return await way(given)
        except NoAnswer:
            return {"kind": "silent"}

    async def _say(self, given: Given) -> None:
        reply_to = given.message("reply_to") if given.has("reply_to") else None
        files = [given.file(name) for name in given.texts("files")]
        await given.person().says(given.text("text", 8000, empty=True), files=files, reply_to=reply_to)

    async def _slash(self, given: Given) -> Json:
        person = given.person()
        command = commands.found(self._world, person, given.text("name", 100))
        return self._answer(await person.slash(command.name, **_options(given, command)))

    async def _autocomplete(self, given: Given) -> Json:
        person = given.person()
        command = commands.found(self._world, person, given.text("name", 100))
        wanted = command.options.get(given.text("option", 100))
        if wanted is None:
            raise CannotDo("there is no such option")
        options = {name: value for name, value in _options(given, command).items() if name != wanted["name"]}
        typed = given.text("typed", 6000, empty=True)
        return {
            "kind": "choices",
            "choices": await person.autocomplete(command.name, wanted["name"], typed, **options),
        }

    async def _menu(self, given: Given) -> Json:
        message = given.message()
        return self._answer(await given.person(message.channel).menu(given.text("name", 100), message))

    async def _press(self, given: Given) -> Json:
        message = given.message()
        return self._answer(await given.person(message.channel).press(message, given.text("id", 100)))

    async def _choose(self, given: Given) -> Json:
        message, select = given.message(), given.text("id", 100)
        kind = next((part["type"] for part in message.every if part.get("custom_id") == select), 3)
        values = [given.thing(_PICKERS.get(kind, "text"), value) for value in given.texts("values")]
        return self._answer(await given.person(message.channel).choose(message, select, values))

    async def _submit(self, given: Given) -> Json:
        window = self._modals.get(given.text("modal", 100))
        if window is None:
            raise NotThere("this window is not open any more")
        person = given.person(window.interaction.channel)
        if window.interaction.user is not person.user:
            raise NotThere("this window is not open any more")
        fields = {part["custom_id"]: part for part in window.fields.values()} | window.fields
        told = given.table("values")
        if unknown := [name for name in told if name not in fields]:
            raise BadDeed(f"values.{unknown[0]} is no field of this window")
        values = {name: _field(given, fields[name], value) for name, value in told.items()}
        answer = self._answer(await person.submit(window, values))
        self._modals.pop(given.text("modal", 100), None)
        return answer

    async def _react(self, given: Given) -> None:
        message = given.message()
        await given.person(message.channel).react(message, given.text("emoji", 32), take_back=given.yes("take_back"))

    async def _edit(self, given: Given) -> None:
        message = given.message()
        await given.person(message.channel).edits(message, given.text("text", _MOST_TEXT))

    async def _delete(self, given: Given) -> None:
        message = given.message()
        await given.person(message.channel).deletes(message)

    async def _dismiss(self, given: Given) -> None:
        message = given.message()
        if not message.ephemeral:
            raise CannotDo("only a message that nobody else sees can be dismissed")
        await given.person(message.channel).deletes(message)

    async def _forward(self, given: Given) -> None:
        message = given.message()
        if message.ephemeral or message.loading:
            raise CannotDo("this message cannot be forwarded")
        await given.person(given.place("to")).forwards(message)

    async def _locale(self, given: Given) -> None:
        wanted = given.text("locale", 10)
        if wanted not in LOCALES:
            raise BadDeed(f"locale must be one of {', '.join(sorted(LOCALES))}")
        given.person(self._scene.general).user.locale = wanted
        self._world.stir()

    def _answer(self, reply: Reply) -> Json:
        told: Json = {"kind": _ANSWERS.get(reply.kind or 0, "update")}
        if told["kind"] == "modal":
            window = reply.modal
            name = str(window.interaction.id)
            self._modals[name] = window
            while len(self._modals) > MOST_MODALS:
                self._modals.popitem(last=False)
            told["modal"] = {"id": name, "title": window.title, "parts": window.data["components"]}
        return told


def _options(given: Given, command: commands.Command) -> dict[str, Any]:
    """What was filled in, by the names that the bot gave."""
    known, found = command.options, {}
    for shown, value in given.table("options").items():
        option = known.get(shown) or next((one for one in known.values() if one["name"] == shown), None)
        if option is None:
            raise CannotDo(f"/{command.shown} has no option {shown!r}")
        found[option["name"]] = _value(given, commands.KINDS[option["type"]], value, shown)
    return found


def _value(given: Given, kind: str, value: Any, shown: str) -> Any:
    try:
        if kind == "integer" and isinstance(value, str):
            return int(value)
        if kind == "number" and isinstance(value, str):
            return float(value)
    except ValueError:
        raise CannotDo(f"{shown} takes a number, not {value[:50]!r}") from None
    return given.thing(kind, value)


def _field(given: Given, part: Json, value: Any) -> Any:
    if part["type"] == UPLOAD:
        names = value.get("files") if isinstance(value, dict) else None
        if not isinstance(names, list):
            raise BadDeed(f"values.{part['custom_id']} must name its files")
        return [given.file(name) for name in names]
    if part["type"] in _PICKERS and isinstance(value, list):
        return [given.thing(_PICKERS[part["type"]], one) for one in value]
    return value
