"""What the pages tell people to type can be typed: commands, settings, files, links and headings."""

import re
import shlex
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import click
import pytest

from bot.cli import cli
from bot.config import SECRETS, Settings
from bot.seedream.catalogue import Catalogue

ROOT = Path(__file__).resolve().parent.parent
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")])
BY_NAME = {page.name: page for page in PAGES}
COMMAND = re.compile(r"(?:^|[\s/`(])seedream-bot +((?:[a-z-]|\"|\[)[^`\n]*)")
SETTING = re.compile(r"\b[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+\b")
# Words that look like settings, and are somebody else's.
FOREIGN = {
    "BROWSER_PATH",
    "APPLICATION_ID",  # of an invitation
    "EX_CONFIG",  # of sysexits.h
    "POSTGRES_PASSWORD",  # of compose.yaml
    "LC_MESSAGES",  # a folder of translations
    "NAME_FILE",  # of any secret
    "TYPE_CHECKING",
}


def code(page: Path) -> Iterator[str]:
    """Lines of code blocks, without what is said about them, continued ones joined; and code within sentences."""
    text = page.read_text(encoding="utf-8")
    for block in re.findall(r"^```\w*\n(.*?)^```", text, flags=re.DOTALL | re.MULTILINE):
        yield from (line.partition(" #")[0].strip() for line in block.replace("\\\n", " ").splitlines())
    rest = re.sub(r"^```.*?^```", "", text, flags=re.DOTALL | re.MULTILINE)
    yield from re.findall(r"`([^`\n]+)`", rest)


def commands(page: Path) -> Iterator[list[str]]:
    """What stands behind `seedream-bot` in code, as a shell would hand it over."""
    for line in code(page):
        for part in re.split(r"\s(?:&&|\|\||\||;)\s|\s(?:>|<)\s?\S+", line):
            found = COMMAND.search(f" {part}")
            if found is not None:
                yield [word for word in shlex.split(found[1]) if word not in {"…", "..."}]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_command_of_a_page_is_one_that_the_command_line_takes(page: Path) -> None:
    for words in commands(page):
        try:
            _parse(words)
        except click.ClickException as error:
            pytest.fail(f"{page.name}: seedream-bot {' '.join(words)}: {error.format_message()}")


def _parse(words: list[str]) -> None:
    """As far as it goes without doing anything. `[--json]` means that it may be left out."""
    plain = [word.strip("[]") for word in words]
    try:
        with cli.make_context("seedream-bot", list(plain), resilient_parsing=False) as context:
            name, command, rest = cli.resolve_command(context, [*context._protected_args, *context.args])
            assert command is not None
            if rest or not _needs_more(command):  # the bare name of a command stands for itself
                command.make_context(name, rest, parent=context).close()
    except click.exceptions.Exit:  # --help, --version
        return


def _needs_more(command: click.Command) -> bool:
    return any(isinstance(each, click.Argument) and each.required for each in command.params)


def test_a_command_that_there_is_not_would_be_found(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("Type `seedream-bot --nonsense run`, or\n\n```sh\nX=1 seedream-bot paint a && true # no\n```\n")
    found = list(commands(page))
    assert found == [["paint", "a"], ["--nonsense", "run"]]
    for words in found:
        with pytest.raises(click.ClickException):
            _parse(words)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_setting_of_a_page_is_one(page: Path) -> None:
    known = {name.upper() for name in Settings.model_fields} | {f"{name.upper()}_FILE" for name in SECRETS} | FOREIGN
    assert {name for line in code(page) for name in SETTING.findall(line)} - known == set()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_and_picture_of_a_page_leads_somewhere(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    found = [*re.findall(r"\]\(([^)\s]+)\)", text), *re.findall(r'<(?:img|a)\b[^>]*?(?:src|href)="([^"]+)"', text)]
    for link in found:
        if re.match(r"(?:https?|mailto):", link):
            continue
        name, _, heading = link.partition("#")
        target = (page.parent / name).resolve() if name else page
        assert target.exists(), f"{page.name} links to {link}, which is not there"
        if heading:
            assert heading in _headings(target), f"{page.name} links to {link}, which has no such heading"


def _headings(page: Path) -> set[str]:
    """As they are linked to."""
    lines = re.findall(r"^#{1,6} +(.*)$", page.read_text(encoding="utf-8"), flags=re.MULTILINE)
    plain = (re.sub(r"[^\w\- ]", "", re.sub(r"[`*]", "", line)).strip().lower() for line in lines)
    return {line.replace(" ", "-") for line in plain}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_script_of_a_page_is_there_with_what_it_is_given(page: Path) -> None:
    for line in code(page):
        for script, rest in re.findall(r"(?:^|\s)((?:scripts|deploy)/[\w./-]+)([^&|;>]*)", line):
            assert (ROOT / script).exists(), f"{page.name}: {script}"
            given = [word for word in shlex.split(rest) if re.match(r"(?:tests|deploy|docs|scripts)/", word)]
            assert all((ROOT / word).exists() for word in given), f"{page.name}: {line}"


def test_every_page_can_be_found_from_the_readme() -> None:
    """In two steps at most."""
    reached, near = {"README.md"}, {"README.md"}
    for _ in range(2):
        near = {Path(link).name for name in near for link in _links(BY_NAME[name])} - reached
        reached |= near
    missing = {page.name for page in ROOT.glob("docs/*.md")} - reached
    assert missing == set()


def _links(page: Path) -> set[str]:
    found = re.findall(r"\]\(([^)#\s]+\.md)", page.read_text(encoding="utf-8"))
    return {link for link in found if Path(link).name in BY_NAME}


def test_the_prices_of_the_page_are_those_of_the_catalogue() -> None:
    catalogue = Catalogue.load()
    text = BY_NAME["providers.md"].read_text(encoding="utf-8")
    table = text.partition("## What a picture costs")[2].partition("\n## ")[0]
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")] for line in table.splitlines() if line.startswith("|")
    ]
    providers = [name.lower() for name in rows[0][1:]]
    for name, *cells in rows[2:]:
        model = catalogue.resolve(name)
        assert model is not None, name
        for provider, cell in zip(providers, cells, strict=True):
            tariff = model.prices.get(provider)
            said = {Decimal(number) for number in re.findall(r"\d+\.\d+(?! megapixels)\b", cell)}
            known = {tier.image for tier in tariff.tiers} | ({tariff.reference} - {Decimal(0)}) if tariff else set()
            assert said == known, f"{name} at {provider}"
