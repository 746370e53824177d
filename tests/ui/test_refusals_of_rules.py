"""What the rules of a server forbid is said with what would be allowed; what has to be confirmed, with its price."""

from typing import Any

import pytest

from bot.studio.limits import Barrier, Refusal, Scope
from bot.studio.policy import NeedsConfirmation, Why
from bot.ui.refusals import confirm, refused
from bot.words.catalogues import spoken


@pytest.mark.parametrize(
    ("refusal", "what", "now"),
    [
        (Refusal(Barrier.PAUSED, Scope.ALL), "The bot is paused everywhere", "try again later"),
        (
            Refusal(Barrier.PAUSED, Scope.SERVER),
            "The bot is paused on this server",
            "ask the moderators when it goes on",
        ),
        (Refusal(Barrier.BLOCKED, Scope.ALL), "You may not use this bot", "ask its owner why"),
        (
            Refusal(Barrier.BLOCKED, Scope.SERVER, returns_at=9.0),
            "You may not ask for pictures on this server",
            "try again <t:9:R>",
        ),
        (
            Refusal(Barrier.ROLE, Scope.SERVER, facts={"roles": (5, 6)}),
            "Pictures here are for <@&5> or <@&6>",
            "ask the moderators of this server",
        ),
        (
            Refusal(Barrier.ROLE, Scope.SERVER, facts={"denied": (5,)}),
            "With your roles you may not ask for pictures here",
            "ask the moderators of this server",
        ),
        (
            Refusal(Barrier.CHANNEL, Scope.SERVER, facts={"channels": tuple(range(1, 9))}),
            "Pictures are not made in this channel",
            "go to <#1>, <#2>, <#3>, <#4>, or <#5>",
        ),
        (Refusal(Barrier.CHANNEL, Scope.SERVER), "Pictures are not made in this channel", "ask in another channel"),
        (
            Refusal(Barrier.SIZE, Scope.SERVER, facts={"size": "4K", "sizes": ("1K", "2K")}),
            "The size `4K` is not allowed here",
            "choose `1K` or `2K`",
        ),
        (
            Refusal(Barrier.COUNT, Scope.SERVER, limit=2, wanted=4),
            "These are 4 pictures at once, and the limit here is 2",
            "ask for fewer pictures",
        ),
        (
            Refusal(Barrier.REFERENCES, Scope.SERVER, facts={"policy": "own"}),
            "Here you may use only your own pictures as references",
            "attach a picture yourself",
        ),
        (
            Refusal(Barrier.REFERENCES, Scope.SERVER, facts={"policy": "off"}),
            "Reference pictures are not allowed here",
            "ask without a picture",
        ),
        (
            Refusal(Barrier.BLOCKED_WORD, Scope.SERVER, facts={"word": "a`b"}),
            "The word `aˋb` is not allowed here",
            "say it in other words",
        ),
        (
            Refusal(Barrier.BLOCKED_WORD, Scope.SERVER),
            "There is a word in it that is not allowed here",
            "say it in other words",
        ),
    ],
)
def test_it_says_what_is_not_allowed_and_what_is(refusal: Refusal, what: str, now: str) -> None:
    assert refused(refusal, "en-GB") == f"{what} · not charged · {now}"


ASKED: list[tuple[NeedsConfirmation, str]] = [
    (NeedsConfirmation(160_000, 4, Why.COST, 100_000), "This may cost $0.16, which is more than $0.10"),
    (NeedsConfirmation(160_000, 4, Why.IMAGES, 3), "These are 4 pictures, and may cost $0.16"),
    (NeedsConfirmation(None, 4, Why.IMAGES, 3), "These are 4 pictures, and may cost an unknown amount"),
    (NeedsConfirmation(None, 1, Why.UNPRICED, 3), "Nobody knows what this costs"),
]


@pytest.mark.parametrize(("needed", "what"), ASKED)
def test_what_has_to_be_confirmed_is_asked_with_its_price(needed: NeedsConfirmation, what: str) -> None:
    assert confirm(needed, "en-US") == f"{what} · nothing is charged yet · go ahead?"
    told: list[Any] = [confirm(needed, language) for language in spoken()]
    assert all(text.count(" · ") == 2 and "go ahead" not in text for text in told)
