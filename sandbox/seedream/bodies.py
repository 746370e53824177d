"""Answers that are proper HTTP and yet wrong: redirects, foreign bodies, refusals, waits."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import orjson
from aiohttp import web

from sandbox.seedream.dialects import Json
from sandbox.seedream.problems import AUTH, OVERDUE, REFUSED_PROMPT, Problem, invalid
from sandbox.seedream.storage import http_date

RATE = "ModelAccountIpmRateLimitExceeded"


@dataclass(frozen=True, slots=True)
class Stage:
    """What a spoilt answer may need: the true one, the form that was asked for, the time, and addresses to lure to."""

    answer: bytes
    variant: str
    now: float
    address: str
    trap: str


def problem(name: str, variant: str) -> Problem | None:
    """The refusal behind a fault, when it is one that the gateway words itself."""
    if name == "P48":
        codes = {"402": OVERDUE, "403": OVERDUE, "404": "ModelNotOpen"}
        return Problem(codes[variant], "The account may not do this.", status=int(variant))
    if name == "P46":
        return Problem(REFUSED_PROMPT, "The input text may contain sensitive information.", status=int(variant))
    if name.startswith("R"):
        return Problem(RATE, "Too many images per minute.")
    return _PROBLEMS.get(name)


_PROBLEMS: Mapping[str, Problem] = {
    "P45": invalid("size", "as asked for"),
    "P47": Problem(AUTH, "the API key or AK/SK in the request is missing or invalid."),
    "P49": Problem("InvalidEndpointOrModel.NotFound", "The model has been retired."),
    "P50": Problem("RequestTimeout", "The request took too long.", status=408),
    "P51": Problem("Conflict", "The request is in conflict with another one.", status=409),
    "P52": Problem("request_too_large", "The request body is too large."),
    "P53": Problem(RATE, "Too many images per minute."),
    "P54": Problem("InternalServiceError", "The service encountered an unexpected internal error."),
}


def waits(name: str, variant: str, now: float) -> dict[str, str]:
    """The headers that tell how long to wait."""
    if name == "R2":
        return {"retry-after-ms": variant or "1500"}
    if name == "R3":
        return {"Retry-After": http_date(now + float(variant or 3))}
    header = {"R1": variant or "2", "R4": http_date(now - 3600), "R5": "-5", "R6": variant, "R7": "1e400", "R8": "soon"}
    return {"Retry-After": header[name]} if name in header else {}


def respond(name: str, stage: Stage) -> web.Response:
    """The answer that takes the place of the true one."""
    return _RESPONSES[name](stage)


def _redirect(target: Callable[[Stage], str]) -> Callable[[Stage], web.Response]:
    return lambda stage: web.Response(status=307, headers={"Location": target(stage)})


def _body(make: Callable[[Stage], bytes]) -> Callable[[Stage], web.Response]:
    return lambda stage: web.Response(body=make(stage), content_type="application/json")


def _page(status: int, words: str) -> web.Response:
    text = f"<html><head><title>{status} {words}</title></head><body><h1>{status} {words}</h1></body></html>"
    return web.Response(text=text, status=status, content_type="text/html", reason=words)


def _changed(stage: Stage, change: Callable[[Json], object]) -> bytes:
    body: Json = orjson.loads(stage.answer)
    change(body)
    return orjson.dumps(body)


def _with_number(stage: Stage, number: bytes) -> bytes:
    """The true answer with a number in it that no JSON writer would write."""
    marked = _changed(stage, lambda body: body.update(created="@number@", usage={"generated_images": "@number@"}))
    return marked.replace(b'"@number@"', number)


_ERROR = b'{"error":{"code":"InternalServiceError","message":"internal error","type":"","param":""},"data":[]}'
_NO_OBJECT = {"null": b"null", "list": b"[1,2,3]", "string": b'"ok"'}
_PAGES = {"502": "Bad Gateway", "503": "Service Unavailable", "504": "Gateway Timeout"}

_RESPONSES: Mapping[str, Callable[[Stage], web.Response]] = {
    "P26": _redirect(lambda stage: f"http://{stage.address}/loop"),
    "P27": _redirect(lambda stage: f"http://localhost:{stage.trap.rsplit(':', 1)[1]}/elsewhere"),
    "P28": _redirect(lambda stage: f"http://{stage.trap}/private"),
    "P29": _redirect(lambda stage: "file:///etc/hostname"),
    "P30": lambda stage: web.Response(status=302),
    "P31": lambda stage: _page(200, "Welcome"),
    "P32": _body(lambda stage: _ERROR if stage.variant == "object" else b'{"error":"internal error"}'),
    "P33": _body(lambda stage: b""),
    "P34": _body(lambda stage: _NO_OBJECT[stage.variant]),
    "P35": _body(lambda stage: _changed(stage, lambda body: body.pop("data", None))),
    "P36": _body(lambda stage: _changed(stage, lambda body: body.update(data=[], usage={"generated_images": 0}))),
    "P37": _body(lambda stage: stage.answer),
    "P38": _body(lambda stage: stage.answer),
    "P39": _body(lambda stage: stage.answer.replace(b"{", b'{"note":"\xff\xfe\xc3\x28",', 1)),
    "P40": _body(lambda stage: b"\xef\xbb\xbf" + stage.answer),
    "P41": _body(lambda stage: _with_number(stage, stage.variant.encode())),
    "P42": _body(lambda stage: b"[" * 100_000 + b"]" * 100_000),
    "P43": _body(lambda stage: _with_number(stage, b"9" * 5_000)),
    "P44": lambda stage: web.Response(status=204),
    "P55": lambda stage: _page(int(stage.variant), _PAGES[stage.variant]),
    "P56": lambda stage: _page(int(stage.variant), "Web server is returning an unknown error"),
}
