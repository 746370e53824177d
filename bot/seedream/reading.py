"""How the catalogue's TOML files become tables: one on top of the other, with errors that name file, key and fix."""

import difflib
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import fields
from decimal import Decimal
from pathlib import Path
from typing import TypeVar

from pydantic import TypeAdapter, ValidationError

from bot.seedream.tables import Documented, Limits, Model, ReferenceRules, Tables, plain

Table = dict[str, object]
T = TypeVar("T")

PROVIDERS = ("cometapi", "ark", "byteplus", "acedata", "gateway")
SECTIONS = ("limits", "references", "sizes", "models", "providers")

_OWN = ("title", "status", "aliases", "patterns", "ids", "prices")  # what a model does not take over from its `like`


class CatalogueError(ValueError):
    """A catalogue file cannot be used: which file, which key, and what would be right there."""

    def __init__(self, file: Path, key: str, fix: str) -> None:
        super().__init__(f"{file}: {key}: {fix}" if key else f"{file}: {fix}")
        self.file = file
        self.key = key
        self.fix = fix


def load(*files: Path) -> Tables:
    """Read catalogue files, each on top of those before it."""
    raw: Table = {}
    tables: Tables | None = None
    for file in files:
        raw = _merged(raw, _read(file), file, "")
        tables = Reading(raw, file).tables()  # after each, so that an error names the file that made it
    if tables is None:
        raise ValueError("there is no catalogue without a file")
    return tables


class Reading:
    """Turns merged raw tables into typed ones; whatever is wrong is put down to `file`, the last one merged."""

    def __init__(self, raw: Table, file: Path) -> None:
        self._file = file
        for key in raw:
            if key not in SECTIONS:
                raise CatalogueError(file, key, _unknown(key, SECTIONS))
        self._limits = self._table(raw.get("limits", {}), "limits")
        self._raw = {section: self._tables_in(raw.get(section, {}), section) for section in SECTIONS[1:]}

    def tables(self) -> Tables:
        """Everything, checked."""
        models = {key: self._model(key) for key in self._raw["models"]}
        providers: dict[str, Documented] = {}
        narrowed: dict[tuple[str, str], Model] = {}
        for name, entry in self._raw["providers"].items():
            path = f"providers.{name}"
            if name not in PROVIDERS:
                raise CatalogueError(self._file, path, _unknown(name, PROVIDERS))
            providers[name] = self._typed(Documented, _without(entry, "models"), path)
            for key, change in self._tables_in(entry.get("models", {}), f"{path}.models").items():
                narrowed[name, key] = self._model(key, change, f"{path}.models.{key}")
        self._check_names(models.values())
        self._check_providers(models.values())
        limits = self._typed(Limits, self._limits, "limits")
        return Tables(limits=limits, models=models, providers=providers, narrowed=narrowed)

    def _model(self, key: str, change: Table | None = None, path: str = "") -> Model:
        path = path or f"models.{key}"
        if key not in self._raw["models"]:
            raise CatalogueError(self._file, path, _unknown(key, self._raw["models"], "model"))
        raw = self._whole(key, path, ()) | (change or {})
        raw["sizes"] = {
            preset: self._named("sizes", table, f"{path}.sizes.{preset}")
            for preset, table in self._table(raw.get("sizes", {}), f"{path}.sizes").items()
        }
        for rules, usual in (("reference_rules", "generation"), ("layer_rules", "layers")):
            name = raw.get(rules, usual)
            found = self._named("references", name, f"{path}.{rules}")
            raw[rules] = self._typed(ReferenceRules, found, f"references.{name}")
        if "key" in raw:
            raise CatalogueError(self._file, f"{path}.key", "unknown key; the table's own name is the key")
        return self._typed(Model, {**raw, "key": key}, path)

    def _whole(self, key: str, path: str, seen: tuple[str, ...]) -> Table:
        """The raw table of a model with everything that it takes over from the one it is `like`."""
        raw = self._raw["models"][key]
        parent = raw.get("like")
        if parent is None:
            return raw
        if not isinstance(parent, str) or parent not in self._raw["models"] or parent in (*seen, key):
            others = [name for name in self._raw["models"] if name not in (*seen, key)]
            raise CatalogueError(self._file, f"{path}.like", _unknown(str(parent), others, "model"))
        return _without(self._whole(parent, path, (*seen, key)), *_OWN) | _without(raw, "like")

    def _named(self, section: str, name: object, path: str) -> Table:
        tables = self._raw[section]
        if not isinstance(name, str) or name not in tables:
            raise CatalogueError(self._file, path, _unknown(str(name), tables, f"[{section}] table"))
        return tables[name]

    def _check_names(self, models: Iterable[Model]) -> None:
        meant: dict[str, str] = {}
        for model in models:
            for name in model.names:
                other = meant.setdefault(plain(name), model.key)
                if other != model.key:
                    fix = f'"{name}" would mean both {other} and {model.key}: take it away from one of them'
                    raise CatalogueError(self._file, "models", fix)

    def _check_providers(self, models: Iterable[Model]) -> None:
        for model in models:
            for section, names in (("ids", model.ids), ("prices", model.prices)):
                for name in names:
                    if name not in PROVIDERS:
                        key = f"models.{model.key}.{section}.{name}"
                        raise CatalogueError(self._file, key, _unknown(name, PROVIDERS, "provider"))

    def _typed(self, kind: type[T], raw: Table, path: str) -> T:
        try:
            return TypeAdapter(kind).validate_python(raw)
        except ValidationError as error:
            first = error.errors()[0]
            key = ".".join([path, *map(str, first["loc"])])
            if first["type"] in {"unexpected_keyword_argument", "extra_forbidden"}:
                raise CatalogueError(self._file, key, _unknown(str(first["loc"][-1]), _keys(kind))) from error
            if first["type"] in {"missing", "missing_argument", "missing_keyword_only_argument"}:
                raise CatalogueError(self._file, key, "is missing: add it") from error
            fix = first["msg"].removeprefix("Value error, ")
            raise CatalogueError(self._file, key, f"{fix[:1].lower()}{fix[1:]}") from error

    def _tables_in(self, value: object, path: str) -> dict[str, Table]:
        section = self._table(value, path)
        return {key: self._table(entry, f"{path}.{key}") for key, entry in section.items()}

    def _table(self, value: object, path: str) -> Table:
        if not isinstance(value, dict):
            raise CatalogueError(self._file, path, f"is a table: write it as [{path}]")
        return value


