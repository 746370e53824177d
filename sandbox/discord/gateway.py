"""The gateway: sessions that identify, beat, miss events and catch up, and all the ways in which that breaks."""

import asyncio
import itertools
import json
from collections.abc import Callable
from typing import Any

from aiohttp import WSMsgType, web

from sandbox.discord import payloads
from sandbox.discord.calls import Event
from sandbox.discord.model import Guild, Json
from sandbox.discord.sessions import Refused, Session, Wire, identified
from sandbox.discord.world import News, World

_GUILDS = 1 << 0
ROUND_TRIP = 0.02  # seconds to a beat's answer; nobody is nearer to Discord


class Gateway:
    """All connections and sessions. `deaf` leaves heartbeats unanswered, `refuse` closes whoever identifies."""

    def __init__(self, world: World, *, heartbeat: float, identify_every: float = 0.0) -> None:
        self._world = world
        self._heartbeat = heartbeat
        self._wires: list[Wire] = []
        self.sessions: dict[str, Session] = {}
        self.events: list[Event] = []
        self.address = ""
        self.deaf = False
        self.frozen = False
        self.refuse: list[int] = []
        self.invalidate_next: list[bool] = []
        self.identifies = 0
        self.resumes = 0
        self.beats: list[list[float]] = []
        self._identify_every = identify_every
        self._identified_at = -1e9
        self.judge_event: Callable[[Event], None] = lambda event: None
        world.tell = self.tell

    def shard_of(self, guild: Guild | None, shards: int) -> int:
        """The shard that hears of a guild; what belongs to none is the first one's."""
        return 0 if guild is None else (guild.id >> 22) % shards

    def tell(self, news: News) -> None:
        """Send an event to every session that listens for it."""
        for session in list(self.sessions.values()):
            mine = self.shard_of(news.guild, session.shards) == session.shard
            if mine and (not news.intents or session.intents & news.intents):
                reads = bool(session.intents & self._world.application.privileged & 1 << 15)
                self.send(session, news.name, news.data(reads))

    def send(self, session: Session, name: str, data: Json) -> None:
        """One event to one session: sent now, or when it comes back."""
        session.sequence += 1
        frame = {"op": 0, "s": session.sequence, "t": name, "d": data}
        session.log.append(frame)
        event = Event(name, data, session.shard, session.id, self._world.now)
        self.events.append(event)
        self.judge_event(event)
        if session.wire is not None and not self.frozen:
            session.wire.put(frame)
        self._world.stir()

    @property
    def heartbeats(self) -> int:
        """How many have come."""
        return sum(len(moments) for moments in self.beats)

    @property
    def longest_gap(self) -> float:
        """The longest time between two heartbeats of one connection, in seconds."""
        pairs = [pair for moments in self.beats for pair in itertools.pairwise(moments)]
        return max((later - sooner for sooner, later in pairs), default=0.0)

    @property
    def connected(self) -> list[Session]:
        """The sessions that somebody listens to now."""
        return [session for session in self.sessions.values() if session.wire is not None]

    def order(self, op: int, data: Any = None) -> None:
        """Send an opcode to everybody who is connected."""
        for session in self.connected:
            if session.wire is not None:
                session.wire.put({"op": op, "d": data, "s": None, "t": None})

    async def cut(self, code: int | None = None) -> None:
        """Close every connection with a code, or tear it down without a word."""
        for wire in list(self._wires):
            if code is None:
                wire.tear()
            else:
                await wire.close(code)

    def forget_sessions(self) -> None:
        """Let every session be over: whoever wants to resume is told to start anew."""
        for session in self.sessions.values():
            session.over = True

    def thaw(self) -> None:
        """The partition has ended; what was held back is lost with its connections, and comes by resuming."""
        self.frozen = False

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """Serve one connection from its first byte to its last."""
        socket = web.WebSocketResponse(max_msg_size=0, compress=False, autoping=True)
        await socket.prepare(request)
        try:
            wire = Wire(socket, request.query.get("compress", ""))
        except Refused as refused:
            await socket.close(code=refused.code)
            return socket
        self._wires.append(wire)
        self.beats.append(wire.beats)
        try:
            _greeted(request)
            interval = int(self._heartbeat * 1000)
            if not self.frozen:
                wire.put({"op": 10, "d": {"heartbeat_interval": interval, "_trace": []}, "s": None, "t": None})
            async for message in socket:
                if message.type not in (WSMsgType.TEXT, WSMsgType.BINARY):
                    break
                if not self.frozen:
                    self._heard(wire, _parsed(message.data))
        except Refused as refused:
            await wire.close(refused.code)
        finally:
            self._wires.remove(wire)
            self._left(wire, socket.close_code)
            await wire.end()
            self._world.stir()
        return socket

    def _left(self, wire: Wire, code: int | None) -> None:
        """A client that says goodbye gives its session up; one that is cut off may come back."""
        for session in [session for session in self.sessions.values() if session.wire is wire]:
            session.wire = None
            if session.over or code in {1000, 1001}:
                del self.sessions[session.id]

    def _heard(self, wire: Wire, frame: Json) -> None:
        wire.count(asyncio.get_running_loop().time())
        op, data = frame.get("op"), frame.get("d")
        if op == 1:
            wire.beats.append(asyncio.get_running_loop().time())
            if not self.deaf:
                # discord.py notes that it has sent a beat after it has: an answer at once would be taken for a late one
                # to the beat before.
                told = {"op": 11, "d": None, "s": None, "t": None}
                asyncio.get_running_loop().call_later(ROUND_TRIP, wire.put, told)
        elif op == 2:
            self._identify(wire, data)
        elif op == 6:
            self._resume(wire, data)
        elif op not in {3, 4, 8, 31}:
            raise Refused(4001)
        elif not any(session.wire is wire for session in self.sessions.values()):
            raise Refused(4003)
        elif op == 8 and isinstance(data, dict):
            self._members(wire, data)

    def _identify(self, wire: Wire, data: Any) -> None:
        self.identifies += 1
        if any(session.wire is wire for session in self.sessions.values()):
            raise Refused(4005)
        if self.refuse:
            raise Refused(self.refuse.pop(0))
        if self.invalidate_next:
            wire.put({"op": 9, "d": self.invalidate_next.pop(0), "s": None, "t": None})
            return
        moment = asyncio.get_running_loop().time()
        if moment < self._identified_at + self._identify_every:
            wire.put({"op": 9, "d": False, "s": None, "t": None})
            return
        self._identified_at = moment
        session = identified(data, self._world.application, f"{self._world.new_id():x}")
        session.wire = wire
        for old in [one for one in self.sessions.values() if one.shard == session.shard and one.wire is None]:
            del self.sessions[old.id]
        self.sessions[session.id] = session
        guilds = [guild for guild in self._world.guilds.values() if self._hears(session, guild)]
        self.send(session, "READY", self._ready(session, guilds))
        if session.intents & _GUILDS:
            for guild in guilds:
                self.send(session, "GUILD_CREATE", payloads.whole_guild(guild, self._world))

    def _hears(self, session: Session, guild: Guild) -> bool:
        inside = self._world.bot.id in guild.members and not guild.gone
        return inside and self.shard_of(guild, session.shards) == session.shard

    def _ready(self, session: Session, guilds: list[Guild]) -> Json:
        application = payloads.application(self._world.application)
        return {
            "v": 10,
            "user": payloads.self_user(self._world.bot),
            "guilds": [{"id": str(guild.id), "unavailable": True} for guild in guilds],
            "session_id": session.id,
            "session_type": "normal",
            "resume_gateway_url": self.address,
            "shard": [session.shard, session.shards],
            "application": {name: application[name] for name in ("id", "flags", "flags_new")},
            **{
                name: [] for name in ("private_channels", "presences", "relationships", "guild_join_requests", "_trace")
            },
            "user_settings": {},
            "geo_ordered_rtc_regions": [],
        }

    def _resume(self, wire: Wire, data: Any) -> None:
        self.resumes += 1
        if not isinstance(data, dict):
            raise Refused(4002)
        if data.get("token") != self._world.application.token:
            raise Refused(4004)
        session = self.sessions.get(str(data.get("session_id")))
        if session is None or session.over:
            wire.put({"op": 9, "d": False, "s": None, "t": None})
            return
        seen = data.get("seq")
        if not isinstance(seen, int) or seen > session.sequence:
            raise Refused(4007)
        session.wire = wire
        for frame in [frame for frame in session.log if frame["s"] > seen]:
            wire.put(frame)
        self.send(session, "RESUMED", {"_trace": []})

    def _members(self, wire: Wire, data: Json) -> None:
        """Guild members on request: by ids, or all whose names begin so."""
        session = next(session for session in self.sessions.values() if session.wire is wire)
        guild = self._world.guilds.get(int(data.get("guild_id") or 0))
        if guild is None:
            return
        wanted = {int(number) for number in data.get("user_ids") or []}
        found = [
            member
            for member in guild.members.values()
            if member.user.id in wanted or (not wanted and member.user.name.startswith(str(data.get("query") or "")))
        ]
        told: Json = {"guild_id": str(guild.id), "members": [payloads.member(member) for member in found]}
        told |= {"chunk_index": 0, "chunk_count": 1, "not_found": [], "nonce": data.get("nonce")}
        self.send(session, "GUILD_MEMBERS_CHUNK", told)


def _greeted(request: web.Request) -> None:
    if request.query.get("v") != "10":
        raise Refused(4012)
    if request.query.get("encoding", "json") != "json":
        raise Refused(4002)


def _parsed(data: str | bytes) -> Json:
    try:
        frame = json.loads(data)
    except ValueError:
        raise Refused(4002) from None
    if not isinstance(frame, dict):
        raise Refused(4002)
    return frame
