"""Whatever is kept comes back: from the tables, from a backup, and from an export."""

import csv
import json
import tempfile
from dataclasses import asdict, fields
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from imu_hip.history.records import (
    BoutRecord,
    Mode,
    Moment,
    RepetitionRecord,
    ResultRecord,
    SessionState,
)
from imu_hip.history.store import open_history
from imu_hip.names import Direction, Sex, Side, Task
from imu_hip.recording.formats.csv_cells import shown_cell
from tests.histories import everything, without_rows

# To make a failing example smaller would take minutes, with a database behind each try.
PHASES = (Phase.explicit, Phase.generate)

NUMBERS = st.floats(allow_nan=False, allow_infinity=False)
UNKNOWN = st.none() | NUMBERS
# Whole microseconds are what both databases keep of a moment.
MOMENTS = st.datetimes(datetime(1990, 1, 1), datetime(2200, 1, 1)).map(
    lambda moment: moment.replace(tzinfo=UTC)
)
TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=30)
ALIASES = st.text("aZé漢 '%\";:-1", min_size=1, max_size=12).filter(str.strip)

REPETITIONS = st.builds(
    RepetitionRecord,
    task=st.sampled_from(Task),
    side=st.sampled_from(Side),
    direction=st.none() | st.sampled_from(Direction),
    moment=st.sampled_from(Moment),
    number=st.integers(0, 2**31 - 1),
    peak_deg=NUMBERS,
    plateau_s=NUMBERS,
    thigh_elevation_deg=NUMBERS,
    knee_flexion_deg=NUMBERS,
    counted=st.booleans(),
    reason=TEXTS,
    recording=TEXTS,
    start_s=NUMBERS,
    end_s=NUMBERS,
)
RESULTS = st.builds(
    ResultRecord,
    task=st.sampled_from(Task),
    side=st.sampled_from(Side),
    measure=st.sampled_from(["internal", "external", "total_arc", "shin_slope"]),
    moment=st.sampled_from(Moment),
    value_deg=NUMBERS,
    sd_deg=UNKNOWN,
    repetitions=st.integers(0, 1000),
    sem_deg=NUMBERS,
    mdc95_deg=NUMBERS,
)
BOUTS = st.builds(
    BoutRecord,
    side=st.sampled_from(Side),
    started_utc=MOMENTS,
    duration_s=NUMBERS,
    best_deg=UNKNOWN,
)


def distinct(records, *names):
    return st.lists(
        records, max_size=4, unique_by=lambda each: tuple(getattr(each, name) for name in names)
    )


SESSIONS = st.fixed_dictionaries(
    {
        "alias": ALIASES,
        "sex": st.none() | st.sampled_from(Sex),
        "protocol": TEXTS,
        "mode": st.sampled_from(Mode),
        "simulated": st.booleans(),
        "comment": TEXTS,
        "recordings": st.lists(TEXTS.filter(bool), max_size=2, unique=True),
        "repetitions": distinct(REPETITIONS, "task", "side", "direction", "moment", "number"),
        "results": distinct(RESULTS, "task", "side", "measure", "moment"),
        "bouts": distinct(BOUTS, "side", "started_utc"),
    }
)


def keep(history, content):
    """Keep one session and look at once whether it is there as it was given."""
    person = history.add_person(content["alias"], content["sex"])
    begun = history.begin_session(
        person,
        content["protocol"],
        content["mode"],
        simulated=content["simulated"],
        recording="",
    )
    for path in content["recordings"]:
        history.add_recording(begun.id, path)
    for repetition in content["repetitions"]:
        history.add_repetition(begun.id, repetition)
    for bout in content["bouts"]:
        history.add_bout(begun.id, bout)
    history.finish_session(begun.id, SessionState.FINISHED, content["results"], content["comment"])
    found = history.session(begun.id)
    assert (found.protocol, found.comment) == (content["protocol"], content["comment"])
    assert found.recordings == tuple(content["recordings"])
    assert history.repetitions(begun.id) == tuple(content["repetitions"])
    assert history.results(begun.id) == tuple(content["results"])
    bouts = sorted(content["bouts"], key=lambda bout: bout.started_utc)
    assert sorted(history.session_bouts(begun.id), key=lambda b: (b.started_utc, b.side)) == sorted(
        bouts, key=lambda b: (b.started_utc, b.side)
    )
    day = timedelta(days=1)
    for bout in bouts[:1]:
        at = bout.started_utc.astimezone()
        assert bout in history.bouts(person, at.date())
        assert bout not in history.bouts(person, (at + 2 * day).date())


def check_round_trips(history, address_of_another, contents):
    for content in contents:
        keep(history, content)
    with tempfile.TemporaryDirectory() as folder, open_history(address_of_another()) as another:
        history.backup(Path(folder) / "backup.sqlite")
        another.restore(Path(folder) / "backup.sqlite")
        assert everything(another) == everything(history)
        for person in history.people():
            history.export(person, Path(folder) / str(person.id))
            assert_export_is(history, person, Path(folder) / str(person.id))


def assert_export_is(history, person, folder):
    document = json.loads((folder / "person.json").read_text("utf-8"))
    assert document["person"]["alias"] == person.alias
    sessions = history.sessions(person)[::-1]
    assert [each["session"] for each in document["sessions"]] == [s.id for s in sessions]
    for each in document["sessions"]:
        number = each["session"]
        for name, records in (
            ("repetitions", history.repetitions(number)),
            ("results", history.results(number)),
        ):
            assert each[name] == json.loads(json.dumps([asdict(r) for r in records]))
            with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as file:
                rows = [r for r in csv.DictReader(file) if r["session"] == str(number)]
            assert [tuple(row.values())[1:] for row in rows] == [
                tuple(cell(getattr(r, f.name)) for f in fields(r)) for r in records
            ]


def cell(value):
    # Words that a spreadsheet would run stand there with an apostrophe; the JSON has them exactly.
    return "" if value is None else str(shown_cell(value))


@given(st.lists(SESSIONS, max_size=3))
@settings(max_examples=10, deadline=None, phases=PHASES)
def test_a_file_gives_back_what_it_was_given(contents):
    with (
        tempfile.TemporaryDirectory() as folder,
        open_history(f"{folder}/one.sqlite") as history,
    ):
        check_round_trips(history, lambda: f"{folder}/two.sqlite", contents)


@pytest.fixture(scope="module")
def two_databases(postgresql_server):
    from tests.histories import new_database  # noqa: PLC0415

    with new_database(postgresql_server) as one, new_database(postgresql_server) as two:
        yield one, two


def test_postgresql_gives_back_what_it_was_given(two_databases):
    @given(st.lists(SESSIONS, max_size=3))
    @settings(max_examples=6, deadline=None, phases=PHASES)
    def check(contents):
        one, two = map(without_rows, two_databases)
        with open_history(one) as history:
            check_round_trips(history, lambda: two, contents)

    check()
