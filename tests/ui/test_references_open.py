"""A gatherer as the bot opens it: its way leads to the hosts of the settings and nowhere else."""

from pathlib import Path

from bot.config.settings import Settings
from bot.images.press import Press
from bot.seedream.catalogue import Catalogue
from bot.ui.references import Gathered, open_gatherer
from bot.ui.sources import Source, Whence
from sandbox.pictures import png
from tests.images.raw_server import reply, running


async def gather(settings: Settings, *urls: str) -> Gathered:
    async with (
        Press(settings.data_dir / "spool") as press,
        open_gatherer(settings, press, Catalogue.load()) as gatherer,
    ):
        sources = [Source(Whence.LINK, "x.png", url) for url in urls]
        async with gatherer.gather(sources) as gathered:
            return gathered


async def test_a_pretend_cdn_is_reached_when_both_settings_name_it(tmp_path: Path) -> None:
    async with running([reply(png())]) as server, running([reply(png())]) as other:
        settings = Settings(data_dir=tmp_path, discord_cdn_hosts=(server.place,), outbound_allow=("127.0.0.1",))
        gathered = await gather(settings, server.url(), other.url())
        assert len(gathered.references) == 1
        assert [problem.why for problem in gathered.problems] == ["foreign"]
        assert other.accepts == 0


async def test_naming_a_host_opens_no_address_that_the_guard_keeps_shut(tmp_path: Path) -> None:
    async with running([reply(png())]) as server:
        settings = Settings(data_dir=tmp_path, discord_cdn_hosts=(server.place,))
        gathered = await gather(settings, server.url())
        assert [problem.why for problem in gathered.problems] == ["foreign"]
        assert server.accepts == 0


async def test_as_it_is_set_only_discord_is_asked(tmp_path: Path) -> None:
    gathered = await gather(Settings(data_dir=tmp_path), "https://example.com/x.png", "http://cdn.discordapp.com/x.png")
    assert [problem.why for problem in gathered.problems] == ["foreign", "foreign"]
