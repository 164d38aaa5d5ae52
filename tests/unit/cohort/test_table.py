"""Which files a table of a cohort may replace, and how a table is read again."""

import shutil

import pytest

from imu_hip.cohort.columns import COLUMNS
from imu_hip.cohort.measure import measure_cohort
from imu_hip.cohort.plan import CohortPlan, CohortResult
from imu_hip.cohort.table import require_own, write_table
from imu_hip.errors import OutputError
from tests.unit.cohort.test_finding import RECORDED

ROW = ("007", "1", "a", "seated", "left", "internal", 30.0, "°", 2.0, 5.5, 3, "good", "1.0")


@pytest.mark.parametrize("ending", ["parquet", "csv"])
def test_the_table_of_an_earlier_run_is_replaced(tmp_path, ending):
    table = tmp_path / f"study.{ending}"
    require_own(table)
    write_table([(*ROW, "f")], table, [("sex", False)])
    require_own(table)


def test_a_recording_is_never_replaced_by_a_table(tmp_path):
    table = tmp_path / "anna.parquet"
    shutil.copy(RECORDED, table)
    with pytest.raises(OutputError, match="no table of a cohort"):
        measure_cohort(CohortPlan((str(tmp_path),), table))
    assert table.read_bytes() == RECORDED.read_bytes()
    assert list(tmp_path.iterdir()) == [table]


@pytest.mark.parametrize("text", ["", "segment,time_s\nleft thigh,0\n", "\xff\x00"])
def test_a_csv_of_something_else_is_not_replaced(tmp_path, text):
    table = tmp_path / "samples.csv"
    table.write_text(text, encoding="latin-1")
    with pytest.raises(OutputError, match="no table of a cohort"):
        require_own(table)


@pytest.mark.parametrize("ending", ["parquet", "csv"])
def test_names_that_look_like_something_else_stay_as_they_are(tmp_path, ending):
    table = tmp_path / f"study.{ending}"
    # pandas would read a number and, of the second, nothing at all.
    write_table([(*ROW, "31"), ("NA", *ROW[1:], "")], table, [("age", True)])
    result = CohortResult(table, table, 2, 0, 0, 2, (), ())
    frame = result.to_frame()
    assert list(frame["person"]) == ["007", "NA"]
    assert list(frame.columns) == [*COLUMNS, "age"]
    assert list(frame["value"]) == [30.0, 30.0]
    assert frame["age"].fillna(-1.0).tolist() == [31.0, -1.0]
