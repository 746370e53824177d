"""A language for tests: English with accents and brackets; it shows what was forgotten, cut off or glued together."""

import re

PSEUDO = "en-XA"
_ACCENTS = str.maketrans("ACDEGHILNORSTUWYZacdeghilnorstuwyz", "ÅÇÐÉĜĤÎĻÑÖŔŠŢÛŴÝŽåçðéĝĥîļñöŕšţûŵýž")
_LEFT_ALONE = re.compile(r"(\{\w*\}|`[^`]*`|<[^>]*>|https?://\S+)")  # placeholders, code, Discord's own marks, links


def accented(sentence: str) -> str:
    """The sentence so that one can still read it."""
    parts = _LEFT_ALONE.split(sentence)
    parts[::2] = [part.translate(_ACCENTS) for part in parts[::2]]
    return f"[{''.join(parts)}]"


def accented_name(name: str) -> str:
    """The same for the name of a command or an option, which takes letters only."""
    return f"{name.translate(_ACCENTS)}-"
