"""Rows of the tidy table."""

import csv
from dataclasses import replace

import pytest
from pyarrow import parquet

from imu_hip.analysis.analyze import analyze
from imu_hip.analysis.results import SensorQuality
from imu_hip.cohort.columns import COLUMNS
from imu_hip.cohort.errors import CohortError
from imu_hip.cohort.plan import Problem
from imu_hip.cohort.table import ROWS_AT_ONCE, require_ending, write_problems, write_table
from imu_hip.cohort.tidy import tidy_rows
from imu_hip.measures.measured_range import ranges_of
from imu_hip.names import Segment, Side
from imu_hip.simulation import TYPICAL, LegPlan, StaticSession, simulate_static_session


@pytest.fixture(scope="module")
def analysis():
    legs = {
        Side.LEFT: LegPlan((36.0, 37.0, 38.0), (41.0, 42.0, 43.0)),
        Side.RIGHT: LegPlan((30.0,), (45.0,)),
    }
    session = StaticSession(legs=legs, stand_s=4.0, sit_s=4.0)
    return analyze(simulate_static_session(session, TYPICAL, 50.0, 1).recording)


def test_each_range_is_a_row_with_its_uncertainty(analysis):
    rows = tidy_rows(analysis)
    ranges = [one for result in analysis.results for one in ranges_of(result)]
    assert [(row.side, row.measure) for row in rows] == [
        (side, measure)
        for side in ("left", "right")
        for measure in ("internal", "external", "total_arc")
    ]
    for row, one in zip(rows, ranges, strict=True):
        assert (row.value, row.uncertainty, row.mdc95, row.repetitions) == (
            one.value_deg, one.uncertainty.sem_deg, one.uncertainty.mdc95_deg, one.repetitions,
        )  # fmt: skip


def test_what_lowers_the_trust_is_said_of_its_own_leg(analysis):
    quality = {row.side: row.quality for row in tidy_rows(analysis)}
    assert quality == {"left": "simulated", "right": "simulated; only one repetition counts"}
    shin = SensorQuality(Segment.LEFT_SHIN, 50.0, "raw samples (VQF)", 12.4, 3, 1.2)
    told = "The left shin sensor was silent for 1.2 s."
    person = replace(
        analysis,
        recording=replace(analysis.recording, simulated=False),
        sensors=(shin,),
        warnings=(told, "The pelvis sensor gives no hip angles."),
    )
    quality = {row.side: row.quality for row in tidy_rows(person)}
    assert quality["left"] == f"left shin lost 12 % of its samples; {told[:-1]}"
    assert quality["right"] == "only one repetition counts"


def row(number, *people):
    cells = ("anna", "1", f"{number}", "run", "left", "cadence", 160.5, "steps a minute", 0.1, 0.3)
    return (*cells, 300, "good", "1.0", *people)


def test_a_table_is_written_in_parts_and_read_whole(tmp_path):
    count = 2 * ROWS_AT_ONCE + 7
    made = (row(n, "female", "") for n in range(count))
    written = write_table(made, tmp_path / "t.parquet", (("sex", False), ("age", True)))
    assert written == count
    table = parquet.read_table(tmp_path / "t.parquet")
    assert table.column_names == [*COLUMNS, "sex", "age"]
    assert table["recording"].to_pylist() == [str(n) for n in range(count)]
    assert table["age"].null_count == count
    assert parquet.ParquetFile(tmp_path / "t.parquet").num_row_groups == 3


def test_a_table_without_rows_has_its_columns(tmp_path):
    assert write_table([], tmp_path / "t.csv", ()) == 0
    with (tmp_path / "t.csv").open(newline="") as file:
        assert next(csv.reader(file)) == list(COLUMNS)


def test_problems_are_written_with_their_reasons(tmp_path):
    problems = [Problem("a, b.parquet", 'It says "no".')]
    assert write_problems(problems, tmp_path / "p.csv") == 1
    with (tmp_path / "p.csv").open(newline="") as file:
        assert list(csv.DictReader(file)) == [
            {"recording": "a, b.parquet", "reason": 'It says "no".'}
        ]


def test_a_name_that_tells_no_format_is_refused(tmp_path):
    with pytest.raises(CohortError, match="does not end with a format of tables"):
        require_ending(tmp_path / "table.xlsx")
