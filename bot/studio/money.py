"""Money as the studio counts it: whole millionths of a US dollar."""

from decimal import ROUND_CEILING, Decimal, InvalidOperation

from bot.seedream.models import Price

MILLION = 1_000_000


def dollars(amount: str | Decimal) -> int:
    """US dollars in millionths, rounded up: the least amount must not become 0, which means "no limit"."""
    try:
        value = Decimal(amount)
    except InvalidOperation as error:
        raise ValueError(f"{amount!r} is not an amount of money") from error
    if not value.is_finite() or value < 0:
        raise ValueError(f"{amount!r} is not an amount of money")
    return int((value * MILLION).to_integral_value(ROUND_CEILING))


def in_dollars(price: Price, cny_per_usd: Decimal) -> int:
    """A provider's price in millionths of a US dollar, rounded up; ValueError names a currency that nobody knows."""
    if price.currency == "USD":
        return dollars(price.amount)
    if price.currency == "CNY":
        return dollars(price.amount / cny_per_usd)
    raise ValueError(f"nobody knows what a {price.currency!r} is in dollars")


def words(cost: int) -> str:
    """An amount as people write it: "$1.50", "$0.0004"."""
    digits = f"{Decimal(cost) / MILLION:.6f}"
    return f"${digits[:-4]}{digits[-4:].rstrip('0')}"
