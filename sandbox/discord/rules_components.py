"""The rules of components: rows, buttons, custom ids, modals, and the limits of Components V2."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sandbox.discord.shapes import mappings, number, text

ROW, BUTTON, STRING_SELECT, TEXT_INPUT = 1, 2, 3, 4
SELECTS = {3, 5, 6, 7, 8}
SECOND_ONLY = {9, 10, 11, 12, 13, 14, 17}  # section, text, thumbnail, gallery, file, separator, container
LINK, PREMIUM = 5, 6
ROWS, WIDTH, OPTIONS = 5, 5, 25
COMPONENTS, TEXT = 40, 4000  # of Components V2
MODAL_ROWS = 5  # the description says 40

Component = Mapping[str, Any]


def component_faults(components: Sequence[Any], *, second: bool, surely_first: bool) -> Iterator[str]:
    """What is wrong with the components of a message; `second` are Components V2."""
    everything = flat(components)
    kinds = {number(each.get("type")) for each in everything}
    if surely_first and kinds & SECOND_ONLY:
        yield "Components V2 without their flag"
    elif second or kinds & SECOND_ONLY:
        if len(everything) > COMPONENTS:
            yield f"{len(everything)} components, more than {COMPONENTS}"
        letters = sum(len(text(each.get("content"))) for each in everything if each.get("type") == 10)
        if letters > TEXT:
            yield f"{letters} characters of text in components, more than {TEXT}"
    elif len(components) > ROWS:
        yield f"{len(components)} rows, more than {ROWS}"
    yield from _twice(everything)
    for each in everything:
        yield from _row(each)
        yield from _button(each)
        yield from _select(each)


def modal_faults(modal: Mapping[str, Any]) -> Iterator[str]:
    """What is wrong with a modal."""
    rows = mappings(modal.get("components"))
    if len(rows) > MODAL_ROWS:
        yield f"a modal with {len(rows)} rows, more than {MODAL_ROWS}"
    everything = flat(rows)
    yield from _twice(everything)
    for each in everything:
        if each.get("type") == BUTTON:
            yield "a button in a modal"
        yield from _select(each)


def flat(components: Any) -> list[Component]:
    """All components, nested ones too."""
    found: list[Component] = []
    for each in mappings(components):
        found += [each, *flat(each.get("components"))]
        found += flat([each[key] for key in ("accessory", "component") if key in each])
    return found


def _twice(everything: Sequence[Component]) -> Iterator[str]:
    ids = Counter(name for each in everything if (name := text(each.get("custom_id"))))
    yield from (f"the custom_id {name!r} is there {count} times" for name, count in ids.items() if count > 1)
    numbers = Counter(index for each in everything if (index := number(each.get("id"))))
    yield from (f"the component id {index} is there {count} times" for index, count in numbers.items() if count > 1)


def _row(row: Component) -> Iterator[str]:
    if row.get("type") != ROW:
        return
    inside = [number(each.get("type")) for each in mappings(row.get("components"))]
    if SELECTS & set(inside) and len(inside) > 1:
        yield "a row with a select and something else"
    if len(inside) > WIDTH:
        yield f"a row with {len(inside)} buttons, more than {WIDTH}"


def _button(button: Component) -> Iterator[str]:
    if button.get("type") != BUTTON:
        return
    style = button.get("style")
    called = repr(button.get("label") or button.get("custom_id") or "?")
    if style == LINK:
        if not button.get("url") or button.get("custom_id"):
            yield f"the link button {called} needs a url and no custom_id"
    elif style == PREMIUM:
        if not button.get("sku_id"):
            yield f"the premium button {called} has no sku_id"
    elif not button.get("custom_id") or button.get("url"):
        yield f"the button {called} needs a custom_id and no url"
    if style != PREMIUM and not button.get("label") and not button.get("emoji"):
        yield f"the button {called} has neither label nor emoji"


def _select(select: Component) -> Iterator[str]:
    if number(select.get("type")) not in SELECTS:
        return
    called = repr(select.get("custom_id") or "?")
    if not select.get("custom_id"):
        yield "a select without custom_id"
    least, most = number(select.get("min_values"), 1), number(select.get("max_values"), 1)
    if least > most:
        yield f"the select {called} asks for at least {least} and at most {most}"
    if select.get("type") != STRING_SELECT:
        return
    options = mappings(select.get("options"))
    if not options:
        yield f"the select {called} has no options"
    values = Counter(text(each.get("value")) for each in options)
    yield from (
        f"the select {called} has the value {value!r} {count} times" for value, count in values.items() if count > 1
    )
