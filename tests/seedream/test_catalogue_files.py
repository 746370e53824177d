"""The operator's catalogue files: what they can change, and how mistakes in them are told."""

from decimal import Decimal
from pathlib import Path

import pytest

from bot.seedream.catalogue import Catalogue, CatalogueError
from bot.seedream.models import ImageRequest, Price, Reference
from bot.seedream.reading import load


def written(folder: Path, text: str, name: str = "catalogue.toml") -> Path:
    file = folder / name
    file.write_text(text, encoding="utf-8")
    return file


def test_a_gateway_that_takes_more_fields(tmp_path: Path) -> None:
    mine = Catalogue.load(written(tmp_path, '[providers.gateway]\nfields = ["+output_format", "-watermark", "+size"]'))
    fields = mine.fields("lite", "gateway")
    assert "output_format" in fields
    assert "watermark" not in fields
    assert {"size", "stream", "image"} <= fields
    assert mine.check(ImageRequest("lite", "a cat", output_format="png"), "gateway") == []


def test_a_plain_list_replaces_the_list(tmp_path: Path) -> None:
    mine = Catalogue.load(written(tmp_path, '[providers.cometapi]\nfields = ["model", "prompt"]\npresets = []'))
    assert mine.fields("4.5", "cometapi") == {"model", "prompt"}
    assert mine.size(ImageRequest("pro", "a cat", size="1K"), "cometapi") == "1K"


def test_prices_are_configuration(tmp_path: Path) -> None:
    text = """
        [providers.gateway]
        currency = "EUR"
        [models."seedream-4.5".prices.gateway]
        tiers = [{ pixels = 4194304, image = 0.1 }, { image = 0.3 }]
        reference = 0.01
        free_references = 1
    """
    mine = Catalogue.load(written(tmp_path, text))
    references = (Reference(url="https://example.org/a.png"),) * 3
    request = ImageRequest("4.5", "a cat", size="2048x2048", max_images=2, references=references)
    assert mine.price(request, "gateway") == Price(Decimal("0.22"), "EUR")
    assert mine.price(request, "byteplus") == Price(Decimal("0.08"), "USD")


def test_a_new_model_like_an_old_one(tmp_path: Path) -> None:
    text = """
        [models."seedream-6.0"]
        like = "seedream-4.5"
        title = "Seedream 6.0"
        aliases = ["6.0", "6"]
        patterns = ["seedream-6-0"]
        area = [921600, 16777216]
        ids = { ark = ["doubao-seedream-6-0-270101"] }
        [models."seedream-6.0-max"]
        like = "seedream-6.0"
        title = "Seedream 6.0 Max"
        patterns = ["seedream-6-0-max"]
    """
    mine = Catalogue.load(written(tmp_path, text))
    model = mine.models["seedream-6.0"]
    assert mine.resolve("seedream 6") is model
    assert (model.sequence, model.references, model.sizes) == (True, (0, 14), mine.models["seedream-4.5"].sizes)
    assert (model.prices, model.aliases) == ({}, ("6.0", "6"))
    assert mine.model_id("6.0", "ark") == "doubao-seedream-6-0-270101"
    assert mine.model_id("6.0", "cometapi") is None
    assert mine.check(ImageRequest("6.0", "a cat", size="1024x1024")) == []
    longest = mine.resolve("doubao-seedream-6-0-max-270202")
    assert longest is mine.models["seedream-6.0-max"]
    assert longest.area == (921600, 16777216)


def test_a_new_model_from_nothing(tmp_path: Path) -> None:
    text = """
        [sizes."mine"]
        "1:1" = "1024x1024"
        "2:1" = "1456x720"
        [models."painter-1"]
        title = "Painter"
        fields = ["model", "prompt", "size"]
        presets = ["1K"]
        default_size = "1K"
        sizes = { "1K" = "mine" }
        ids = { gateway = ["painter-1"] }
    """
    mine = Catalogue.load(written(tmp_path, text))
    assert mine.size(ImageRequest("painter", "a cat", ratio="2:1"), "gateway") == "1456x720"
    assert mine.check(ImageRequest("painter", "a cat", size="1k"), "gateway") == []
    assert [problem.field for problem in mine.check(ImageRequest("painter", "a cat", max_images=2))] == ["max_images"]


def test_a_provider_may_take_less_of_a_model(tmp_path: Path) -> None:
    text = '[providers.acedata.models."seedream-5.0-pro"]\narea = [921600, 4194304]'
    mine = Catalogue.load(written(tmp_path, text))
    wide = ImageRequest("pro", "a cat", size="2816x1584")
    assert mine.check(wide) == mine.check(wide, "ark") == []
    assert [problem.field for problem in mine.check(wide, "acedata")] == ["size"]


def test_a_narrower_model_has_the_prices_of_the_whole_one(tmp_path: Path) -> None:
    text = '[providers.byteplus.models."seedream-4.5"]\nreferences = [0, 10]'
    assert Catalogue.load(written(tmp_path, text)).price(ImageRequest("4.5", "a cat"), "byteplus") is not None


