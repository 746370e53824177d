"""How each gateway words its answers: items, whole bodies, events, errors."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sandbox.seedream.problems import ACEDATA_CODES, CODES, COMETAPI_CODES, Problem
from sandbox.seedream.rules import Order

Json = dict[str, object]

_TYPES = {400: "BadRequest", 401: "Unauthorized", 403: "Forbidden", 404: "NotFound", 429: "TooManyRequests"}


@dataclass(frozen=True, slots=True)
class Layer:
    """The place of one layer in a decomposed picture."""

    z_index: int
    box: tuple[int, int, int, int] | None = None
    name: str = ""
    description: str = ""


@dataclass(frozen=True, slots=True)
class Item:
    """One picture that is done, or the problem that stands in its place."""

    index: int
    width: int = 0
    height: int = 0
    output_format: str = ""
    url: str = ""
    b64: str = ""
    layer: Layer | None = None
    problem: Problem | None = None

    @property
    def size(self) -> str:
        """Width and height as the API writes them."""
        return f"{self.width}x{self.height}"


def item(order: Order, made: Item, whole: tuple[int, int]) -> Json:
    """One element of `data`."""
    if made.problem is not None:
        return {"error": {"code": made.problem.code, "message": made.problem.message}}
    link = "image_url" if order.provider == "acedata" else "url"
    entry: Json = {"b64_json": made.b64} if made.b64 else {link: made.url}
    if order.provider == "acedata":
        entry = {"prompt": order.prompt, **entry}
    if order.provider == "gateway":
        return entry
    entry["size"] = made.size
    if "background" in order.model.fields and order.provider != "cometapi":
        entry["output_format"] = made.output_format
    if order.model.key == "seedream-5.5" and order.provider in ("ark", "byteplus"):
        entry["background"] = order.background or "opaque"
    if made.layer is not None:
        entry |= _layer(made.layer, whole)
    return entry


def _layer(layer: Layer, whole: tuple[int, int]) -> Json:
    if layer.box is None:
        return {"z_index": layer.z_index}
    width, height = whole
    normalized = [edge * 1000 // (width, height)[place % 2] for place, edge in enumerate(layer.box)]
    return {
        "z_index": layer.z_index,
        "bounding_box": {"absolute": list(layer.box), "normalized": normalized},
        "name": layer.name,
        "description": layer.description,
    }


def usage(order: Order, made: Sequence[Item]) -> Json:
    """What was drawn, in the provider's words."""
    done = [one for one in made if one.problem is None]
    tokens = sum(one.width * one.height for one in done) // 256
    if order.provider == "gateway":
        return {
            "prompt_tokens": 0,
            "completion_tokens": 0,
            "total_tokens": tokens,
            "prompt_tokens_details": {"cached_tokens_details": {}},
            "completion_tokens_details": {},
            "output_tokens": tokens,
        }
    counted: Json = {"generated_images": len(done), "output_tokens": tokens, "total_tokens": tokens}
    if order.provider == "cometapi":
        return counted
    if "layer_decomposition" in order.model.fields and order.links:
        counted["input_images"] = len(order.links)
    if order.web_search:
        counted["tool_usage"] = {"web_search": 1}
    return counted


def body(order: Order, made: Sequence[Item], *, created: float, task: str = "", trace: str = "") -> Json:
    """The whole plain answer."""
    whole = (made[0].width, made[0].height) if made else (1, 1)
    data = [item(order, one, whole) for one in made]
    if order.provider == "acedata":
        return {"success": True, "task_id": task, "trace_id": trace, "data": data}
    if order.provider == "gateway":
        return {"data": data, "created": int(created), "usage": usage(order, made)}
    answer: Json = {"model": order.name, "created": int(created), "data": data}
    if order.web_search:
        answer["tools"] = [{"type": "web_search"}]
    return {**answer, "usage": usage(order, made)}


def event(order: Order, made: Item, created: float) -> Json:
    """The data of the event that tells of one picture."""
    kind = "partial_failed" if made.problem is not None else "partial_succeeded"
    head: Json = {
        "type": f"image_generation.{kind}",
        "model": order.name,
        "created": int(created),
        "image_index": made.index,
    }
    entry = item(order, made, (made.width, made.height))
    if made.problem is None:
        entry["size"] = made.size
    return head | entry


def completed(order: Order, made: Sequence[Item], created: float) -> Json:
    """The data of the event that ends a stream."""
    data: Json = {
        "type": "image_generation.completed",
        "model": order.name,
        "created": int(created),
        "usage": usage(order, made),
    }
    if order.web_search:
        data["tools"] = [{"type": "web_search"}]
    return data


def failure(provider: str, problem: Problem, request_id: str) -> tuple[int, Json]:
    """Status and body of a refusal."""
    if provider == "acedata":
        return _acedata(problem, request_id)
    if provider in ("cometapi", "gateway"):
        return problem.status, _openai_style(provider, problem, request_id)
    message = f"{problem.message} Request id: {request_id}"
    kind = _TYPES.get(problem.status, "InternalServerError")
    return problem.status, {"error": {"code": problem.code, "message": message, "param": problem.param, "type": kind}}


def _openai_style(provider: str, problem: Problem, request_id: str) -> Json:
    """CometAPI and its kin pass upstream's code inside the words, and have a few codes of their own."""
    comet = provider == "cometapi"
    own = problem.code in COMETAPI_CODES or problem.code in ACEDATA_CODES
    code, words = problem.code, problem.message
    if comet and not own:
        code, words = "", f"{problem.code}: {problem.message}"
    if problem.status == 401 and not own:
        code, words = "", "invalid token"
    error: Json = {
        "message": f"{words} (request id: {request_id})",
        "type": "comet_api_error" if comet else "new_api_error",
        "param": problem.param,
        "code": code,
    }
    return {"error": error}


_ACEDATA: Mapping[int, str] = {
    401: "invalid_token",
    404: "not_found",
    413: "request_too_large",
    429: "too_many_requests",
    500: "api_error",
}


def _acedata(problem: Problem, trace: str) -> tuple[int, Json]:
    code, status = problem.code, problem.status
    if code not in ACEDATA_CODES:
        code, status = _translated(problem)
    return status, {"success": False, "error": {"code": code, "message": problem.message}, "trace_id": trace}


def _translated(problem: Problem) -> tuple[str, int]:
    """AceData's own code for a refusal of the model behind it."""
    if "Overdue" in problem.code:
        return "used_up", 403
    if "Sensitive" in problem.code or "Risk" in problem.code:
        return "forbidden", 403
    if problem.code not in CODES or problem.status in (400, 403):
        return "bad_request", 400
    return _ACEDATA.get(problem.status, "api_error"), problem.status
