"""What a model, and a provider, would not accept of a request: all of it at once, each with the nearest allowed value.

A problem's `nearest` is written as a person would type it; "omit" means: leave the field out. References are counted
from 0 in `references[0]`.
"""

import difflib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from bot.seedream.errors import Problem
from bot.seedream.models import ImageRequest
from bot.seedream.references import check_references, format_of
from bot.seedream.sizes import fits, nearest, parse, parse_ratio, preset_pixels, shapes, spell_ratio, write
from bot.seedream.tables import Documented, Limits, Model

OMIT = "omit"

RESPONSE_FORMATS = ("url", "b64_json")
OUTPUT_FORMATS = ("png", "jpeg")
BACKGROUNDS = ("auto", "transparent", "opaque")
OPTIMIZE_MODES = ("standard", "fast")

Problems = Iterator[Problem]


@dataclass(frozen=True, slots=True)
class Case:
    """A request beside what its model can do, and what the provider documents if one is named."""

    request: ImageRequest
    model: Model
    limits: Limits
    provider: Documented | None = None

    @property
    def layered(self) -> bool:
        """Whether a picture is to be taken apart, by a model that can, at a provider that can."""
        offered = self.provider is None or "layer_decomposition" in self.provider.fields
        return self.request.layers and self.model.layers > 0 and offered

    @property
    def wordless(self) -> bool:
        """Whether it can be done without a prompt."""
        return self.request.layers and self.model.layers > 0 and not (self.provider and self.provider.needs_prompt)


def check_known(case: Case) -> list[Problem]:
    """Everything that the model's own rules, and the provider's pages, say against a request."""
    found = [problem for rule in RULES for problem in rule(case)]
    if case.provider:
        found += undocumented(case.request, case.model.fields, case.provider, case.model.default_format)
    return found


def check_unknown(request: ImageRequest, provider: Documented | None) -> list[Problem]:
    """Only what no model can make sense of: for a model that is not in the catalogue the provider decides."""
    found = [*_words(request), *_vocabulary(request)]
    if not request.prompt.strip() and not request.layers:
        found.append(_no_prompt(request))
    if request.max_images is not None and request.max_images < 1:
        found.append(Problem("max_images", "at least one picture", "1"))
    found += check_references(request.references, None)
    if provider:
        found += undocumented(request, None, provider, None)
    return found


def undocumented(
    request: ImageRequest, fields: frozenset[str] | None, provider: Documented, default_format: str | None
) -> Problems:
    """What is asked for, and known to the model (`fields`; None: who knows), but not in the provider's pages."""
    asked = {
        "references": ("image", bool(request.references)),
        "size": ("size", bool(request.size or request.ratio)),
        "max_images": ("sequential_image_generation", request.expected_images > 1),
        "stream": ("stream", request.stream is True),
        "response_format": ("response_format", request.response_format != "url"),
        "output_format": ("output_format", request.output_format not in {None, default_format}),
        "background": ("background", request.background is not None),
        "layers": ("layer_decomposition", request.layers),
        "web_search": ("tools", request.web_search),
        "optimize_prompt": ("optimize_prompt_options", request.optimize_prompt is not None),
        "seed": ("seed", request.seed is not None),
        "guidance_scale": ("guidance_scale", request.guidance_scale is not None),
    }
    for name, (field, wanted) in asked.items():
        if wanted and (fields is None or field in fields) and field not in provider.fields:
            yield Problem(name, f"{provider.title} does not document {field}", OMIT)
    if request.callback_url is not None and "callback_url" not in provider.extra_fields:
        yield Problem("callback_url", f"{provider.title} does not call back", OMIT)


def _prompt(case: Case) -> Problems:
    if not case.request.prompt.strip() and not case.wordless:
        yield _no_prompt(case.request)


def _size(case: Case) -> Problems:
    size, model = case.request.size, case.model
    if size is None or model.preset(size) or (case.layered and size == "auto"):
        return
    if case.layered:
        rule = f"layers are drawn at {_either((*model.presets, 'auto'))}, not at other sizes"
        yield Problem("size", rule, _nearest_preset(model, size) or "auto")
    elif pair := parse(size):
        yield from _pixels(model, *pair)
    elif parse_ratio(size):
        pixels = None if model.adapts else model.pixels(model.default_preset, size)
        nearby = OMIT if case.request.ratio is not None else pixels or model.default_size
        yield Problem("size", f'"{size}" is a ratio, not a size: give it as ratio', nearby)
    else:
        forms = [*model.presets, *(["pixels like 2048x1024"] if model.area else [])]
        rule = f'{model.title} takes {_either(forms)}, not "{size[:40]}"'
        default = OMIT if case.request.ratio is not None else model.default_size
        yield Problem("size", rule, _nearest_preset(model, size) or default)