def test_files_lie_on_top_of_each_other_in_order(tmp_path: Path) -> None:
    first = written(tmp_path, '[models."seedream-4.5"]\ntitle = "One"\ntimeout = 99', "1.toml")
    second = written(tmp_path, '\ufeff[models."seedream-4.5"]\ntitle = "Two"', "2.toml")
    model = Catalogue.load(first, second).models["seedream-4.5"]
    assert (model.title, model.timeout) == ("Two", 99)


@pytest.mark.parametrize(
    ("text", "key", "fix"),
    [
        ('[model."x"]', "model", 'did you mean "models"?'),
        ('[models."seedream-4.5"]\nsequense = true', "models.seedream-4.5.sequense", 'did you mean "sequence"?'),
        ('[models."seedream-4.5"]\nkey = "x"', "models.seedream-4.5.key", "unknown key"),
        ('[models."seedream-4.5"]\nlayers = "many"', "models.seedream-4.5.layers", "valid integer"),
        ('[models."seedream-4.5"]\narea = [9, 1]', "models.seedream-4.5", "smaller to the larger"),
        ('[models."seedream-4.5"]\narea = 9', "models.seedream-4.5.area", "valid tuple"),
        ('[models."seedream-4.5"]\nids = ["x"]', "models.seedream-4.5.ids", "is a table"),
        ('[models."seedream-4.5"]\ndefault_format = "gif"', "models.seedream-4.5", "default_format is one of jpeg"),
        ('[models."seedream-4.5"]\nstatus = "old"', "models.seedream-4.5.status", "'current' or 'legacy'"),
        ('[models."new"]\ntitle = "New"', "models.new.fields", "is missing"),
        ('[models."new"]\nlike = "seedream-4.6"', "models.new.like", 'did you mean "seedream-4.5"?'),
        ('[models."new"]\nlike = "new"', "models.new.like", "unknown model"),
        ('[models."new"]\nlike = 4', "models.new.like", "unknown model"),
        ('[models."seedream-4.5".ids]\nvolcano = ["x"]', "models.seedream-4.5.ids.volcano", "unknown provider"),
        ('[models."seedream-4.5".sizes]\n"2K" = "9K"', "models.seedream-4.5.sizes.2K", "unknown [sizes] table"),
        ('[models."seedream-4.5"]\nlayer_rules = "x"', "models.seedream-4.5.layer_rules", "unknown [references] table"),
        ('[sizes."2K"]\n"1:1" = "big"', "models.seedream-5.0-lite", "big is not a size like 2048x1024"),
        ('[models."seedream-4.5".prices.ark]\ntiers = []', "models.seedream-4.5.prices.ark", "one at least"),
        (
            '[models."seedream-4.5".prices.ark]\ntiers = [{ image = "free" }]',
            "models.seedream-4.5.prices.ark.tiers.0.image",
            "decimal",
        ),
        ('[providers.comet]\ntitle = "x"', "providers.comet", 'did you mean "cometapi"?'),
        ('[providers.gateway]\nfields = ["+stream", "size"]', "providers.gateway.fields", "before every entry"),
        ('[providers.gateway]\nfields = "stream"', "providers.gateway.fields", "valid"),
        ('[providers.gateway.models."6.0"]\nlayers = 1', "providers.gateway.models.6.0", "unknown model"),
        ("providers = 3", "providers", "is a table: write it as [providers]"),
        ("[models]\nnew = 3", "models.new", "is a table: write it as [models.new]"),
        ("[limits]\nmax_imges = 3", "limits.max_imges", 'did you mean "max_images"?'),
        ('[models."seedream-4.5"]\naliases = ["4.0"]', "models", "would mean both"),
    ],
)
def test_a_mistake_names_the_file_the_key_and_the_fix(tmp_path: Path, text: str, key: str, fix: str) -> None:
    file = written(tmp_path, text)
    with pytest.raises(CatalogueError) as caught:
        Catalogue.load(file)
    assert caught.value.file == file
    assert caught.value.key == key
    assert fix in caught.value.fix
    assert str(caught.value).startswith(f"{file}: {key}: ")
    assert "\n" not in str(caught.value)


def test_the_file_that_made_the_mistake_is_named(tmp_path: Path) -> None:
    bad = written(tmp_path, "[limits]\nmax_images = []", "bad.toml")
    good = written(tmp_path, "[limits]\nmax_images = 10", "good.toml")
    with pytest.raises(CatalogueError, match=r"bad\.toml: limits\.max_images: "):
        Catalogue.load(bad, good)


@pytest.mark.parametrize(
    ("content", "fix"),
    [
        (b"[models", "is not TOML"),
        ("title = “x”".encode(), "is not TOML"),
        ("[models]".encode("utf-16"), "is not UTF-8 text"),
    ],
)
def test_what_is_no_toml_is_said_so(tmp_path: Path, content: bytes, fix: str) -> None:
    file = tmp_path / "catalogue.toml"
    file.write_bytes(content)
    with pytest.raises(CatalogueError, match=fix):
        Catalogue.load(file)


def test_a_missing_file_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(CatalogueError, match="cannot be read: No such file"):
        Catalogue.load(tmp_path / "nowhere.toml")


def test_without_any_file_there_is_no_catalogue() -> None:
    with pytest.raises(ValueError, match="without a file"):
        load()
