"""Sealing: some values lie encrypted in their rows, so that a copy of the database does not give them away.

A sealed value is {"sealed": "name.text"}: the name tells by which key. Rows from before there was a key stay readable.
"""

import os
from base64 import b64decode, b64encode
from binascii import Error as NotBase64
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlalchemy import JSON, Dialect, Engine
from sqlalchemy.types import TypeDecorator

from bot.store import documents
from bot.store.errors import Damaged, WrongKey

_MARK = "sealed"
_NONCE = 12  # bytes, what AES-GCM is made for
_REMEMBERED = 512  # values


class Seal:
    """Closes with the first of its keys, opens with any of them. Without a key everything stays as it is."""

    def __init__(self, keys: Iterable[str] = ()) -> None:
        self._keys = dict(map(_derived, keys))
        # What tells the keys apart; the first is the one that closes. They say nothing about the keys.
        self.names = tuple(self._keys)
        self._opened = lru_cache(_REMEMBERED)(self._open)  # each step of a job reads the same values again

    def close(self, value: Any) -> Any:
        """The value as it may lie in a row."""
        if not self.names:
            return value
        name = self.names[0]
        nonce = os.urandom(_NONCE)
        closed = nonce + self._keys[name].encrypt(nonce, documents.dumps(value).encode(), None)
        return {_MARK: f"{name}.{b64encode(closed).decode()}"}

    def open(self, value: Any) -> Any:
        """The value again, also one that was never closed; raises WrongKey or Damaged."""
        if not isinstance(value, dict) or value.keys() != {_MARK}:
            return value
        return documents.loads(self._opened(str(value[_MARK])))

    def _open(self, sealed: str) -> str:
        name, _, text = sealed.partition(".")
        key = self._keys.get(name)
        if key is None:
            raise WrongKey([name])
        try:
            closed = b64decode(text, validate=True)
            return key.decrypt(closed[:_NONCE], closed[_NONCE:], None).decode()
        except (InvalidTag, NotBase64, ValueError) as error:
            raise Damaged("A sealed value in the database is damaged", "Restore a backup.") from error


class Sealed(TypeDecorator[Any]):
    """JSON of which some fields lie sealed in the database; the engine's seal closes and opens them on the way."""

    impl = JSON
    cache_ok = True

    def __init__(self, fields: tuple[str, ...]) -> None:
        super().__init__(none_as_null=True)
        self.fields = fields

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:
        """What is empty says nothing, and stays."""
        seal = _seal_of(dialect)
        if not seal.names or not isinstance(value, Mapping):
            return value
        return dict(value) | {name: seal.close(value[name]) for name in self.fields if value.get(name)}

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:
        if isinstance(value, dict):  # made for us a moment ago, so it may be changed
            for name in self.fields:
                if isinstance(field := value.get(name), dict):
                    value[name] = _seal_of(dialect).open(field)
        return value


def equip(engine: Engine, seal: Seal) -> None:
    """Give an engine its seal, which lies beside its JSON codec: that is where types can find it."""
    vars(engine.dialect)["seal"] = seal


def _seal_of(dialect: Dialect) -> Seal:
    seal: Seal = vars(dialect).get("seal", _NO_SEAL)
    return seal


def _derived(key: str) -> tuple[str, AESGCM]:
    """The name of a key, and what it does; the text itself may be of any length and form."""
    made = HKDF(SHA256(), 36, None, b"seedream-bot: rows").derive(key.encode())
    return made[32:].hex(), AESGCM(made[:32])


_NO_SEAL = Seal()  # of engines that were not given any
