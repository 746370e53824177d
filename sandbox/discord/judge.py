"""Judges traffic by Discord's own descriptions, where they are at hand, and by the rules that those cannot see."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from sandbox.discord import descriptions
from sandbox.discord.descriptions import Description, Schema
from sandbox.discord.rules import broken_rules
from sandbox.discord.traffic import Call

UNJUDGED = (
    "Discord's descriptions are not here (DISCORD_DESCRIPTIONS names the folder that they are in):"
    " this judgement was not made"
)

PING, COMPONENT = 1, 3


@dataclass(frozen=True, slots=True)
class _Route:
    """Where a call goes: the described path, the method, and the values in the path."""

    template: str
    method: str
    values: Mapping[str, str]

    def operation(self, description: Description) -> Schema:
        """The description of it."""
        return dict(description.document["paths"][self.template][self.method])

    def parameters(self, description: Description) -> list[Schema]:
        """What the path and the query may hold."""
        shared = description.document["paths"][self.template].get("parameters", [])
        return [*shared, *self.operation(description).get("parameters", [])]


def judges() -> bool:
    """Whether Discord's descriptions are at hand; if not, only our own rules judge: say UNJUDGED."""
    return None not in {descriptions.found(descriptions.CALLS), descriptions.found(descriptions.EVENTS)}


def judge_call(call: Call) -> list[str]:
    """What is wrong with a request and its answer, each with its place."""
    problems = broken_rules(call)
    if (path := descriptions.found(descriptions.CALLS)) is not None:
        problems += _judge_by(path, call)
    return [f"{call.method} {call.path}: {problem}" for problem in problems]


def judge_event(name: str, data: Any) -> list[str]:
    """What is wrong with an event of the gateway. Events that nobody described are not judged."""
    path = descriptions.found(descriptions.EVENTS)
    if path is None:
        return []
    description = descriptions.events(path)
    title = "".join(word.capitalize() for word in name.split("_"))
    schema = description.document["definitions"].get(f"Gateway{title}DispatchData")
    problems = description.problems(schema, data) if schema else []
    if name == "INTERACTION_CREATE":
        problems += [f"$: '{key}' is missing" for key in _needed(data) if key not in data]
    return [f"{name}: {problem}" for problem in problems]


def _needed(interaction: Mapping[str, Any]) -> list[str]:
    """What the description leaves open, but Discord sends, and discord.py falls over without."""
    if interaction.get("type") == PING:
        return []
    pressed = ["message"] if interaction.get("type") == COMPONENT else []
    return ["channel", "member" if "guild_id" in interaction else "user", *pressed]


def _judge_by(path: Path, call: Call) -> list[str]:
    route = _route(path, call)
    if route is None:
        return ["there is no such route"]
    request = descriptions.requests(path)
    return [
        *_parameters(request, route, call),
        *_body(request, route, call),
        *_answer(descriptions.answers(path), route, call),
    ]


@cache
def _templates(path: Path) -> list[tuple[re.Pattern[str], str]]:
    """Every described path as a pattern, those with more literal segments first: `@original` before a message's id."""
    templates = sorted(descriptions.requests(path).document["paths"], key=lambda template: str(template).count("{"))
    return [(re.compile(re.sub(r"\\{(\w+)\\}", r"(?P<\1>[^/]+)", re.escape(each))), each) for each in templates]


def _route(path: Path, call: Call) -> _Route | None:
    method = call.method.lower()
    for pattern, template in _templates(path):
        if (matched := pattern.fullmatch(call.path)) and method in descriptions.requests(path).document["paths"][
            template
        ]:
            return _Route(template, method, matched.groupdict())
    return None


def _parameters(description: Description, route: _Route, call: Call) -> Iterator[str]:
    given = {"path": route.values, "query": call.query}
    described = {(each["in"], each["name"]): each for each in route.parameters(description)}
    for (place, name), parameter in described.items():
        if name in given[place]:
            value = _read(description.resolve(parameter["schema"]), given[place][name])
            yield from (f"{place}.{name}{said[1:]}" for said in description.problems(parameter["schema"], value))
        elif parameter.get("required"):
            yield f"{place}.{name} is missing"
    yield from (f"query.{name} is not known" for name in call.query if ("query", name) not in described)


def _read(schema: Schema, value: str) -> Any:
    """A value of a path or a query as the description means it."""
    if schema.get("type") == "boolean":
        return {"true": True, "1": True, "false": False, "0": False}.get(value.lower(), value)
    if schema.get("type") == "array":
        return value.split(",")
    return int(value) if "integer" in schema.get("type", ()) and value.lstrip("-").isdigit() else value


def _body(description: Description, route: _Route, call: Call) -> list[str]:
    described = route.operation(description).get("requestBody")
    payload = call.payload
    if described is None:
        return [] if payload is None and not call.parts else ["a body is not expected"]
    content = described["content"]
    if call.parts and "multipart/form-data" not in content:
        return ["a multipart body is not expected"]
    if payload is None:
        return ["the body is missing"] if described.get("required") and not call.parts else []
    # The multipart bodies of the description know no payload_json: it is judged as the plain body.
    schema = content.get("application/json") or content["multipart/form-data"]
    return [f"body{said[1:]}" for said in description.problems(schema["schema"], payload)]


def _answer(description: Description, route: _Route, call: Call) -> list[str]:
    if not call.status or call.status >= 500:
        return []
    described = route.operation(description)["responses"]
    response = described.get(str(call.status)) or described.get(f"{call.status // 100}XX")
    if response is None:
        return [f"an answer {call.status} is not described"]
    content = description.resolve(response).get("content", {})
    if "application/json" not in content:
        return [] if call.answer is None else [f"an answer {call.status} has no body"]
    return [f"answer{said[1:]}" for said in description.problems(content["application/json"]["schema"], call.answer)]
