"""Somebody at the sandbox's page: asks the server what the page asks it, over real HTTP."""

import asyncio
import json
from collections.abc import Callable, Mapping
from typing import Any

import aiohttp

PATIENCE = 20.0  # a test that waits longer has failed
Json = dict[str, Any]
Uploads = Mapping[str, tuple[str, bytes]]  # name and bytes of each part


class Visitor:
    """A person at a channel. `do` is what the page sends when they do something."""

    def __init__(self, session: aiohttp.ClientSession, address: str) -> None:
        self.session = session
        self.address = address
        self.person = ""
        self.channel = ""

    async def arrive(self, name: str = "Mia", channel: str = "general") -> "Visitor":
        """Look around as this person, and go to that channel; "dm" is the one with the bot."""
        other = Visitor(self.session, self.address)
        world = await self.world()
        other.person = next(one["id"] for one in world["people"] if one["name"] == name)
        world = await other.world()
        places = [*world["dms"], *(place for server in world["servers"] for place in server["channels"])]
        other.channel = next(one["id"] for one in places if channel in (one["name"], one["kind"]))
        return other

    async def get(self, path: str, status: int = 200, query: Mapping[str, str] | None = None) -> Json:
        """GET, which must end with this status."""
        async with self.session.get(self.address + path, params=query) as reply:
            assert reply.status == status, await reply.text()
            told: Json = await reply.json()
            return told

    async def post(self, path: str, status: int = 200, **told: Any) -> Json:
        """POST as the page itself, which must end with this status."""
        headers = {"Origin": self.address}
        async with self.session.post(self.address + path, json=told, headers=headers) as reply:
            assert reply.status == status, await reply.text()
            answer: Json = await reply.json()
            return answer

    async def world(self) -> Json:
        """Everything around."""
        return await self.get("/api/world", query={"as": self.person} if self.person else {})

    async def commands(self) -> Json:
        """What can be used here."""
        return await self.get("/api/commands", query={"as": self.person, "in": self.channel})

    async def messages(self) -> list[Json]:
        """What is to be read here."""
        told = await self.get(f"/api/channel/{self.channel}", query={"as": self.person})
        found: list[Json] = told["messages"]
        return found

    async def tries(self, uploads: Uploads | None = None, /, **deed: Any) -> tuple[int, Json]:
        """Do something: the status and what was answered."""
        form = aiohttp.FormData(default_to_multipart=True)
        form.add_field("deed", json.dumps({"as": self.person, "in": self.channel} | deed))
        for part, (name, data) in (uploads or {}).items():
            form.add_field(part, data, filename=name)
        headers = {"Origin": self.address}
        async with self.session.post(f"{self.address}/api/do", data=form, headers=headers) as reply:
            return reply.status, await reply.json()

    async def does(self, uploads: Uploads | None = None, /, **deed: Any) -> Json:
        """Do something that works: the bot's first answer."""
        status, told = await self.tries(uploads, **deed)
        assert status == 200, told
        return told["answer"] or {}

    async def slash(self, name: str, **options: Any) -> Json:
        """Use a command, and wait until its answer is no longer thinking: the message."""
        before = {one["id"] for one in await self.messages()}
        answer = await self.does(do="slash", name=name, options=options)
        assert answer["kind"] in {"thinking", "message"}, answer
        return await self.until(lambda one: one["id"] not in before and one["author"]["bot"] and not one["thinking"])

    async def until(self, holds: Callable[[Json], object], seconds: float = PATIENCE) -> Json:
        """Wait for the latest message here of which this is true."""
        try:
            async with asyncio.timeout(seconds):
                while True:
                    for message in reversed(await self.messages()):
                        if holds(message):
                            return message
                    await asyncio.sleep(0.05)
        except TimeoutError:
            raise TimeoutError(str([words(one) for one in await self.messages()][-5:])) from None

    async def drawn(self, name: str = "imagine", **options: Any) -> Json:
        """Use a command that draws, and wait for its picture: the message."""
        number = (await self.slash(name, **options))["id"]
        return await self.until(lambda one: one["id"] == number and pictures(one))

    async def bot_is(self, state: str) -> Json:
        """Wait until the bot is in this state."""
        async with asyncio.timeout(PATIENCE):
            while (told := (await self.world())["bot"])["state"] != state:
                assert state == "failed" or told["state"] != "failed", told["note"]
                await asyncio.sleep(0.05)
        found: Json = told
        return found

    async def turn(self, key: str, *, on: bool) -> None:
        """Turn a switch."""
        await self.post("/api/switch", key=key, on=on)


def words(message: Json) -> str:
    """All that is to be read in a message."""
    texts = [message["text"], *(part.get("content", "") for part in parts(message))]
    texts += [embed.get(name) or "" for embed in message["embeds"] for name in ("title", "description")]
    return "\n".join(text for text in texts if text)


def parts(message: Json) -> list[Json]:
    """Its components, those within others too."""
    return _every(message["parts"])


def _every(found: list[Json]) -> list[Json]:
    inner = [piece for part in found for piece in [*part.get("components", []), *filter(None, [part.get("accessory")])]]
    return [*found, *_every(inner)] if found else []


def pictures(message: Json) -> list[str]:
    """The addresses of the pictures that a message shows."""
    shown = [item["media"] for part in parts(message) for item in part.get("items") or []]
    return [one["url"] for one in [*message["attachments"], *shown]]


def button(message: Json, label: str) -> Json:
    """A button by what is written on it; LookupError says which there are."""
    found = [part for part in parts(message) if part["type"] == 2]
    for part in found:
        if label in (part.get("label"), (part.get("emoji") or {}).get("name")):
            return part
    raise LookupError(f"{label}: {[part.get('label') or part.get('emoji') for part in found]}")
