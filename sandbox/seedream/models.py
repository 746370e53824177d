"""What each model takes, as upstream's own pages have it; kept apart from the client's catalogue on purpose."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from sandbox.seedream.problems import Problem

PROVIDERS = ("cometapi", "ark", "byteplus", "acedata", "gateway")

_COMMON = frozenset({"model", "prompt", "size", "response_format", "watermark"})
_NEW = _COMMON | {"image", "optimize_prompt_options", "output_format", "layer_decomposition", "background"}
_SETS = _COMMON | {
    "image",
    "optimize_prompt_options",
    "sequential_image_generation",
    "sequential_image_generation_options",
    "stream",
}
_SEEDED = _COMMON | {"seed", "guidance_scale"}


@dataclass(frozen=True, slots=True)
class Model:
    """One model: the fields it knows and the limits it holds."""

    key: str
    fields: frozenset[str]
    presets: tuple[str, ...]
    default_size: str
    area: tuple[int, int] | None
    references: tuple[int, int] = (0, 14)
    output_format: str = "jpeg"
    modes: tuple[str, ...] = ("standard",)
    backgrounds: tuple[str, ...] = ()
    layers: int = 0
    aspect: bool = True


_WIDE = (921_600, 16_777_216)
_TALL = (3_686_400, 16_777_216)
_PRO = (921_600, 4_624_220)
_TIERS = ("1K", "1.5K", "2K")

MODELS: Mapping[str, Model] = {
    model.key: model
    for model in (
        Model(
            "seedream-5.5",
            _NEW,
            _TIERS,
            "2K",
            _PRO,
            (0, 10),
            "png",
            backgrounds=("auto", "transparent", "opaque"),
            layers=99,
        ),
        Model(
            "seedream-5.0-flash", _NEW, _TIERS, "2K", _PRO, (0, 10), backgrounds=("transparent", "opaque"), layers=16
        ),
        Model(
            "seedream-5.0-pro",
            _NEW,
            _TIERS,
            "2K",
            _PRO,
            (0, 10),
            modes=("standard", "fast"),
            backgrounds=("transparent", "opaque"),
            layers=16,
        ),
        Model("seedream-5.0-lite", _SETS | {"tools", "output_format"}, ("2K", "3K", "4K"), "2048x2048", _TALL),
        Model("seedream-4.5", _SETS, ("2K", "4K"), "2048x2048", _TALL),
        Model("seedream-4.0", _SETS, ("1K", "2K", "4K"), "2048x2048", _WIDE, modes=("standard", "fast")),
        Model("seedream-3.0-t2i", _SEEDED, (), "1024x1024", (262_144, 4_194_304), (0, 0), modes=(), aspect=False),
        Model("seededit-3.0-i2i", _SEEDED | {"image"}, ("adaptive",), "adaptive", None, (1, 1), modes=()),
    )
}

_ARK = {
    "doubao-seedream-5-5-261028": "seedream-5.5",
    "doubao-seedream-5-0-flash-260915": "seedream-5.0-flash",
    "doubao-seedream-5-0-pro-260628": "seedream-5.0-pro",
    "doubao-seedream-5-0-260128": "seedream-5.0-lite",
    "doubao-seedream-5-0-lite-260128": "seedream-5.0-lite",
    "doubao-seedream-4-5-251128": "seedream-4.5",
    "doubao-seedream-4-0-250828": "seedream-4.0",
    "doubao-seedream-3-0-t2i-250415": "seedream-3.0-t2i",
    "doubao-seededit-3-0-i2i-250628": "seededit-3.0-i2i",
}
_BYTEPLUS = {
    "dola-seedream-5-5-261028": "seedream-5.5",
    "dola-seedream-5-0-flash-260915": "seedream-5.0-flash",
    "dola-seedream-5-0-pro-260628": "seedream-5.0-pro",
    "seedream-5-0-260128": "seedream-5.0-lite",
    "seedream-5-0-lite-260128": "seedream-5.0-lite",
    "seedream-4-5-251128": "seedream-4.5",
    "seedream-4-0-250828": "seedream-4.0",
    "seedream-3-0-t2i-250415": "seedream-3.0-t2i",
    "seededit-3-0-i2i-250628": "seededit-3.0-i2i",
}
_ALIASES = {
    "seedream-5-5-261028": "seedream-5.5",
    "seedream-5-0-flash-260915": "seedream-5.0-flash",
    "seedream-5-0-pro-260628": "seedream-5.0-pro",
}
_PLAN = {"doubao-seedream-5.0-lite": "seedream-5.0-lite"}
_ACEDATA = ("seedream-5.0-pro", "seedream-5.0-lite", "seedream-4.5", "seedream-4.0")

IDS: Mapping[str, Mapping[str, str]] = {
    "ark": _ARK,
    "byteplus": _BYTEPLUS,
    "cometapi": _ARK | _ALIASES,
    "gateway": _ARK,
    "acedata": {name: key for name, key in _ARK.items() if key in _ACEDATA},
}

_EVERY = frozenset().union(*(model.fields for model in MODELS.values()))
_SHARED = _COMMON | {"image", "sequential_image_generation", "sequential_image_generation_options"}

FIELDS: Mapping[str, frozenset[str]] = {
    "ark": _EVERY,
    "byteplus": _EVERY,
    "cometapi": _SHARED | {"guidance_scale", "seed", "output_format"},
    "gateway": _SHARED | {"stream"},
    "acedata": (_EVERY - {"stream"}) | {"callback_url", "async", "action"},
}


def find(provider: str, name: str, *, plan: bool = False) -> Model:
    """The model behind an id at this provider, or the provider's own way to say that there is none."""
    ids = _PLAN if plan else IDS[provider]
    if name in ids:
        return MODELS[ids[name]]
    if provider in ("ark", "byteplus"):
        if name.startswith("ep-") and not plan:
            return MODELS["seedream-4.5"]
        raise Problem(
            "InvalidEndpointOrModel.NotFound",
            f"The model or endpoint {name} does not exist or you do not have access to it.",
            status=404,
        )
    if provider == "acedata":
        raise Problem("bad_request", "model is invalid.", status=400)
    raise Problem(
        "model_not_found",
        f"no available channel for group default and model {name} (distributor)",
        status=503,
    )