def _read(file: Path) -> Table:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8-sig"), parse_float=Decimal)
    except OSError as error:
        raise CatalogueError(file, "", f"cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise CatalogueError(file, "", "is not UTF-8 text: save it as UTF-8") from error
    except tomllib.TOMLDecodeError as error:
        raise CatalogueError(file, "", f"is not TOML: {error}") from error


def _merged(below: Table, above: Table, file: Path, path: str) -> Table:
    """Tables are merged key by key; a list of "+…" and "-…" changes the list below; all else replaces."""
    result = dict(below)
    for key, value in above.items():
        here = f"{path}.{key}" if path else key
        old = below.get(key)
        if isinstance(old, dict) and not isinstance(value, dict):
            raise CatalogueError(file, here, f"is a table: write it as [{here}]")
        if isinstance(value, dict):
            result[key] = _merged(old if isinstance(old, dict) else {}, value, file, here)
        elif isinstance(value, list):
            result[key] = _changed(old if isinstance(old, list) else [], value, file, here)
        else:
            result[key] = value
    return result


def _changed(old: Sequence[object], new: Sequence[object], file: Path, key: str) -> list[object]:
    signed = [item for item in new if isinstance(item, str) and item[:1] in {"+", "-"}]
    if not signed:
        return list(new)
    if len(signed) < len(new):
        raise CatalogueError(file, key, 'put "+" or "-" before every entry (to change the list), or before none')
    removed = {item[1:] for item in signed if item[0] == "-"}
    added = [item[1:] for item in signed if item[0] == "+" and item[1:] not in old]
    return [item for item in old if item not in removed] + added


def _without(raw: Table, *keys: str) -> Table:
    return {key: value for key, value in raw.items() if key not in keys}


def _unknown(word: str, known: Iterable[str], what: str = "key") -> str:
    """Words for a name that does not exist: what was probably meant, or what there is."""
    names = list(known)
    close = difflib.get_close_matches(word, names, n=1)
    return f"unknown {what}; " + (f'did you mean "{close[0]}"?' if close else f"there are: {', '.join(names)}")


def _keys(kind: type) -> list[str]:
    return [entry.name for entry in fields(kind)]
