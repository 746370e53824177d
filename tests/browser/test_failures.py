"""A failure of each kind, made by the switches of the panel, as people see it."""

import pytest
from playwright.async_api import expect

from tests.browser.theatre import Theatre
from tests.browser.visitor import Visitor, button, picture

TOLD = {
    "Down": "The provider had an internal error · possibly charged",
    "Refuses": "refused by the provider's content policy · not charged",
    "No balance": "The bot's balance at the provider is used up · not charged",
    "Bad key": "The bot's access to the provider does not work · not charged",
}


@pytest.mark.parametrize("switch", TOLD)
async def test_what_the_provider_does_not_do_is_said_with_what_it_costs(visitor: Visitor, switch: str) -> None:
    await visitor.turn("Provider", switch)
    await visitor.use("imagine", prompt="a cat")
    await expect(visitor.newest).to_contain_text(TOLD[switch])
    await expect(button(visitor.newest, "Edit & retry")).to_be_visible()


async def test_a_slow_provider_is_counted_down(visitor: Visitor, theatre: Theatre) -> None:
    await visitor.turn("Provider", "Slow")
    await visitor.use("imagine", prompt="a snail")
    await expect(visitor.newest).to_contain_text("drawing")
    await expect(button(visitor.newest, "Cancel")).to_be_visible()
    await button(visitor.newest, "Cancel").click()
    await expect(visitor.newest).to_contain_text("Cancelled")


@pytest.mark.parametrize("switch", ["429", "Server error", "Token expired"])
async def test_what_goes_wrong_at_discord_once_keeps_nobody_from_the_picture(visitor: Visitor, switch: str) -> None:
    await visitor.turn("Discord", switch)
    await visitor.use("imagine", prompt="a cat")
    await expect(picture(visitor.newest)).to_be_visible()
    panel = await visitor.panel("Traffic")
    await expect(panel.get_by_role("listitem").filter(has_text="Made to fail").first).to_be_visible()
    await visitor.panel("Make it fail")
    await expect(panel.get_by_role("switch", name=switch, exact=True)).to_have_attribute("aria-checked", "false")


async def test_a_picture_that_discord_finds_too_large_is_kept(visitor: Visitor) -> None:
    await visitor.turn("Discord", "Upload too large")
    await visitor.use("imagine", prompt="a city at night in the rain")
    await expect(visitor.newest).to_contain_text("kept for you")


async def test_silence_is_what_discord_makes_of_it(visitor: Visitor) -> None:
    await visitor.turn("Discord", "Silent")
    await visitor.use("imagine", prompt="a cat")
    await expect(visitor.newest).to_contain_text("The application did not respond")
    await visitor.newest.get_by_role("button", name="Dismiss message").click()
    await expect(visitor.log).not_to_contain_text("did not respond")


async def test_without_permission_a_command_still_draws(visitor: Visitor) -> None:
    await visitor.turn("Discord", "No permission")
    await visitor.use("imagine", prompt="a cat")
    await expect(picture(visitor.newest)).to_be_visible()
