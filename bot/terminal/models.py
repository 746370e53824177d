"""`seedream-bot models`: what can be asked for, at whom, for how much."""

from collections.abc import Iterable, Sequence

from bot.seedream.catalogue import Catalogue, Model
from bot.seedream.prices import Tariff

HEAD = ("MODEL", "ALSO", "SIZES", "PICTURES IN", "CAN", "AT, FOR A PICTURE")


def table(catalogue: Catalogue, providers: Sequence[str]) -> str:
    """One line a model, newest first; of the given providers those that offer it, with the price where it is known."""
    rows = [HEAD, *(_row(model, catalogue, providers) for model in catalogue.models.values())]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEAD))]
    lines = ("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in rows)
    return "\n".join(line.rstrip() for line in lines)


def _row(model: Model, catalogue: Catalogue, providers: Sequence[str]) -> tuple[str, ...]:
    fewest, most = model.references
    name = model.key + (" (legacy)" if model.status == "legacy" else "")
    return (
        name,
        ", ".join(model.aliases[:2]),
        " ".join(model.presets) or "pixels",
        str(most) if fewest == 0 else f"{fewest}-{most}" if fewest != most else f"{most}, needed",
        ", ".join(_abilities(model)) or "-",
        ", ".join(_prices(model, catalogue, providers)) or "-",
    )


def _abilities(model: Model) -> Iterable[str]:
    """In words that are also the options' names."""
    if model.sequence:
        yield "sets, streamed" if model.stream else "sets"
    if model.web_search:
        yield "web search"
    if "transparent" in model.backgrounds:
        yield "transparent"
    if model.layers:
        yield f"layers ({model.layers})"
    if len(model.formats) > 1:
        yield "/".join(model.formats)
    if model.seed:
        yield "seed"
    if model.guidance:
        yield "guidance"


def _prices(model: Model, catalogue: Catalogue, providers: Sequence[str]) -> Iterable[str]:
    for provider in providers:
        if not model.ids.get(provider):
            continue
        tariff = model.prices.get(provider)
        currency = catalogue.providers[provider].currency
        yield f"{provider} {_span(tariff)} {currency}" if tariff else provider


def _span(tariff: Tariff) -> str:
    prices = sorted({tier.image for tier in tariff.tiers})
    return f"{prices[0]:f}" if len(prices) == 1 else f"{prices[0]:f}-{prices[-1]:f}"