def _pixels(model: Model, width: int, height: int) -> Problems:
    if model.area is None:
        yield Problem("size", f"{model.title} takes no pixels, only {_either(model.presets)}", model.default_size)
        return
    close = nearest(width, height, model.area, model.aspect)
    if not fits(width, height, model.area, None):
        low, high = model.area
        rule = f"{width}x{height} has {width * height:,} pixels, {model.title} takes {low:,} to {high:,}"
        yield Problem("size", rule, close)
    if not fits(width, height, None, model.aspect):
        yield Problem("size", f"{width}x{height} is too long: {_aspect(model)}", close)


def _ratio(case: Case) -> Problems:
    request, model = case.request, case.model
    if request.ratio is None:
        return
    value, pair = parse_ratio(request.ratio), parse(request.size)
    if case.layered or model.adapts:
        yield Problem("ratio", "the result keeps the shape of the reference picture", OMIT)
    elif value is None:
        yield Problem("ratio", f'"{request.ratio[:40]}" is not a ratio like 16:9', OMIT if pair else "1:1")
    elif pair and abs(pair[0] / pair[1] / value - 1) > 0.05:
        yield Problem("ratio", f"the size {write(*pair)} fixes another shape", OMIT)
    elif model.aspect and not model.aspect[0] <= value <= model.aspect[1]:
        bound = spell_ratio(model.aspect[value > model.aspect[1]])
        yield Problem("ratio", f"{request.ratio} is too long: {_aspect(model)}", bound)


def _images(case: Case) -> Problems:
    """How many pictures."""
    wanted, most = case.request.max_images, case.limits.max_images
    if wanted is None:
        return
    references = len(case.request.references)
    together = case.limits.references_and_images
    room = min(most, max(1, together - min(references, case.model.references[1])))
    if not 1 <= wanted <= most:
        yield Problem("max_images", f"1 to {most} pictures, not {wanted}", str(max(1, min(room, wanted))))
    if wanted > 1 and (case.layered or not case.model.sequence):
        yield Problem("max_images", f"{case.model.title} draws one picture at a time", "1")
    elif wanted > 1 and wanted <= most and references + wanted > together:
        rule = f"references and pictures together are at most {together}, not {references} + {wanted}"
        yield Problem("max_images", rule, str(room))


def _references(case: Case) -> Problems:
    count = len(case.request.references)
    least, most = (1, 1) if case.layered else case.model.references
    if not least <= count <= most:
        what = "for layers" if case.layered else f"with {case.model.title}"
        rule = f"allowed {what}: {_count(least, most)} · given: {count}"
        yield Problem("references", rule, str(max(least, min(most, count))))
    rules = case.model.layer_rules if case.layered else case.model.reference_rules
    cap = case.provider.reference_bytes if case.provider else None
    yield from check_references(case.request.references, rules, cap)


def _output(case: Case) -> Problems:
    """The file format; asking for the one that comes anyway is no problem."""
    wanted, model = case.request.output_format, case.model
    if wanted is None or wanted == model.default_format:
        return
    if not model.format_settable:
        yield Problem("output_format", f"{model.title} always gives {model.default_format}", model.default_format)
    elif wanted not in model.formats:
        yield Problem("output_format", f"{model.title} gives {_either(model.formats)}", _closest(wanted, model.formats))


def _background(case: Case) -> Problems:
    request, model = case.request, case.model
    if request.background is None:
        return
    if not model.backgrounds:
        yield Problem("background", f"{model.title} has no choice of background", OMIT)
        return
    if case.layered:
        yield Problem("background", "it cannot be combined with layers", OMIT)
        return
    if request.background not in model.backgrounds:
        rule = f"{model.title} takes {_either(model.backgrounds)}"
        yield Problem("background", rule, "auto" if "auto" in model.backgrounds else "opaque")
    if request.background != "transparent":
        return
    if request.output_format == "jpeg":
        yield Problem("output_format", "jpeg holds no transparency", "png")
    if model.transparent_needs_png and not _one_png(request):
        rule = f"with {model.title} transparent needs exactly one reference picture, a PNG"
        yield Problem("background", rule, "opaque")