_RATIOS = ("1:1", "4:3", "3:4", "16:9", "9:16", "3:2", "2:3", "21:9")
_TABLES: Mapping[str, str] = {
    "1K": "1024x1024 1152x864 864x1152 1424x800 800x1424 1248x832 832x1248 1568x672",
    "1K old": "1024x1024 1152x864 864x1152 1280x720 720x1280 1248x832 832x1248 1512x648",
    "1.5K": "1536x1536 1792x1344 1344x1792 2048x1152 1152x2048 1872x1248 1248x1872 2352x1008",
    "2K": "2048x2048 2368x1776 1776x2368 2816x1584 1584x2816 2496x1664 1664x2496 3136x1344",
    "2K old": "2048x2048 2304x1728 1728x2304 2848x1600 1600x2848 2496x1664 1664x2496 3136x1344",
    "3K": "3072x3072 3456x2592 2592x3456 4096x2304 2304x4096 3744x2496 2496x3744 4704x2016",
    "4K": "4096x4096 4704x3520 3520x4704 5504x3040 3040x5504 4992x3328 3328x4992 6240x2656",
}


def pixels(model: Model, preset: str, prompt: str) -> tuple[int, int]:
    """The size that a preset comes out as: the model reads the ratio from the prompt."""
    old = f"{preset} old" if "stream" in model.fields else preset
    sizes = _TABLES.get(old, _TABLES.get(preset, _TABLES["2K"])).split()
    found = re.search(r"(?<![\d:])(\d+:\d+)(?![\d:])", prompt)
    ratio = found.group(1) if found and found.group(1) in _RATIOS else "1:1"
    width, height = sizes[_RATIOS.index(ratio)].split("x")
    return int(width), int(height)


_ADAPTIVE = (
    "512x1536 544x1536 576x1536 608x1536 640x1536 640x1376 672x1312 704x1280 736x1312 768x1280 768x1216 800x1216 "
    "832x1248 832x1184 832x1152 864x1152 896x1152 896x1088 928x1088 960x1088 992x1088 1024x1088 1024x1056 1024x1024 "
    "1056x992 1088x992 1120x960 1152x928 1152x896 1152x864 1184x832 1216x832 1248x832 1248x800 1248x768 1280x768 "
    "1280x736 1280x704 1312x736 1312x704 1312x672 1344x672 1376x672 1408x672 1408x640 1440x640 1472x640 1504x640 "
    "1536x640 1536x608 1536x576 1536x544 1536x512"
)


def adaptive(width: int, height: int) -> tuple[int, int]:
    """SeedEdit's answer size: the first of its sizes whose shape is nearest to the input's."""
    sizes = [tuple(map(int, size.split("x"))) for size in _ADAPTIVE.split()]
    best = min(sizes, key=lambda size: abs(size[0] / size[1] - width / height))
    return best[0], best[1]
