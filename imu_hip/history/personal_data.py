"""Every place where something about a person is kept, and what export and deletion do there.

This is the one list: what is shown to people, what an export says of itself and what tests hold
against the tables and folders all come from here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path, PurePath
from typing import Final

PERSONAL: Final[Mapping[str, Mapping[str, str]]] = {
    "people": {
        "alias": "the name that was given",
        "alias_key": "the same without capitals",
        "sex": "for norms, where it was given",
        "created_utc": "when they were first here",
    },
    "sessions": {
        "protocol": "what was measured",
        "mode": "whether they moved by themselves",
        "started_utc": "when it began",
        "ended_utc": "when it ended",
        "state": "whether it was finished",
        "comment": "notes about it",
        "progress": "where it was cut off, so that it can go on",
    },
    "files": {"path": "where recordings and reports lie"},
    "repetitions": {
        "task": "the test",
        "side": "left or right",
        "direction": "inward or outward",
        "moment": "before or after a stretch",
        "peak_deg": "how far it went",
        "plateau_s": "how long it was held",
        "thigh_elevation_deg": "how the thigh lay",
        "knee_flexion_deg": "how the knee was bent",
        "counted": "whether it counts",
        "reason": "why it does not",
        "recording": "which recording shows it",
        "start_s": "where it begins there",
        "end_s": "where it ends there",
    },
    "results": {
        "task": "the test",
        "side": "left or right",
        "measure": "which range",
        "moment": "before or after a stretch",
        "value_deg": "how far the hip turns",
        "sd_deg": "how much repetitions differ",
        "repetitions": "how many there were",
        "sem_deg": "the standard error",
        "mdc95_deg": "the smallest change that can be told",
    },
    "bouts": {
        "side": "left or right",
        "started_utc": "when a stretch began",
        "duration_s": "how long it was held",
        "best_deg": "how far it went",
    },
    "measurement_errors": {
        "task": "the test",
        "measure": "which range",
        "mode": "whether they moved by themselves",
        "sem_deg": "how much this person's results differ between days",
        "sem_low_deg": "its lower limit",
        "sem_high_deg": "its upper limit",
        "degrees_of_freedom": "how much is known of it",
        "sessions": "from how many sessions it comes",
        "people": "from how many people it comes",
        "kept_utc": "when it was kept",
    },
}
"""Columns of the history that tell something about a person, by table, with what they tell."""

TECHNICAL: Final = frozenset(
    {"id", "person_id", "session_id", "kind", "number", "version", "simulated"}
)
"""Columns that only hold the tables together, or tell of the program."""

WITH_THE_PERSON: Final = "with the person"
WITH_RECORDINGS: Final = "with the person, where --recordings is given"
BY_HAND: Final = "by hand"
NOBODY: Final = "tells of nobody"


@dataclass(frozen=True, slots=True)
class Place:
    """One kind of file, or what is like one.

    Parameters
    ----------
    patterns
        Paths below the data folder; empty where it lies elsewhere.
    exported
        Whether `history export` takes it along.
    deleted
        When it goes.
    """

    name: str
    tells: str
    patterns: tuple[str, ...]
    exported: bool
    deleted: str


PLACES: Final = (
    Place(
        "the history",
        "people, sessions, results, stretches and own measurement errors; its log holds the newest",
        ("history.sqlite", "history.sqlite-wal", "history.sqlite-shm", "history.sqlite-journal"),
        exported=True,
        deleted=WITH_THE_PERSON,
    ),
    Place(
        "recordings of guided sessions",
        "how the legs moved, and which sensors were worn",
        ("recordings/*.parquet", "recordings/*.markers.csv", "recordings/*.toml"),
        exported=True,
        deleted=WITH_RECORDINGS,
    ),
    Place(
        "journals of recordings that were cut off",
        "the same, up to the moment",
        ("recordings/*.journal",),
        exported=True,
        deleted=WITH_RECORDINGS,
    ),
    Place(
        "reports of guided sessions",
        "the person's alias, results and dates",
        ("recordings/*.html", "reports/*.html"),
        exported=True,
        deleted=WITH_RECORDINGS,
    ),
    Place(
        "copies of the history from before an update",
        "everybody, as they were then",
        ("history.before-*.sqlite",),
        exported=False,
        deleted=f"{BY_HAND}; `history delete` names them",
    ),
    Place(
        "recordings that run on sensors",
        "when which sensors record, without anybody's name",
        ("on_sensor_sessions/*.json",),
        exported=False,
        deleted=BY_HAND,
    ),
    Place(
        "memories of virtual sensors",
        "simulated movement",
        ("virtual_sensors/*.json",),
        exported=False,
        deleted=NOBODY,
    ),
    Place(
        "locks and files that are being written",
        "nothing, or what the finished file will tell",
        ("recordings/session.lock", "*.lock", "*/.*.part", ".*.part"),
        exported=False,
        deleted="when the program goes on or ends",
    ),
    Place(
        "copies on their way",
        "an export that the page hands over, a backup that is read, a recording behind an address: "
        "in the system's temporary folder, for this user alone",
        (),
        exported=False,
        deleted="at once; by the system where the program was killed",
    ),
    Place(
        "which sensor sits where",
        "serials and tags of sensors, in the folder for settings",
        (),
        exported=False,
        deleted=NOBODY,
    ),
    Place(
        "recordings, reports and tables that you wrote elsewhere",
        "files of record, download, analyze, compare, trend, reliability, validate, convert, "
        "export and cohort, and the journal and problems beside the table of a cohort",
        (),
        exported=False,
        deleted=BY_HAND,
    ),
    Place(
        "exports and backups",
        "one person, or everybody",
        (),
        exported=False,
        deleted=BY_HAND,
    ),
    Place(
        "the sensors",
        "what they recorded themselves",
        (),
        exported=False,
        deleted="with `imu-hip sensor erase`",
    ),
    Place(
        "the browser",
        "whether sound, voice and dark colours are on",
        (),
        exported=False,
        deleted=NOBODY,
    ),
    Place(
        "a PostgreSQL server",
        "in place of the history's file; rows that were deleted stay in its own logs and backups "
        "for as long as its administrator keeps those",
        (),
        exported=True,
        deleted=WITH_THE_PERSON,
    ),
)
"""All places, the history first."""


def place_of(path: Path, folder: Path) -> Place | None:
    """The place that a file of the data folder belongs to, None where nobody named it."""
    below = PurePath(path.relative_to(folder)).as_posix()
    for place in PLACES:
        if any(fnmatchcase(below, pattern) for pattern in place.patterns):
            return place
    return None


def export_notice(alias: str) -> str:
    """What lies beside an export, as text: what is in it, and what is kept elsewhere."""
    lines = [f"Everything that imu_hip keeps of {alias}.", "", "In this export:"]
    lines += [f"- {place.name}: {place.tells}" for place in PLACES if place.exported]
    lines += ["", "Not in it, because it is of everybody, of nobody, or lies where you put it:"]
    lines += [
        f"- {place.name}: {place.tells} (goes {place.deleted})"
        if place.deleted != NOBODY
        else f"- {place.name}: {place.tells}"
        for place in PLACES
        if not place.exported
    ]
    lines += ["", "person.json holds all of it; in the tables, words that a spreadsheet would"]
    lines += ["take for a formula have an apostrophe in front.", ""]
    return "\n".join(lines)