def _abilities(case: Case) -> Problems:
    """What a model can do or cannot."""
    request, model = case.request, case.model
    if request.layers and not model.layers:
        yield Problem("layers", f"{model.title} does not take pictures apart", OMIT)
    if request.web_search and not model.web_search:
        yield Problem("web_search", f"{model.title} does not search the web", OMIT)
    if request.stream and (not model.stream or case.layered):
        yield Problem("stream", f"{model.title} does not stream", OMIT)
    mode = request.optimize_prompt
    if mode is not None and mode not in model.optimize:
        rule = f"{model.title} takes {_either(model.optimize)}" if model.optimize else f"{model.title} has no modes"
        yield Problem("optimize_prompt", rule, _closest(mode, model.optimize) if model.optimize else OMIT)


def _numbers(case: Case) -> Problems:
    model = case.model
    numbers = (("seed", case.request.seed, model.seed), ("guidance_scale", case.request.guidance_scale, model.guidance))
    for name, value, bounds in numbers:
        if value is None:
            continue
        if bounds is None:
            yield Problem(name, f"{model.title} takes no {name}", OMIT)
        elif not bounds[0] <= value <= bounds[1]:
            low, high = bounds
            yield Problem(name, f"{low} to {high}, not {value}", str(max(low, min(high, value))))


def _words(request: ImageRequest) -> Problems:
    """Words that mean the same for every model."""
    if request.response_format not in RESPONSE_FORMATS:
        yield _foreign("response_format", request.response_format, RESPONSE_FORMATS)
    if request.callback_url is not None and not request.callback_url.startswith(("http://", "https://")):
        yield Problem("callback_url", "a link that begins with https://", OMIT)


def _vocabulary(request: ImageRequest) -> Problems:
    """Words that no model has ever known."""
    words: tuple[tuple[str, str | None, Sequence[str]], ...] = (
        ("output_format", request.output_format, OUTPUT_FORMATS),
        ("background", request.background, BACKGROUNDS),
        ("optimize_prompt", request.optimize_prompt, OPTIMIZE_MODES),
    )
    for name, word, known in words:
        if word is not None and word not in known:
            yield _foreign(name, word, known)


def _foreign(name: str, word: str, known: Sequence[str]) -> Problem:
    return Problem(name, f'{_either(known)}, not "{word[:40]}"', _closest(word, known))


def _no_prompt(request: ImageRequest) -> Problem:
    return Problem("prompt", "say which elements to separate" if request.layers else "say what to draw")


def _one_png(request: ImageRequest) -> bool:
    """Exactly one reference, and nothing says that it is no PNG."""
    return len(request.references) == 1 and format_of(request.references[0]) in {"png", ""}


def _nearest_preset(model: Model, size: str) -> str | None:
    """The preset that comes closest to a size of any form, if there is one."""
    pair = parse(size)
    wanted = pair[0] * pair[1] if pair else preset_pixels(size)
    known = {preset: pixels for preset in model.presets if (pixels := preset_pixels(preset))}
    if not wanted or not known:
        return None
    return min(known, key=lambda preset: max(known[preset] / wanted, wanted / known[preset]))


def _aspect(model: Model) -> str:
    return f"{model.title} takes shapes from {shapes(model.aspect)}" if model.aspect else ""


def _count(least: int, most: int) -> str:
    if not most:
        return "no reference pictures"
    if most == 1:
        return "exactly one reference picture" if least else "at most one reference picture"
    return f"{least} to {most} reference pictures" if least else f"at most {most} reference pictures"


def _either(words: Iterable[str]) -> str:
    *most, last = words
    return f"{', '.join(most)} or {last}" if most else last


def _closest(word: str, known: Sequence[str]) -> str:
    return next(iter(difflib.get_close_matches(word.lower(), known, n=1, cutoff=0.5)), known[0])


RULES: tuple[Callable[[Case], Iterable[Problem]], ...] = (
    _prompt,
    _size,
    _ratio,
    _images,
    _references,
    lambda case: _words(case.request),
    _output,
    _background,
    _abilities,
    _numbers,
)
