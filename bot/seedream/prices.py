"""What a generation costs: tiers by picture size, and references beyond the free ones."""

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Tier:
    """The price of one picture of at most so many pixels; without `pixels`, of any larger one."""

    image: Decimal
    pixels: int | None = None


@dataclass(frozen=True, slots=True)
class Tariff:
    """What one provider takes for one model. Only pictures that came are billed."""

    tiers: tuple[Tier, ...]
    reference: Decimal = Decimal(0)
    free_references: int = 0

    def __post_init__(self) -> None:
        if not self.tiers or any(tier.pixels is None for tier in self.tiers[:-1]):
            raise ValueError("only the last of the tiers goes without pixels, and there must be one at least")
        bounds = [tier.pixels for tier in self.tiers if tier.pixels is not None]
        if bounds != sorted(set(bounds)):
            raise ValueError("the tiers stand in the order of their pixels")
        if min(self.reference, *(tier.image for tier in self.tiers)) < 0 or self.free_references < 0:
            raise ValueError("a price is not negative")

    def image(self, pixels: int | None) -> Decimal:
        """The price of one picture; of unknown size, or larger than every tier: the dearest."""
        for tier in self.tiers:
            if pixels is not None and (tier.pixels is None or pixels <= tier.pixels):
                return tier.image
        return max(tier.image for tier in self.tiers)

    def total(self, images: int, references: int, pixels: int | None) -> Decimal:
        """What so many pictures cost, made from so many references; nothing at all when none came."""
        if images < 1:
            return Decimal(0)
        return images * self.image(pixels) + max(0, references - self.free_references) * self.reference
