"""Which values count as repeats, what is left out and said, and tables of every kind."""

import numpy as np
import pyarrow as pa
import pytest
from pyarrow import parquet

from imu_hip.cohort.columns import COLUMNS
from imu_hip.names import Side
from imu_hip.report.reliability_reading import (
    ALONE,
    COPY,
    FEW_REPETITIONS,
    NAMELESS,
    NOT_MEASURED,
    SAME_DAY,
    TWICE,
    VIRTUAL,
    repeats_of,
)
from imu_hip.report.reliability_table import TableError, values_of_table
from tests.unit.report.repeated_values import value

TABLE = "person,session,task,side,measure,value\n"


def repeats(*values, window_days=28):
    (found,) = repeats_of(values, window_days)
    return found


def test_sessions_of_four_weeks_are_repeats_and_later_ones_begin_anew():
    found = repeats(*(value(30.0 + day, day) for day in (0, 10, 28, 29, 40)))
    assert [one.values for one in found.repeats] == [(30.0, 40.0, 58.0), (59.0, 70.0)]
    assert [one.window for one in found.repeats] == [0, 1]
    assert found.left_out == ()
    (week,) = repeats(value(1.0, 0), value(2.0, 6), value(3.0, 8), window_days=7).repeats
    assert week.values == (1.0, 2.0)


def test_of_each_day_the_first_session_counts():
    sessions = [("a", 0, 30.0), ("b", 0, 31.0), ("c", 1, 32.0), ("d", 1, 33.0)]
    found = repeats(*(value(degrees, day, session=name) for name, day, degrees in sessions))
    assert found.repeats[0].values == (30.0, 32.0)
    assert dict(found.left_out) == {SAME_DAY: 2}


def test_what_is_left_out_is_counted_by_its_reason():
    found = repeats(
        value(30.0, 0),
        value(np.nan, 1),
        value(31.0, 2),
        value(99.0, 2),
        value(40.0, 3, repetitions=2),
        value(41.0, 4, repetitions=np.nan),
        value(20.0, 2, side=Side.RIGHT),
    )
    assert found.repeats[0].values == (30.0, 31.0)
    assert dict(found.left_out) == {NOT_MEASURED: 1, FEW_REPETITIONS: 2, TWICE: 1, ALONE: 1}


def test_a_recording_that_is_there_twice_is_no_repeat():
    found = repeats(value(30.123, 0), value(30.123, 1), value(31.2, 2), value(31.2, 3))
    # Somebody may have rounded the last two.
    assert found.repeats[0].values == (30.123, 31.2, 31.2)
    assert dict(found.left_out) == {COPY: 1}


def test_people_tests_and_measures_are_apart():
    found = repeats_of(
        [
            value(30.0, 0), value(50.0, 0, "bob"), value(70.0, 0, measure="external"),
            value(31.0, 1), value(51.0, 1, "bob"), value(80.0, 1, task="prone"),
        ],
        28,
    )  # fmt: skip
    assert [(one.task, one.measure) for one in found] == [
        ("seated", "internal"), ("seated", "external"), ("prone", "internal"),
    ]  # fmt: skip
    assert {one.person: one.values for one in found[0].repeats} == {
        "anna": (30.0, 31.0), "bob": (50.0, 51.0),
    }  # fmt: skip


def test_a_table_of_any_program_with_the_six_columns_is_read(tmp_path):
    table = tmp_path / "t.csv"
    table.write_text(
        f"{TABLE}7,ses-10,seated,left,internal,33.5\n7,ses-2,seated,left,internal,31\n"
        "7,ses-1,run,,excursion,\n8,ses-1,seated,right,internal,20\n",
        "utf-8",
    )
    values, simulated = values_of_table(table, None, None)
    assert not simulated
    # Session 2 comes before session 10.
    assert [one.value for one in values if one.person == "7" and one.side] == [31.0, 33.5]
    assert [one.day for one in values] == [None] * 4
    (gap,) = [one for one in values if one.task == "run"]
    assert (gap.side, np.isnan(gap.value)) == (None, True)
    assert [one.value for one in values_of_table(table, "8", None)[0]] == [20.0]
    assert [one.task for one in values_of_table(table, "7", "run")[0]] == ["run"]


