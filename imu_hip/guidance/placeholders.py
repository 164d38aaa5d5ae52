"""What a cue may leave open."""

import re
from typing import Final

PLACEHOLDERS: Final = ("{side}", "{other_side}", "{repetition}", "{repetitions}")

_BRACES: Final = re.compile(r"\{[^{}]*\}|[{}]")


def check_placeholders(text: str) -> str:
    """The same text, if it leaves open only what can be filled in and is plain.

    Raises
    ------
    ValueError
        Naming what cannot be filled in.
    """
    unknown = [found for found in _BRACES.findall(text) if found not in PLACEHOLDERS]
    if unknown:
        known = ", ".join(PLACEHOLDERS)
        raise ValueError(f"{', '.join(unknown)} cannot be filled in, only {known}")
    if not text.isprintable():
        raise ValueError("holds a character that is not to be printed, such as a line break")
    return text
