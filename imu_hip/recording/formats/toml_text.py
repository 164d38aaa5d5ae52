"""TOML that a person wrote or a disk damaged, read within bounds."""

import tomllib
from bisect import bisect_left
from collections.abc import Callable
from typing import Any, Final

LARGEST: Final = 100_000
"""Characters; the longest protocol has a tenth of them."""

MOST_DOTS: Final = 200
"""In a line. A name of thousands of parts takes minutes and gigabytes to read."""

MOST_LINES: Final = 100
"""Of one table that are looked through for a fault; each of them has the text read anew."""


def parse_toml(text: str) -> dict[str, Any]:
    """Read TOML.

    Raises
    ------
    ValueError
        Where it is none, with the line; or where it is longer or deeper than any of ours.
    """
    if len(text) > LARGEST:
        raise ValueError(f"it has more than {LARGEST} characters")
    for number, line in enumerate(text.split("\n"), start=1):
        if line.count(".") > MOST_DOTS:
            raise ValueError(f"more than {MOST_DOTS} dots (at line {number}, column 1)")
    try:
        return tomllib.loads(text)
    except RecursionError:
        raise ValueError("lists or tables are nested too deeply") from None


def first_line_with(text: str, is_wrong: Callable[[dict[str, Any]], bool]) -> int:
    """Line that brought a fault into a text, counted from 1.

    Parameters
    ----------
    is_wrong
        Whether what was read of the beginning of the text has the fault already.
    """
    # Not splitlines(): TOML's lines end with a line feed only.
    lines = text.split("\n")

    def has_it(count: int) -> bool:
        try:
            return is_wrong(parse_toml("\n".join(lines[:count])))
        except ValueError:
            return False

    # The text before a table is whole, so halves of it tell in which table the fault is.
    tables = [i for i, line in enumerate(lines) if line.startswith("[")]
    ends = [*tables, len(lines)]
    end = ends[min(bisect_left(ends, True, key=has_it), len(ends) - 1)]
    start = max((table for table in tables if table < end), default=0)
    filled = [i + 1 for i in range(start, end) if lines[i].strip()][:MOST_LINES]
    return next((count for count in filled if has_it(count)), start + 1)
