"""The recordings of a cohort with their people, checked against the whole list."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from imu_hip.cohort.fetching import is_url
from imu_hip.cohort.naming import Who, common_folder, inner_path, who_recorded
from imu_hip.cohort.people import People, unusable


@dataclass(frozen=True, slots=True, eq=False)
class Naming:
    """Who is in each recording of a cohort.

    Parameters
    ----------
    folder
        The folder that holds all recordings.
    columns
        Columns from the table of people, and whether all their cells are numbers.
    notes
        What told who was recorded, in sentences.
    """

    people: People
    folder: str
    columns: tuple[tuple[str, bool], ...]
    notes: tuple[str, ...]

    def of(self, recording: str) -> tuple[Who, tuple[str, ...]]:
        """Person, session and cells of a recording."""
        return self.people.of(recording, who_recorded(recording, self.folder))

    def shown(self, recording: str) -> str:
        """A recording as tables name it: below the folder that holds all, or its whole URL."""
        if is_url(recording):
            return recording
        return inner_path(recording).removeprefix(self.folder)


def name_recordings(
    recordings: Callable[[], Iterable[str]], people: People, table: Path | None
) -> Naming:
    """Find out who is in each recording.

    Parameters
    ----------
    recordings
        Gives all of them each time, so that they need not be kept in memory.
    people, table
        The table of people and its file, which errors name.

    Raises
    ------
    PeopleError
        Where two lines mean one recording, listing all of them.
    """
    folder: str | None = None
    for recording in recordings():
        folder = common_folder(folder, recording)
    told_by: Counter[str] = Counter()
    unknown, faults = 0, []
    numbers = [True] * len(people.columns)
    for recording in recordings():
        who = who_recorded(recording, folder or "")
        lines = people.matching(recording, who)
        if len(lines) > 1:
            both = " and ".join(str(line.number) for line in lines[:2])
            faults.append(f"lines {both} both mean {inner_path(recording)}")
        unknown += not lines
        named, cells = people.told(who, lines)
        told_by[named.told_by] += 1
        numbers = [n and _is_number(c) for n, c in zip(numbers, cells, strict=True)]
    # Lines come from a table only.
    if faults and table is not None:
        raise unusable(table, faults, "Let each recording be meant by one line.")
    notes = [_told_words(told_by)]
    if unknown and table is not None:
        words = "1 recording is" if unknown == 1 else f"{unknown} recordings are"
        notes.append(f"{words} not in {table.name}; the columns from there are empty.")
    columns = tuple(zip(people.columns, numbers, strict=True))
    return Naming(people, folder or "", columns, tuple(notes))


def _is_number(cell: str) -> bool:
    try:
        float(cell or "0")
    except ValueError:
        return False
    return True


def _told_words(told_by: Counter[str]) -> str:
    if len(told_by) == 1:
        return f"Who was recorded is told by {next(iter(told_by))}."
    return f"Who was recorded is told by {', '.join(f'{by} ({n})' for by, n in told_by.items())}."
