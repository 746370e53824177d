"""A local server that behaves as Discord does, and people who use it, for tests and for trying things out."""

from sandbox.discord.asking import CannotDo, NoAnswer
from sandbox.discord.calls import Call, Event
from sandbox.discord.model import Channel, Guild, Message, User
from sandbox.discord.person import Person
from sandbox.discord.replies import Modal, Reply
from sandbox.discord.server import PretendDiscord
from sandbox.discord.slash import File

__all__ = [
    "Call",
    "CannotDo",
    "Channel",
    "Event",
    "File",
    "Guild",
    "Message",
    "Modal",
    "NoAnswer",
    "Person",
    "PretendDiscord",
    "Reply",
    "User",
]
