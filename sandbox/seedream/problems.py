"""Every error code that the gateways document, and how each of them puts an error into words."""

from collections.abc import Mapping

AUTH = "AuthenticationError"
OVERDUE = "AccountOverdueError"
REFUSED_PROMPT = "InputTextSensitiveContentDetected"
REFUSED_PICTURE = "OutputImageSensitiveContentDetected"
REFUSED_WORDS = "The request failed because the output image may contain sensitive information."


class Problem(Exception):
    """What the pretend server has against a request: a code, words, a status; the dialect gives it its shape."""

    def __init__(self, code: str, message: str, *, status: int | None = None, param: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.status = CODES.get(code, 400) if status is None else status
        self.param = param


def invalid(field: str, reason: str) -> Problem:
    """Upstream's words for a parameter that it does not take."""
    return Problem(
        "InvalidParameter",
        f"The parameter `{field}` specified in the request is not valid: {reason}",
        param=field,
    )


ARK_CODES: Mapping[str, int] = {
    "MissingParameter": 400,
    "InvalidParameter": 400,
    "InvalidParameter.UnsupportedParameter": 400,
    "InvalidParameter.TosURLInvalid": 400,
    "InvalidParameter.OversizedImage": 400,
    "InvalidParameter.UnsupportedImageFormat": 400,
    "InvalidParameter.UnsupportedImageCount": 400,
    "InvalidImageURL.EmptyURL": 400,
    "InvalidImageURL.InvalidFormat": 400,
    "InvalidEndpoint.ClosedEndpoint": 400,
    "SensitiveContentDetected": 400,
    "SensitiveContentDetected.SevereViolation": 400,
    "SensitiveContentDetected.Violence": 400,
    "InputTextSensitiveContentDetected": 400,
    "InputTextSensitiveContentDetected.PolicyViolation": 400,
    "InputImageSensitiveContentDetected": 400,
    "InputImageSensitiveContentDetected.PolicyViolation": 400,
    "InputImageSensitiveContentDetected.PrivacyInformation": 400,
    "OutputImageSensitiveContentDetected": 400,
    "OutputImageSensitiveContentDetected.DeepFake": 400,
    "InputTextRiskDetection": 400,
    "InputImageRiskDetection": 400,
    "OutputTextRiskDetection": 400,
    "OutputImageRiskDetection": 400,
    "ContentSecurityDetectionError": 400,
    "InvalidSubscription": 400,
    "AuthenticationError": 401,
    "InvalidAccountStatus": 401,
    "AccountOverdueError": 403,
    "AccessDenied": 403,
    "OperationDenied.ServiceNotOpen": 403,
    "OperationDenied.ServiceOverdue": 403,
    "OperationDenied.Other": 403,
    "InvalidEndpointOrModel.NotFound": 404,
    "ModelNotOpen": 404,
    "InvalidEndpointOrModel.ModelIDAccessDisabled": 404,
    "UnsupportedModel": 404,
    "RateLimitExceeded.EndpointRPMExceeded": 429,
    "RateLimitExceeded.EndpointTPMExceeded": 429,
    "ModelAccountRpmRateLimitExceeded": 429,
    "ModelAccountTpmRateLimitExceeded": 429,
    "APIAccountRpmRateLimitExceeded": 429,
    "ModelAccountIpmRateLimitExceeded": 429,
    "AccountRateLimitExceeded": 429,
    "RequestBurstTooFast": 429,
    "ServerOverloaded": 429,
    "InflightBatchsizeExceeded": 429,
    "QuotaExceeded": 429,
    "SetLimitExceeded": 429,
    "InternalServiceError": 500,
}
ACEDATA_CODES: Mapping[str, int] = {
    "bad_request": 400,
    "no_token": 400,
    "token_mismatched": 401,
    "api_not_implemented": 400,
    "disabled": 400,
    "invalid_token": 401,
    "token_expired": 401,
    "used_up": 403,
    "forbidden": 403,
    "no_api": 404,
    "not_found": 404,
    "request_too_large": 413,
    "too_many_requests": 429,
    "api_error": 500,
    "internal_error": 500,
    "timeout": 504,
}
COMETAPI_CODES: Mapping[str, int] = {
    "invalid_request": 500,
    "model_not_found": 503,
    "permission_denied": 403,
    "convert_request_failed": 500,
}
CODES: Mapping[str, int] = {**ARK_CODES, **ACEDATA_CODES, **COMETAPI_CODES}


def named(text: str) -> Problem:
    """The problem that `code` or `code:status` asks for; ValueError for a code that nobody documents."""
    code, _, status = text.partition(":")
    if code not in CODES:
        raise ValueError(f"no gateway documents the error code {code!r}")
    message = REFUSED_WORDS if code == REFUSED_PICTURE else f"The request failed: {code}, as asked for."
    return Problem(code, message, status=int(status) if status else None)
