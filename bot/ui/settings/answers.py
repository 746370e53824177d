"""What both panels do alike: they are shown and turned, open forms, and understand what was chosen or written."""

from collections.abc import Awaitable, Iterable, Sequence
from contextlib import suppress
from typing import Any

import discord

from bot.studio.checks import BadPreference
from bot.studio.courier import CourierError
from bot.ui.faults import Barred, plainly
from bot.ui.press import PATIENCE, Press
from bot.ui.settings.fields import LISTS, ON_OFF, Field, Kind, Row
from bot.ui.settings.layout import Maker
from bot.ui.settings.values import several, without

_SILENT = discord.AllowedMentions.none()


def is_panel(press: Press) -> bool:
    """Whether it was pressed in a panel: these are for one person's eyes, and no other message is turned into one."""
    message = press.interaction.message
    return message is not None and message.flags.ephemeral and message.flags.components_v2


def chosen(press: Press) -> list[str]:
    """What was chosen in a select."""
    data: Any = press.interaction.data or {}
    return [each for each in data.get("values") or () if isinstance(each, str)]


async def show(press: Press, view: discord.ui.LayoutView) -> None:
    """Answer with a panel, or turn the one that was pressed in into it."""
    response = press.interaction.response
    if press.interaction.message is None:
        call: Awaitable[Any] = response.send_message(view=view, ephemeral=True, allowed_mentions=_SILENT)
    else:
        call = response.edit_message(view=view, allowed_mentions=_SILENT)
    with suppress(Barred, CourierError):  # who pressed will press again
        await plainly(call, PATIENCE)


async def ask_by(press: Press, form: discord.ui.Modal) -> None:
    with suppress(Barred, CourierError):
        await plainly(press.interaction.response.send_modal(form), PATIENCE)


def mistake(maker: Maker, error: BadPreference, rows: Iterable[Row]) -> str:
    """What is wrong with what was wanted; nothing has been changed."""
    titles = {field.name: field for row in rows for field in row.fields}
    return f"⚠️ {maker.speaker.mistake(error, titles)}"


def meant(field: Field, chosen: Sequence[str]) -> Any:
    """The value of what was chosen in a select; a list of which everything was taken out is none."""
    if field.kind in LISTS:
        return list(chosen) or None
    if field.kind is Kind.SWITCH:
        return {value: value == "on" for value, _ in ON_OFF}.get(chosen[0], chosen[0])
    return chosen[0]


def listed(field: Field, own: Sequence[str], text: str, *, gone: bool) -> Any:
    """The value of what was written where there is a list, or a select that does not have it."""
    names = several(text)
    if field.kind not in {Kind.WORDS, Kind.MODELS}:
        return " ".join(text.split()).replace("：", ":") or None
    return (without(own, names) if gone else [*own, *names]) or None