def test_sides_are_read_in_any_case(tmp_path):
    table = tmp_path / "t.csv"
    table.write_text(f"{TABLE}a,1,seated,Left,internal,1\na,1,seated,RIGHT,internal,2\n", "utf-8")
    assert [one.side for one in values_of_table(table, None, None)[0]] == list(Side)


@pytest.mark.parametrize("name", ["", "  "])
def test_values_of_nobody_are_not_those_of_one_person(tmp_path, name):
    table = tmp_path / "t.csv"
    lines = [f"{name},{n},seated,left,internal,{30 + n}\n" for n in range(3)]
    lines += [f"a,{name},seated,left,internal,{40 + n}\n" for n in range(2)]
    table.write_text(TABLE + "".join(lines), "utf-8")
    values, _ = values_of_table(table, None, None)
    found = repeats(*values)
    assert (found.people, found.repeats) == (0, ())
    assert dict(found.left_out) == {NAMELESS: 5}


def test_values_without_names_in_parquet_are_those_of_nobody(tmp_path):
    row = {"person": None, "session": "1", "task": "seated", "side": "left", "measure": "internal"}
    rows = [row | {"value": 30.0 + n} for n in range(2)]
    parquet.write_table(pa.Table.from_pylist(rows), tmp_path / "t.parquet")
    values, _ = values_of_table(tmp_path / "t.parquet", None, None)
    assert dict(repeats(*values).left_out) == {NAMELESS: 2}


def test_a_table_of_a_cohort_is_read(tmp_path):
    row = dict.fromkeys(COLUMNS, "x") | {
        "value": 12.5, "unit": "%", "uncertainty": 1.0, "mdc95": 2.8, "repetitions": 40,
        "side": "right",
    }  # fmt: skip
    parquet.write_table(pa.Table.from_pylist([row]), tmp_path / "cohort.parquet")
    (found,), _ = values_of_table(tmp_path / "cohort.parquet", None, None)
    assert (found.value, found.unit, found.repetitions) == (12.5, "%", 40.0)
    assert found.side is Side.RIGHT


def test_virtual_sensors_count_only_where_there_is_nothing_else(tmp_path):
    table = tmp_path / "t.csv"
    lines = [f"a,{n},seated,left,internal,{30 + n}" for n in range(4)]
    head = TABLE.strip() + ",quality\n"
    virtual = [f"{line},simulated; only 2 count\n" for line in lines]
    table.write_text(head + "".join(virtual), "utf-8")
    values, simulated = values_of_table(table, None, None)
    assert simulated
    assert repeats(*values).repeats[0].values == (30.0, 31.0, 32.0, 33.0)
    mixed = [*virtual[:2], *(f"{line},good\n" for line in lines[2:])]
    table.write_text(head + "".join(mixed), "utf-8")
    values, simulated = values_of_table(table, None, None)
    assert not simulated
    assert repeats(*values).repeats[0].values == (32.0, 33.0)
    assert dict(repeats(*values).left_out) == {VIRTUAL: 2}


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("person,value\na,1\n", "no column session, task, side, measure"),
        ("", "cannot be read as a table"),
        (f"{TABLE}a,1,seated,left,internal,much\n", "cannot be read as a table"),
        (f"{TABLE}a,1,seated\n", "cannot be read as a table"),
        (b"\xff\xfe\x00\x81", "t.csv"),
        (f"{TABLE}a,1,seated,left,internal,1\na,1,seated,L,internal,2\n", "side 'L'"),
    ],
)
def test_a_table_that_is_none_is_refused_in_one_sentence(tmp_path, content, words):
    table = tmp_path / "t.csv"
    table.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(TableError, match=words):
        values_of_table(table, None, None)


def test_what_is_no_parquet_or_not_there_is_refused(tmp_path):
    (tmp_path / "t.parquet").write_text("nothing")
    with pytest.raises(TableError, match=r"t\.parquet cannot be read"):
        values_of_table(tmp_path / "t.parquet", None, None)
    with pytest.raises(TableError, match="There is no table"):
        values_of_table(tmp_path / "none.csv", None, None)
