"""Names of people and groups in the table of a cohort are words, also in a spreadsheet."""

import csv

from pyarrow import parquet

from imu_hip.cohort.columns import COLUMNS, PERSON, RECORDING
from imu_hip.cohort.plan import Problem
from imu_hip.cohort.table import write_problems, write_table

FORMULA = "=cmd|'/C calc'!A0"
NUMBERS = {"value": -3.5, "uncertainty": 1.0, "mdc95": 2.8, "repetitions": 3}


def row():
    cells = {name: NUMBERS.get(name, "x") for name in COLUMNS}
    return [*{**cells, PERSON: FORMULA}.values(), "@group", "-4"]


def test_a_table_for_spreadsheets_begins_no_formula(tmp_path):
    people = (("group", False), ("age", True))
    write_table([row()], tmp_path / "t.csv", people)
    with (tmp_path / "t.csv").open(encoding="utf-8", newline="") as file:
        (read,) = csv.DictReader(file)
    assert (read[PERSON], read["group"]) == (f"'{FORMULA}", "'@group")
    assert (float(read["value"]), float(read["age"])) == (-3.5, -4.0)
    # No spreadsheet opens this one, so nothing is changed in it.
    write_table([row()], tmp_path / "t.parquet", people)
    (kept,) = parquet.read_table(tmp_path / "t.parquet").to_pylist()
    assert (kept[PERSON], kept["group"]) == (FORMULA, "@group")


def test_the_list_of_problems_begins_no_formula(tmp_path):
    write_problems([Problem(FORMULA, "+1")], tmp_path / "p.csv")
    with (tmp_path / "p.csv").open(encoding="utf-8", newline="") as file:
        (read,) = csv.DictReader(file)
    assert (read[RECORDING], read["reason"]) == (f"'{FORMULA}", "'+1")
