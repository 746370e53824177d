"""A next release for tests: the same steps and one more."""

import shutil
from pathlib import Path

import pytest

from bot.store import migrations, schema

STEP = '''"""A step of tests."""

import os
import sqlalchemy as sa
from alembic import op

revision = "9999"
down_revision = "{before}"


def upgrade():
    op.add_column("lanes", sa.Column("colour", sa.Text, nullable=False, server_default="red"))
    {then}
'''


def next_release(folder: Path, monkeypatch: pytest.MonkeyPatch, then: str = "") -> None:
    """From now on the bot is of a release with one step more; `then` is what this step does at its end."""
    shutil.copytree(migrations.FOLDER, folder / "steps", ignore=shutil.ignore_patterns("__pycache__"))
    step = STEP.format(before=schema.REVISION, then=then)
    (folder / "steps" / "versions" / "r9999_next.py").write_text(step)
    monkeypatch.setattr(migrations, "FOLDER", folder / "steps")
    monkeypatch.setattr(schema, "REVISION", "9999")
