"""The table of routes: which handler answers which method and path."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from sandbox.discord.calls import Answer, Asked
from sandbox.discord.refusals import Refusal, not_found

Handler = Callable[[Asked], Answer]
Entry = tuple[str, str, Handler]


@dataclass(frozen=True, slots=True)
class Route:
    """One route; `words` is how many of its segments are literal, which decides between two that fit."""

    method: str
    template: str
    pattern: re.Pattern[str]
    handler: Handler
    words: int


class Routes:
    """Finds the handler of a request."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        routes = [_route(method, template, handler) for method, template, handler in entries]
        self._routes = sorted(routes, key=lambda route: -route.words)

    def find(self, method: str, path: str) -> tuple[Route, dict[str, str]]:
        """The route, and what stands in its places; raises 404, or 405 when only the method is wrong."""
        wrong = False
        for route in self._routes:
            found = route.pattern.fullmatch(path)
            if found is None:
                continue
            if route.method == method:
                return route, found.groupdict()
            wrong = True
        if wrong:
            raise Refusal(0, status=405, message="405: Method Not Allowed")
        raise not_found()


def _route(method: str, template: str, handler: Handler) -> Route:
    def place(found: re.Match[str]) -> str:
        name = found[1]
        kind = r"[A-Za-z0-9_\-.]{1,500}" if name == "token" else r"[^/]+" if name == "emoji" else r"\d{1,19}"
        return f"(?P<{name}>{kind})"

    pattern = re.sub(r"\{(\w+)\}", place, template)
    words = len([part for part in template.split("/") if part and not part.startswith("{")])
    return Route(method, template, re.compile(pattern), handler, words)
