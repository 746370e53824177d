"""What goes over the wire, for the curious: the bot's calls, the gateway's events, the provider's calls, the log."""

import json
import re
from collections import deque
from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal
from typing import Any

from bot.redact import HIDDEN, Redactor
from bot.seedream.catalogue import Catalogue
from bot.seedream.models import ImageRequest, Reference
from sandbox.discord import Call, Event, PretendDiscord
from sandbox.discord.model import Json
from sandbox.seedream.ledger import Call as Paid

MOST_ENTRIES = 1000
MOST_TOLD = 200
_BODY = 6000  # characters
_READ = 60_000
_LEVEL = re.compile(r"\b(DEBUG|INFO|WARNING|ERROR|CRITICAL)\b")


class Wire:
    """Keeps the latest entries, each without secrets."""

    def __init__(self, discord: PretendDiscord, secrets: Iterable[str]) -> None:
        self.last = 0
        self._world = discord.world
        self._clean = Redactor(secrets)
        self._catalogue = Catalogue.load()
        self._entries: deque[Json] = deque(maxlen=MOST_ENTRIES)
        discord.judges.append(self._called)
        discord.event_judges.append(self._told)

    def after(self, number: int) -> Json:
        """What has come after this entry, the latest if there is much."""
        found = [entry for entry in self._entries if entry["n"] > number]
        return {"last": self.last, "entries": found[-MOST_TOLD:]}

    def said(self, line: str) -> None:
        """The bot has written a line of its log."""
        level = _LEVEL.search(line[:80])
        name = level[1].lower() if level else "info"
        level_shown = {"warning": "warning", "error": "error", "critical": "error"}.get(name, "info")
        self._add("log", "out", line.rstrip(), level=level_shown)
        self._world.stir()

    def paid(self, call: Paid, seconds: float) -> None:
        """The provider has answered a call."""
        price = self._price(call)
        self._add(
            "provider",
            "out",
            f"POST {call.provider} {call.path.removeprefix(f'/{call.provider}')}",
            status=call.status,
            ms=round(seconds * 1000),
            price=price,
            images=call.billed,
            fault=call.fault,
            body=self._text(call.body),
            level="info" if call.status == 200 else "error",
        )
        self._world.stir()

    def _called(self, call: Call) -> list[str]:
        """The bot has called Discord. It comes last of all judges, so that what they have found is known."""
        wrong, self._world.violations[:] = list(self._world.violations), []
        template = call.template or re.sub(r"(/(?:webhooks|interactions)/\d+/)[^/]+", r"\1…", call.path)
        files = [f"{part.filename} ({part.size:,} bytes)" for part in call.parts if part.filename]
        told = {"sent": call.body, "files": files, "answer": call.answer}
        call.parts = [replace(part, data=b"") for part in call.parts]
        self._add(
            "discord",
            "out",
            f"{call.method} {re.sub(r'{[^}]*}', '…', template)}",
            status=call.status,
            ms=round(call.seconds * 1000),
            images=len(files),
            fault=call.fault,
            wrong=wrong,
            body=self._text({name: value for name, value in told.items() if value}),
            level="error" if wrong or call.status is None or call.status >= 400 else "info",
        )
        return []

    def _told(self, event: Event) -> list[str]:
        """The gateway has told the bot of something."""
        wrong, self._world.violations[:] = list(self._world.violations), []
        self._add("gateway", "in", event.name, wrong=wrong, body=self._text(event.data))
        return []

    def _add(self, who: str, way: str, title: str, **more: Any) -> None:
        self.last += 1
        entry: Json = {"n": self.last, "time": self._world.now, "who": who, "way": way, "title": self.hidden(title)}
        entry |= {"status": None, "ms": None, "price": None, "images": 0, "fault": "", "wrong": [], "body": ""}
        entry |= {"level": "info"} | more
        entry["wrong"] = [self.hidden(one) for one in entry["wrong"]]
        self._entries.append(entry)

    def _text(self, value: object) -> str:
        """JSON for people: without secrets first, and only then shortened, so that no half of one is left."""
        if value in (None, {}, []):
            return ""
        text = json.dumps(value, ensure_ascii=False, indent=2, default=str)
        text = self.hidden(text[:_READ].rpartition("\n")[0] if len(text) > _READ else text)
        return text if len(text) <= _BODY else f"{text[:_BODY]}\n… ({len(text):,} characters)"

    def hidden(self, text: str) -> str:
        """The text with all secrets taken out."""
        return self._clean(text).replace(HIDDEN, "…")

    def _price(self, call: Paid) -> str | None:
        """What a call has cost, by the bot's own catalogue."""
        body = call.body
        if not call.billed or not isinstance(body, dict):
            return None
        images = body.get("image") or []
        references = tuple(Reference() for _ in ([images] if isinstance(images, str) else images))
        size = body.get("size")
        request = ImageRequest(str(body.get("model")), references=references, size=str(size) if size else None)
        price = self._catalogue.settle(request, call.provider, call.billed)
        return None if price is None else _money(price.amount, price.currency)


def _money(amount: Decimal, currency: str) -> str:
    plain = f"{amount.normalize():f}"
    return f"${plain}" if currency == "USD" else f"{plain} {currency}"
