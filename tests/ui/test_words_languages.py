"""What the courier says is said in the locale of the origin, and nothing of it was forgotten."""

import re
from dataclasses import replace

import pytest

from bot.studio.courier import Stage
from bot.studio.job import Ending, Job, Origin, Result, State, Who
from bot.ui import words
from bot.words import PSEUDO

JOB = Job(12, "key", "imagine", None, Who(1), Origin("key", locale="zh-CN"), {}, "seedream-4.5", images=4)
STAGES = [
    Stage("queued"),
    Stage("queued", place=2, eta=99.6),
    Stage("drawing", eta=50),
    Stage("waiting"),
    Stage("waiting", until=70),
    Stage("drawn", drawn=2),
    Stage("delivering"),
    Stage("?"),
]


def outside(said: str) -> str:
    """What stands outside of the pseudo language's brackets, without code and times."""
    said = re.sub(r"`[^`]*`|<t:\d+:R>", "", said)
    while "[" in said:
        said = re.sub(r"\[[^\[\]]*\]", "", said)
    return said


def pseudo(said: str) -> bool:
    """Whether no letter of it was forgotten."""
    return not re.search(r"[a-z]", outside(said), re.IGNORECASE)


@pytest.fixture
def job() -> Job:
    return replace(JOB, model="4.5", origin=replace(JOB.origin, locale=PSEUDO))


@pytest.mark.parametrize("stage", STAGES)
def test_no_progress_was_forgotten(job: Job, stage: Stage) -> None:
    assert pseudo(words.progress(job, stage))
    assert words.progress(job, stage).endswith(" · #12")


@pytest.mark.parametrize("name", [*words.BAD_NEWS, "SomethingNew"])
@pytest.mark.parametrize("charged", ["no", "yes", "unknown"])
def test_no_bad_news_was_forgotten(job: Job, name: str, charged: str) -> None:
    ending = Ending(State.FAILED, name, charged, {"problems": [["size", "say what to draw", "2K"]], "about": "risk"})
    assert pseudo(words.apology(job, ending))
    assert pseudo(words.facts(job, [Result(0, size="9")], words.Absent(1, 2), ending))


def test_a_forgotten_sentence_would_be_seen() -> None:
    assert not pseudo("[ñöţ çĥåŕĝéð] · try again")


@pytest.mark.parametrize(
    ("stage", "said"),
    [
        (Stage("queued", place=2, eta=99.6), "⏳ 排在队列第 2 位 · <t:100:R>完成 · #12"),
        (Stage("drawn", drawn=2), "🎨 正在绘制，已完成 2/4 张 · #12"),
    ],
)
def test_progress_in_chinese(stage: Stage, said: str) -> None:
    assert words.progress(JOB, stage) == said


def test_bad_news_in_chinese() -> None:
    ending = Ending(State.REFUSED, "Refused", "no", {"about": "person"})
    assert words.apology(JOB, ending) == "有参考图可能是真人，服务商不予处理 · 未扣费 · 请换一种说法或换一张图片 · #12"
    kept = words.facts(JOB, [Result(0, size="2048x2048")], words.Absent(kept=2), None)
    assert kept == "seedream-4.5 · 2048x2048 · #12\n有 2 张图片暂时无法送达，已为你保留：`/查看 12`"
