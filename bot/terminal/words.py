"""Errors in words for the command line: what happened, whether it cost anything, what to do now."""

import re
from collections.abc import Mapping

from bot.config import PROVIDERS, key_field
from bot.seedream import errors
from bot.seedream.check import OMIT
from bot.seedream.errors import About, Charged, SeedreamError

KEYS: Mapping[str, str] = {name: key_field(name).upper() for name in PROVIDERS}

_ABOUT: Mapping[About, str] = {
    About.PROMPT: "the prompt was refused by the provider's content policy",
    About.REFERENCE: "a reference picture was refused by the provider's content policy",
    About.RESULT: "the finished picture was withheld by the provider's content policy",
    About.COPYRIGHT: "the request was refused because of possible copyright",
    About.PERSON: "a reference picture may show a real person, which the provider refuses",
    About.RISK: "the request was refused by the provider's security check",
}

_PLACE = re.compile(r"(?P<name>\w+)\[(?P<index>\d+)\]")

# The first class that fits says it, so the leaves stand before their branches.
_HAPPENED: Mapping[type[SeedreamError], tuple[str, str]] = {
    errors.Unreachable: ("", "check the network and {base_url}"),
    errors.Unavailable: ("no provider can take this now", "try again in a minute, or set another provider's key"),
    errors.NotSent: ("nothing was sent", "mend that and try again"),
    errors.BadRequest: ("{provider} does not accept the request", "change the option that it names"),
    errors.BadReference: ("a reference picture was not accepted", "try another file, PNG or JPEG work everywhere"),
    errors.Refused: ("{about}", "say it differently or use another picture"),
    errors.BadKey: ("{provider} does not accept the key", "check {key}"),
    errors.NoAccess: ("the account at {provider} is not set up for this", "activate the service in its console"),
    errors.OutOfCredit: ("the balance or quota at {provider} is used up", "top it up there, or use another provider"),
    errors.ModelUnavailable: ("{provider} does not offer this model", "see `seedream-bot models`, use --model"),
    errors.RateLimited: ("{provider} has too much to do", "try again in {wait}"),
    errors.Rejected: ("{provider} said no", "change the request"),
    errors.TimedOut: ("{provider} did not answer in time", "look at its console before you repeat it"),
    errors.ConnectionLost: ("the connection to {provider} broke", "look at its console before you repeat it"),
    errors.ServerFault: ("{provider} had an internal error", "look at its console before you repeat it"),
    errors.BadReply: ("{provider} gave an answer that cannot be understood", "check {base_url}"),
    errors.InDoubt: ("the end of the call at {provider} is unknown", "look at its console before you repeat it"),
    errors.Expired: ("", "generate it again"),
    errors.DownloadError: ("", "try again while its link lives (24 hours)"),
    SeedreamError: ("something went wrong", "try again"),
}

_CHARGED: Mapping[Charged, str] = {
    Charged.NO: "not charged",
    Charged.YES: "charged",
    Charged.UNKNOWN: "possibly charged",
}


def sentence(error: SeedreamError) -> str:
    """One line for one error; nothing of it is secret."""
    if isinstance(error, errors.InvalidRequest):
        return "; ".join(_problem(problem) for problem in error.problems)
    happened, fix = next(words for kind, words in _HAPPENED.items() if isinstance(error, kind))
    key = KEYS.get(error.provider, "the key in your settings")
    facts = {
        "provider": error.provider or "the provider",
        "about": _ABOUT[error.about] if isinstance(error, errors.Refused) else "",
        "key": key,
        "base_url": f"{error.provider.upper()}_BASE_URL" if error.provider in KEYS else "its address",
        "wait": f"{error.retry_after:.0f} s" if error.retry_after else "a minute",
    }
    detail = "" if isinstance(error, errors.Refused) else str(error.args[0])
    said = ": ".join(part for part in (happened.format_map(facts), detail) if part)
    trace = f" (request {error.request_id})" if error.request_id and error.request_id not in detail else ""
    return f"{said} · {_CHARGED[error.charged]} · {fix.format_map(facts)}{trace}"


def _problem(problem: errors.Problem) -> str:
    place = _PLACE.fullmatch(problem.field)
    option = OPTIONS.get(place["name"] if place else problem.field, problem.field)
    which = f" {int(place['index']) + 1}" if place else ""
    return f"{option}{which}: {problem.rule}{_nearest(problem)}"


def _nearest(problem: errors.Problem) -> str:
    if problem.nearest is None:
        return ""
    return " · leave it out" if problem.nearest == OMIT else f" · try {problem.nearest}"


OPTIONS: Mapping[str, str] = {
    "model": "--model",
    "size": "--size",
    "ratio": "--ratio",
    "references": "--image",
    "image": "--image",
    "max_images": "--count",
    "output_format": "--format",
    "response_format": "--b64",
    "background": "--transparent",
    "layers": "--layers",
    "web_search": "--web-search",
    "optimize_prompt": "--optimize",
    "seed": "--seed",
    "guidance_scale": "--guidance",
    "stream": "--stream",
    "prompt": "PROMPT",
}
