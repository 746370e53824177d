"""Every documented code and status ends in the right error, with the documented right to try again."""

import json
from pathlib import Path
from typing import Any

import pytest

from bot.seedream.codes import TABLES, error_for
from bot.seedream.errors import (
    About,
    BadKey,
    BadReference,
    BadReply,
    BadRequest,
    Charged,
    ConnectionLost,
    DownloadError,
    InDoubt,
    ModelUnavailable,
    NoAccess,
    OutOfCredit,
    RateLimited,
    Refused,
    Rejected,
    Retry,
    SeedreamError,
    ServerFault,
    TimedOut,
    Unreachable,
)

FACTS = json.loads((Path(__file__).parents[1] / "data" / "seedream-facts.json").read_text(encoding="utf-8"))
FAMILIES = ("ark", "cometapi", "acedata")

# what the categories of the facts are in our tree
CATEGORIES: dict[str, tuple[type[SeedreamError], About | None]] = {
    "bad_request": (BadRequest, None),
    "bad_image": (BadReference, None),
    "endpoint": (ModelUnavailable, None),
    "model": (ModelUnavailable, None),
    "account": (NoAccess, None),
    "auth": (BadKey, None),
    "billing": (OutOfCredit, None),
    "quota": (OutOfCredit, None),
    "rate_limit": (RateLimited, None),
    "overload": (RateLimited, None),
    "concurrency": (RateLimited, None),
    "server": (ServerFault, None),
    "timeout": (TimedOut, None),
    "task": (ServerFault, None),
    "moderation_input_text": (Refused, About.PROMPT),
    "moderation_or_permission": (Refused, About.PROMPT),
    "moderation_input_image": (Refused, About.REFERENCE),
    "moderation_output": (Refused, About.RESULT),
    "moderation_copyright": (Refused, About.COPYRIGHT),
    "moderation_real_person": (Refused, About.PERSON),
    "moderation_risk": (Refused, About.RISK),
}
CODES = [(family, row) for family in FAMILIES for row in FACTS["errors"][family]]


def error(family: str, status: int | None, code: str = "", message: str = "words") -> SeedreamError:
    return error_for(family, status, code, message, provider="somebody")


@pytest.mark.parametrize(("family", "row"), CODES, ids=[f"{family}-{row['code']}" for family, row in CODES])
def test_every_documented_code_means_what_the_facts_say(family: str, row: dict[str, Any]) -> None:
    code = f"{row['code']}Something" if row["match"] == "prefix" else row["code"] or ""
    for status in row["http"] or [None]:
        found = error(family, status, code)
        kind, about = CATEGORIES[row["category"]]
        assert type(found) is kind
        assert found.retry is Retry(row["retry"])
        assert found.code == code
        assert about is None or (isinstance(found, Refused) and found.about is about)


@pytest.mark.parametrize(("family", "row"), CODES, ids=[f"{family}-{row['code']}" for family, row in CODES])
def test_only_errors_in_doubt_may_have_cost_something(family: str, row: dict[str, Any]) -> None:
    found = error(family, next(iter(row["http"]), None), row["code"] or "")
    assert found.charged is (Charged.UNKNOWN if isinstance(found, InDoubt) else Charged.NO)


VECTORS = FACTS["test_vectors"]["retry"]
SILENT: dict[str, SeedreamError] = {
    "connect": Unreachable("x"),
    "read_timeout": TimedOut("x"),
    "connection_reset": ConnectionLost("x"),
    "truncated_body_or_stream": BadReply("x"),
    "async_submit_lost_before_task_id": ConnectionLost("x"),
    "image_download_failed": DownloadError("x"),
    "poll_failed": Unreachable("x"),  # and every other failure of an unpaid call: see its provider
}


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: f"{vector['phase']}-{vector['http']}-{vector['code']}")
def test_the_right_to_try_again_is_the_documented_one(vector: dict[str, Any]) -> None:
    if vector["phase"] != "response":
        assert SILENT[vector.get("event", vector["phase"])].retry is Retry(vector["expect"])
        return
    found = error_for(
        vector["provider"],
        vector["http"],
        vector["code"] or "",
        vector.get("message", "words"),
        provider="somebody",
        retry_after=vector.get("retry_after"),
    )
    assert found.retry is Retry(vector["expect"])
    assert found.retry_after == vector.get("min_wait_s")


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, BadRequest),
        (401, BadKey),
        (402, OutOfCredit),
        (403, NoAccess),
        (404, ModelUnavailable),
        (405, BadRequest),
        (408, TimedOut),
        (409, BadRequest),
        (413, BadReference),
        (422, BadRequest),
        (429, RateLimited),
        (500, ServerFault),
        (502, ServerFault),
        (503, ServerFault),
        (504, TimedOut),
        (520, ServerFault),
        (524, TimedOut),
        (529, ServerFault),
        (999, ServerFault),
        (200, BadReply),
        (302, BadReply),
        (None, BadReply),
    ],
)
@pytest.mark.parametrize("family", FAMILIES)
def test_an_unknown_code_falls_back_to_the_status(family: str, status: int | None, kind: type[SeedreamError]) -> None:
    found = error(family, status, "never_seen")
    assert type(found) is (Refused if (family, status) == ("acedata", 403) else kind)
    assert found.code == "never_seen"
    fallback = FACTS["errors"]["status_fallback"]["map"].get(str(status))
    assert fallback is None or found.retry is Retry(fallback)


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("code", ["", "upstream_error"])
def test_a_known_code_inside_the_message_counts_when_the_code_says_nothing(family: str, code: str) -> None:
    found = error(family, 500, code, "InputImageSensitiveContentDetected.PrivacyInformation: refused (request id: 1)")
    assert isinstance(found, Refused)
    assert found.about is About.PERSON
    assert found.code == "InputImageSensitiveContentDetected.PrivacyInformation"


