"""What a provider's error code means: which error of our tree, what may be done next, what a refusal objects to."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from bot.seedream.errors import (
    About,
    BadKey,
    BadReference,
    BadReply,
    BadRequest,
    ModelUnavailable,
    NoAccess,
    OutOfCredit,
    RateLimited,
    Refused,
    Retry,
    SeedreamError,
    ServerFault,
    TimedOut,
    scrub,
)


@dataclass(frozen=True, slots=True)
class Meaning:
    """An error of the tree; `retry` None means: as the error itself says."""

    kind: type[SeedreamError]
    retry: Retry | None = None
    about: About | None = None


# An unlisted code means what its part before the last dot means: InvalidParameter.Anything is InvalidParameter.
ARK: Mapping[str, Meaning] = {
    "MissingParameter": Meaning(BadRequest),
    "InvalidParameter": Meaning(BadRequest),
    "InvalidParameter.OversizedImage": Meaning(BadReference),
    "InvalidParameter.UnsupportedImageFormat": Meaning(BadReference),
    "InvalidParameter.UnsupportedImageCount": Meaning(BadReference),
    "InvalidParameter.TosURLInvalid": Meaning(BadReference),
    "InvalidImageURL": Meaning(BadReference),
    "InvalidEndpoint": Meaning(ModelUnavailable),
    "InvalidEndpoint.ClosedEndpoint": Meaning(ModelUnavailable, Retry.LATER),
    "SensitiveContentDetected": Meaning(Refused, about=About.PROMPT),
    "InputTextSensitiveContentDetected": Meaning(Refused, about=About.PROMPT),
    "InputTextSensitiveContentDetected.PolicyViolation": Meaning(Refused, about=About.COPYRIGHT),
    "InputImageSensitiveContentDetected": Meaning(Refused, about=About.REFERENCE),
    "InputImageSensitiveContentDetected.PolicyViolation": Meaning(Refused, about=About.COPYRIGHT),
    "InputImageSensitiveContentDetected.PrivacyInformation": Meaning(Refused, about=About.PERSON),
    "OutputImageSensitiveContentDetected": Meaning(Refused, Retry.USER, About.RESULT),
    "OutputImageSensitiveContentDetected.DeepFake": Meaning(Refused, about=About.RESULT),
    "InputTextRiskDetection": Meaning(Refused, about=About.RISK),
    "InputImageRiskDetection": Meaning(Refused, about=About.RISK),
    "OutputTextRiskDetection": Meaning(Refused, about=About.RISK),
    "OutputImageRiskDetection": Meaning(Refused, about=About.RISK),
    "ContentSecurityDetectionError": Meaning(Refused, Retry.ONCE, About.RISK),
    "InvalidSubscription": Meaning(NoAccess),
    "AuthenticationError": Meaning(BadKey),
    "InvalidAccountStatus": Meaning(NoAccess),
    "AccountOverdueError": Meaning(OutOfCredit),
    "AccessDenied": Meaning(BadKey),
    "OperationDenied": Meaning(NoAccess),
    "OperationDenied.ServiceOverdue": Meaning(OutOfCredit),
    "InvalidEndpointOrModel": Meaning(ModelUnavailable),
    "ModelNotOpen": Meaning(ModelUnavailable),
    "UnsupportedModel": Meaning(ModelUnavailable),
    "RateLimitExceeded": Meaning(RateLimited),
    "ModelAccountRpmRateLimitExceeded": Meaning(RateLimited),
    "ModelAccountTpmRateLimitExceeded": Meaning(RateLimited),
    "ModelAccountIpmRateLimitExceeded": Meaning(RateLimited),
    "APIAccountRpmRateLimitExceeded": Meaning(RateLimited),
    "AccountRateLimitExceeded": Meaning(RateLimited),
    "RequestBurstTooFast": Meaning(RateLimited, Retry.BACKOFF_SLOW),
    "ServerOverloaded": Meaning(RateLimited),
    "InflightBatchsizeExceeded": Meaning(RateLimited, Retry.QUEUE),
    # These two come as 429 and still never pass by themselves.
    "QuotaExceeded": Meaning(OutOfCredit),
    "SetLimitExceeded": Meaning(OutOfCredit),
    "InternalServiceError": Meaning(ServerFault),
}

COMETAPI: Mapping[str, Meaning] = {
    "invalid_request": Meaning(BadRequest),  # comes as 500
    "model_not_found": Meaning(ModelUnavailable),  # comes as 503
    "permission_denied": Meaning(BadKey),
    "convert_request_failed": Meaning(BadRequest),
}

ACEDATA: Mapping[str, Meaning] = {
    "bad_request": Meaning(BadRequest),
    "no_token": Meaning(BadKey),
    "token_mismatched": Meaning(BadKey),
    "api_not_implemented": Meaning(BadRequest),
    "disabled": Meaning(NoAccess),
    "invalid_token": Meaning(BadKey),
    "token_expired": Meaning(BadKey),
    "used_up": Meaning(OutOfCredit),
    "forbidden": Meaning(Refused, about=About.PROMPT),
    "no_api": Meaning(BadRequest),
    # A task was lost, and with it the knowledge whether it was billed.
    "not_found": Meaning(ServerFault, Retry.NEVER),
    "request_too_large": Meaning(BadReference),
    "too_many_requests": Meaning(RateLimited),
    "api_error": Meaning(ServerFault),
    "internal_error": Meaning(ServerFault),
    "timeout": Meaning(TimedOut),
}

EMPTY = "empty_data"  # our own code for a reply without pictures and without a reason
OURS: Mapping[str, Meaning] = {EMPTY: Meaning(Refused, Retry.USER, About.RESULT)}

TABLES: Mapping[str, Mapping[str, Meaning]] = {
    "ark": {**ARK, **OURS},
    "cometapi": {**ARK, **OURS, **COMETAPI},
    "acedata": {**ARK, **OURS, **ACEDATA},
}

STATUSES: Mapping[int, Meaning] = {
    401: Meaning(BadKey),
    402: Meaning(OutOfCredit),
    403: Meaning(NoAccess),
    404: Meaning(ModelUnavailable),
    408: Meaning(TimedOut),
    413: Meaning(BadReference),
    429: Meaning(RateLimited),
    504: Meaning(TimedOut),
    524: Meaning(TimedOut),
}

_SLOW_REFERENCE = "timeout while downloading url"
_INLINE = Meaning(BadReference, Retry.INLINE_ONCE)
_LINK = re.compile(r"://\S+")
# Only codes that no prose holds by accident are looked for in a message.
_SPOKEN = re.compile(rf"(?<![\w.])({'|'.join(re.escape(code) for code in sorted(ARK, key=len, reverse=True))})(?!\w)")
_LONGEST = 2000  # characters of a foreign text that are worth looking at
_CODE = re.compile(r"[\w.: /-]{1,100}", re.ASCII)


def error_for(
    family: str,
    status: int | None,
    code: str,
    message: str,
    *,
    provider: str,
    request_id: str = "",
    retry_after: float | None = None,
) -> SeedreamError:
    """The error that a provider's words amount to: by its code, else by a code inside its message, else by status."""
    code = scrub(code) if _CODE.fullmatch(code) else ""
    message = message[:_LONGEST]
    meaning = _known(family, code)
    if meaning is None and (spoken := _SPOKEN.search(_LINK.sub("", message))):
        code = spoken[1]
        meaning = _known(family, code)
    if meaning is None:
        meaning = _by_status(family, status)
    if meaning.kind is BadRequest and _SLOW_REFERENCE in message.lower():
        meaning = _INLINE
    error = meaning.kind(
        message or "the provider gave no reason",
        provider=provider,
        code=code,
        status=status,
        request_id=request_id,
        retry=meaning.retry,
        retry_after=retry_after,
    )
    if isinstance(error, Refused) and meaning.about is not None:
        error.about = meaning.about
    return error


def _known(family: str, code: str) -> Meaning | None:
    """What the table says about a code or, where that is not listed, about the family of codes that it belongs to."""
    table = TABLES[family]
    while code:
        if code in table:
            return table[code]
        code = code.rpartition(".")[0]
    return None


def _by_status(family: str, status: int | None) -> Meaning:
    if status is None or status < 400:
        return Meaning(BadReply)
    if status == 403 and family == "acedata":
        return ACEDATA["forbidden"]  # there every other 403 is content policy
    return STATUSES.get(status) or Meaning(ServerFault if status >= 500 else BadRequest)
