"""What requests cost at the providers, in our own money."""

from collections.abc import Iterable
from decimal import Decimal

from bot.seedream.catalogue import Catalogue
from bot.seedream.models import ImageRequest, Price
from bot.studio.money import in_dollars


class Tariff:
    """The catalogue's prices, whatever currency each provider counts in."""

    def __init__(self, catalogue: Catalogue, cny_per_usd: Decimal) -> None:
        self._catalogue = catalogue
        self._cny_per_usd = cny_per_usd

    def worst(self, request: ImageRequest, providers: Iterable[str]) -> int | None:
        """The most that it can cost at any of these; None if one of them has no price that we can count."""
        most = 0
        for provider in providers:
            cost = self._count(self._catalogue.price(request, provider))
            if cost is None:
                return None
            most = max(most, cost)
        return most

    def of(self, request: ImageRequest, provider: str, pictures: int) -> int:
        """What so many pictures have cost there; nothing where no price is known."""
        return self._count(self._catalogue.settle(request, provider, pictures)) or 0

    def _count(self, price: Price | None) -> int | None:
        try:
            return in_dollars(price, self._cny_per_usd) if price else None
        except ValueError:  # a currency of the operator's own catalogue
            return None