def test_a_known_code_is_worth_more_than_another_one_in_the_message() -> None:
    assert type(error("ark", 429, "QuotaExceeded", "no RequestBurstTooFast here")) is OutOfCredit


def test_words_that_only_contain_a_code_or_links_that_hold_one_do_not_count() -> None:
    assert type(error("ark", 500, "", "MyQuotaExceededCounter broke")) is ServerFault
    assert type(error("ark", 500, "", "cannot load https://example.org/RequestBurstTooFast")) is ServerFault
    assert type(error("acedata", 500, "", "the function was disabled after a timeout")) is ServerFault


def test_an_unlisted_code_means_what_its_family_means() -> None:
    assert error("ark", 400, "OutputImageSensitiveContentDetected.New").retry is Retry.USER
    assert type(error("ark", 429, "RateLimitExceeded.New.Kind")) is RateLimited
    assert type(error("ark", 500, ".")) is ServerFault


@pytest.mark.parametrize("code", ["OversizedImage", "UnsupportedImageFormat", "UnsupportedImageCount", "TosURLInvalid"])
def test_parameters_that_are_pictures_blame_the_reference(code: str) -> None:
    assert type(error("ark", 400, f"InvalidParameter.{code}")) is BadReference


@pytest.mark.parametrize(
    ("family", "code"), [("ark", "InvalidParameter"), ("cometapi", ""), ("acedata", "bad_request")]
)
def test_a_reference_that_loads_too_slowly_may_be_sent_again_with_its_bytes(family: str, code: str) -> None:
    found = error(family, 400, code, "Timeout while downloading url=https://example.org/r.png?X-Tos-Signature=abc")
    assert type(found) is BadReference
    assert found.retry is Retry.INLINE_ONCE
    assert "abc" not in str(found)


def test_a_fault_after_a_slow_reference_stays_in_doubt() -> None:
    assert error("ark", 500, "", "Timeout while downloading url=x").retry is Retry.AMBIGUOUS


def test_codes_of_one_gateway_mean_nothing_at_another() -> None:
    assert type(error("ark", 503, "model_not_found")) is ServerFault
    assert type(error("cometapi", 503, "model_not_found")) is ModelUnavailable
    assert set(TABLES) == set(FAMILIES)


def test_a_full_quota_is_never_tried_again_although_it_comes_as_429() -> None:
    for code in ("QuotaExceeded", "SetLimitExceeded"):
        assert not error("ark", 429, code).retryable


def test_secrets_in_foreign_words_are_hidden() -> None:
    found = error(
        "ark", 400, "sk-abcdefghijkl", "Bearer abc.def refused for https://u:p@example.org/a.png?X-Tos-Signature=S3CRET"
    )
    for shown in (str(found), repr(found)):
        for secret in ("abc.def", "S3CRET", "u:p", "abcdefghijkl"):
            assert secret not in shown


def test_a_code_that_is_no_code_is_dropped_and_an_endless_message_is_cut() -> None:
    found = error("ark", 400, "<b>\n" * 50, "a." * 500_000)
    assert found.code == ""
    assert len(str(found)) < 600
    assert isinstance(found, Rejected)


def test_an_error_without_words_still_says_something() -> None:
    assert "no reason" in str(error("ark", 500, "", ""))
