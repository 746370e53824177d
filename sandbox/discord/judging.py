"""Lets every call and every event be judged by Discord's own descriptions, and by the rules that those cannot see."""

from functools import partial

from sandbox.discord import traffic
from sandbox.discord.calls import Call, Event
from sandbox.discord.judge import judge_call, judge_event
from sandbox.discord.server import PretendDiscord


def judged(discord: PretendDiscord) -> PretendDiscord:
    """The same server; what is wrong with a call, its answer or an event stands in its `violations` from now on."""
    discord.judges.append(lambda call: judge_call(_written(call)) if call.whole else [])

    def told(event: Event) -> list[str]:
        # Several milliseconds each, and a crowd's go out at once: soon enough when somebody wants to know.
        discord.world.unjudged.append(partial(judge_event, event.name, event.data))
        return []

    discord.event_judges.append(told)
    return discord


def _written(call: Call) -> traffic.Call:
    """The call as the judge reads it: a form's JSON stands among its parts alone."""
    parts = [traffic.Part(part.name, part.filename, part.content_type, part.data, part.size) for part in call.parts]
    body = None if call.parts else call.body
    status = 0 if call.fault and call.answer is None else call.status or 0  # a page instead of JSON was asked for
    return traffic.Call(call.method, call.path, call.query, call.headers, body, tuple(parts), status, call.answer)
