"""What the doctor says of keys and models, for every provider, without anything being drawn."""

import pytest

from bot.config import PROVIDERS, key_field
from tests.doctor.conftest import Examine
from tests.e2e.stage import Stage

NONE = {key_field(name).upper(): "" for name in PROVIDERS}


def only(stage: Stage, provider: str, **more: str) -> dict[str, str]:
    """The settings of a bot with this provider alone."""
    own = {key_field(provider).upper(): stage.seedream.key}
    own[f"{provider.upper()}_BASE_URL"] = stage.seedream.base_url(provider)
    return NONE | own | more


@pytest.mark.parametrize("provider", PROVIDERS)
async def test_a_good_key_is_told_from_a_bad_one_everywhere(stage: Stage, examined: Examine, provider: str) -> None:
    found = await examined(**only(stage, provider))
    good = found[f"provider:{provider}"]
    assert (good.state, good.found) == ("ok", "the key is known; nothing was ordered")
    assert found["providers"].found == f"asked in this order: {provider}"
    assert found["model"].found == f"Seedream 4.5, at {provider}"
    live = found["model-live"]
    if provider == "gateway":
        assert (live.state, live.found) == ("skip", "at gateway it could not be checked without spending")
    else:
        assert (live.state, live.found) == ("ok", f"{provider} knows it; nothing was ordered")
    found = await examined(**only(stage, provider, **{key_field(provider).upper(): "sk-another-key-1"}))
    bad = found[f"provider:{provider}"]
    assert (bad.state, bad.found) == ("fail", "the key is not accepted")
    assert key_field(provider).upper() in bad.fix
    assert "another" not in str(found)
    assert found["model-live"].state == "skip"


@pytest.mark.parametrize("provider", PROVIDERS)
async def test_an_address_that_is_wrong_is_told(stage: Stage, examined: Examine, provider: str) -> None:
    name = f"{provider.upper()}_BASE_URL"
    wrong = {name: f"http://{stage.seedream.address}/{provider}/elsewhere"}
    found = (await examined(**only(stage, provider, **wrong)))[f"provider:{provider}"]
    assert found.state == "fail"
    assert name in found.fix
    wrong = {name: stage.seedream.base_url(provider, "P2")}
    found = (await examined(**only(stage, provider, **wrong)))[f"provider:{provider}"]
    assert found.state == "fail"
    assert "cannot be reached" in found.found


@pytest.mark.parametrize(
    ("fault", "state", "said"),
    [
        ("code:used_up", "fail", "the balance or quota is used up"),
        ("code:too_many_requests", "warn", "too much to do"),
        ("code:api_error", "warn", "could not be checked without spending (answer 500)"),
        ("P28", "fail", "the address moved: check the base URL"),
    ],
)
async def test_what_else_a_provider_may_say(stage: Stage, examined: Examine, fault: str, state: str, said: str) -> None:
    stage.seedream.fail(fault, provider="acedata", path="/seedream/tasks")
    found = (await examined(**only(stage, "acedata")))["provider:acedata"]
    assert said in found.found
    assert found.state == state
    assert found.fix


async def test_without_any_key_it_says_which_would_help(examined: Examine) -> None:
    found = await examined(**NONE)
    assert found["providers"].state == "fail"
    assert "COMETAPI_KEY" in found["providers"].fix
    assert found["model"].state == "ok"
    assert found["model-live"].found == "no provider with a key offers it"
    assert not [each for each in found if each.startswith("provider:")]


async def test_a_key_or_an_address_that_cannot_be_used_is_not_tried(examined: Examine) -> None:
    found = await examined(**(NONE | {"GATEWAY_API_KEY": "sk-0123456789"}))
    assert found["settings"].state == "fail"
    assert found["provider:gateway"].found == "GATEWAY_BASE_URL cannot be used"
    found = await examined(ARK_API_KEY="short")
    assert found["provider:ark"].found == "ARK_API_KEY cannot be used"
    assert found["provider:byteplus"].state == "ok"


@pytest.mark.parametrize(
    ("provider", "model", "state", "said"),
    [
        ("byteplus", "seedream-9", "warn", "seedream-9 is not in the catalogue"),
        ("cometapi", "ep-20260101-abcde", "warn", "is not in the catalogue"),
        ("byteplus", "ep-20260101-abcde", "ok", "an endpoint of your own"),
        ("acedata", "seedream-5.5", "fail", "is offered by none of your providers"),
        ("byteplus", "seedream-3.0-t2i", "warn", "is being retired"),
    ],
)
async def test_the_default_model(
    stage: Stage, examined: Examine, provider: str, model: str, state: str, said: str
) -> None:
    found = (await examined(**only(stage, provider, DEFAULT_MODEL=model)))["model"]
    assert found.state == state
    assert said in found.found
    assert bool(found.fix) == (state != "ok")


@pytest.mark.parametrize("provider", ["ark", "byteplus", "cometapi", "acedata"])
async def test_a_model_that_the_account_may_not_have_is_told(stage: Stage, examined: Examine, provider: str) -> None:
    own = f'[models."seedream-4.5".ids]\n{provider} = ["nobody-knows-this"]\n'
    (stage.home / "catalogue.toml").write_text(own)
    found = (await examined(**only(stage, provider)))["model-live"]
    assert (found.state, found.found) == ("fail", f"{provider} does not let this account have it")


async def test_a_catalogue_with_a_mistake_is_told_once(stage: Stage, examined: Examine) -> None:
    (stage.home / "catalogue.toml").write_text("models = 5")
    found = await examined()
    assert found["model"].state == "fail"
    assert "catalogue.toml" in found["model"].fix
    assert [found[each].state for each in ("provider:byteplus", "model-live")] == ["skip", "skip"]
