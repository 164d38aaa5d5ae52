"""The table of people: who is in which recording, and what else is known of them."""

import csv
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import translate
from pathlib import Path, PurePosixPath
from typing import Final

from imu_hip.cohort.columns import COLUMNS, PERSON, RECORDING, SESSION
from imu_hip.cohort.errors import PeopleError
from imu_hip.cohort.naming import Who, inner_path
from imu_hip.errors import RecordingError
from imu_hip.recording.formats.files import decode, read_bytes

KEYS: Final = (PERSON, SESSION, RECORDING)
_MOST_FAULTS: Final = 20
_ADVICE: Final = (
    "It needs a first line with the column recording (path, glob or name) or person, and then one "
    "line for each."
)
LONGEST_CELL: Final = 1000
"""A pattern of names that is longer takes minutes to understand."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the table: its keys ('' where not given) and its other cells in order."""

    number: int
    recording: str
    person: str
    session: str
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class People:
    """Columns that are taken over, and the lines by what they name.

    The key of a line is (path,), or (person, session) where it names no recording, or
    ('', '', folder) where it names all that is in a folder.
    """

    columns: tuple[str, ...]
    lines: Mapping[tuple[str, ...], Line] = field(default_factory=dict)
    patterns: tuple[tuple[re.Pattern[str], Line], ...] = ()

    def matching(self, recording: str, who: Who) -> tuple[Line, ...]:
        """Lines that mean a recording; usually one or none."""
        path = inner_path(recording)
        parts = path.strip("/").split("/")
        # A line may name as much of the path as it takes to tell the recordings apart.
        ends = ["/".join(parts[i:]) for i in range(len(parts))]
        names = dict.fromkeys([recording, path, *ends, PurePosixPath(path).stem])
        found = [self.lines[(name,)] for name in names if (name,) in self.lines]
        found += [self.lines[key] for key in _folder_keys(parts[:-1]) if key in self.lines]
        found += [line for pattern, line in self.patterns if pattern.match(f"/{path}")]
        if not found:
            keys = ((who.person, who.session), (who.person, ""))
            found = [self.lines[key] for key in keys if key in self.lines][:1]
        return tuple(dict.fromkeys(found))

    def values(self, column: str) -> set[str]:
        """Everything that a column holds."""
        place = self.columns.index(column)
        lines = [*self.lines.values(), *(line for _, line in self.patterns)]
        return {line.cells[place] for line in lines}

    def of(self, recording: str, who: Who) -> tuple[Who, tuple[str, ...]]:
        """Person, session and cells of a recording; empty cells where no line means it."""
        return self.told(who, self.matching(recording, who))

    def told(self, who: Who, lines: Sequence[Line]) -> tuple[Who, tuple[str, ...]]:
        """The same, from the lines that mean the recording."""
        if not lines:
            return who, ("",) * len(self.columns)
        line = lines[0]
        person = line.person or who.person
        told_by = "the table of people" if line.person else who.told_by
        return Who(person, line.session or who.session, told_by), line.cells


def _folder_keys(folders: Sequence[str]) -> list[tuple[str, ...]]:
    n = len(folders)
    return [("", "", "/".join(folders[i:j])) for i in range(n) for j in range(i + 1, n + 1)]


NOBODY: Final = People(())


def read_people(path: Path) -> People:
    """Read a table of people.

    Raises
    ------
    PeopleError
        Listing every fault with its line.
    """
    try:
        text = decode(read_bytes(path))
    except RecordingError as error:
        raise PeopleError(error.what, error.advice) from error
    first = text.partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    except csv.Error as error:
        raise unusable(path, [f"it cannot be cut into cells ({error})"]) from error
    head = [cell.strip() for cell in rows[0]] if rows else []
    faults = _head_faults(head)
    if faults:
        raise unusable(path, faults)
    lines, faults = _lines(head, rows)
    people, doubled = _by_key(tuple(name for name in head if name not in KEYS), lines)
    if faults or doubled:
        raise unusable(path, [*faults, *doubled])
    return people


def unusable(path: Path, faults: Sequence[str], advice: str = _ADVICE) -> PeopleError:
    """The error that tells faults of a table of people, the first of them where there are many."""
    more = len(faults) - _MOST_FAULTS
    shown = [*faults[:_MOST_FAULTS], *([f"and {more} more"] if more > 0 else [])]
    return PeopleError(f"{path.name} is not usable: {'; '.join(shown)}.", advice)


def _head_faults(head: Sequence[str]) -> list[str]:
    faults = []
    if RECORDING not in head and PERSON not in head:
        faults.append("line 1 has neither the column recording nor the column person")
    faults += [f"column {i} has no name" for i, name in enumerate(head, 1) if not name]
    faults += [
        f"the column {name} comes {head.count(name)} times"
        for name in dict.fromkeys(head)
        if name and head.count(name) > 1
    ]
    faults += [
        f"the name {name} is that of a column of results"
        for name in head
        if name in COLUMNS and name not in KEYS
    ]
    return faults


def _lines(head: Sequence[str], rows: Sequence[Sequence[str]]) -> tuple[list[Line], list[str]]:
    lines, faults = [], []
    for number, row in enumerate(rows[1:], 2):
        cells = [cell.strip() for cell in row]
        if not any(cells):
            continue
        if max(map(len, cells)) > LONGEST_CELL:
            faults.append(f"line {number} has a cell of more than {LONGEST_CELL} characters")
            continue
        if len(cells) != len(head):
            faults.append(f"line {number} has {len(cells)} cells and not {len(head)}")
            continue
        named = dict(zip(head, cells, strict=True))
        recording, person = named.get(RECORDING, ""), named.get(PERSON, "")
        if not recording and not person:
            faults.append(f"line {number} names neither a recording nor a person")
            continue
        others = tuple(cell for name, cell in named.items() if name not in KEYS)
        lines.append(Line(number, recording, person, named.get(SESSION, ""), others))
    return lines, faults


def _by_key(columns: tuple[str, ...], lines: Sequence[Line]) -> tuple[People, list[str]]:
    by_key: dict[tuple[str, ...], Line] = {}
    patterns, faults = [], []
    for line in lines:
        name = line.recording.replace("\\", "/").removeprefix("./")
        folder = name.removesuffix("*").removesuffix("*")
        key: tuple[str, ...] = (name,) if name else (line.person, line.session)
        if folder.endswith("/") and not _is_glob(folder):
            # Thousands of these are looked up, where patterns are tried one after another.
            key = ("", "", folder.strip("/"))
        elif _is_glob(name):
            patterns.append((re.compile(translate(f"*/{name.lstrip('/')}")), line))
            continue
        before = by_key.setdefault(key, line)
        if before is not line:
            faults.append(
                f"lines {before.number} and {line.number} both name {name or line.person}"
            )
    return People(columns, by_key, tuple(patterns)), faults


def _is_glob(name: str) -> bool:
    return any(sign in name for sign in "*?[")
