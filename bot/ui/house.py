"""What commands, buttons and mentions may use of everything that is behind them."""

from typing import Protocol

from bot.images.press import Press
from bot.seedream.client import Seedream
from bot.store.database import Database
from bot.studio.office import Office
from bot.studio.privacy import Privacy
from bot.studio.studio import Studio


class Workshop(Protocol):
    """What it takes to make a picture."""

    @property
    def seedream(self) -> Seedream:
        """The client, with its catalogue."""

    @property
    def press(self) -> Press:
        """What makes pictures fit."""


class House(Protocol):
    """The studio, and what it stands on."""

    @property
    def database(self) -> Database:
        """Where everything is written down."""

    @property
    def studio(self) -> Studio:
        """The door."""

    @property
    def office(self) -> Office:
        """The moderators' door."""

    @property
    def privacy(self) -> Privacy:
        """What is kept of people and servers."""

    @property
    def workshop(self) -> Workshop:
        """Where pictures are made."""
