"""A table that is opened in a spreadsheet shows words and runs nothing."""

import csv
import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imu_hip.history.records import Mode, SessionState
from imu_hip.history.store import open_history
from imu_hip.recording.formats.csv_cells import shown_cell
from tests.histories import repetition

FORMULAE = (
    "=cmd|' /C calc'!A0",
    "+1+1",
    "-2+3",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "＝1+1",
    '=HYPERLINK("x")',
)


@pytest.mark.parametrize("formula", FORMULAE)
def test_a_formula_is_shown_as_words(formula):
    assert shown_cell(formula) == f"'{formula}"


@pytest.mark.parametrize("value", [-3.5, 0, None, True, "", "Ada", "a=b", "'=1", " 1"])
def test_all_else_stays(value):
    assert shown_cell(value) is value


@given(st.text())
def test_a_cell_keeps_its_words_and_never_begins_a_formula(text):
    written = io.StringIO()
    csv.writer(written, lineterminator="\r\n").writerow([shown_cell(text), "end"])
    read = next(csv.reader(io.StringIO(written.getvalue(), newline="")))
    assert read[0].removeprefix("'") == text.removeprefix("'")
    assert not read[0].startswith(("=", "+", "-", "@", "\t", "\r"))


def test_the_export_of_a_person_runs_nothing(tmp_path, migrated_file):
    (tmp_path / "history.sqlite").write_bytes(migrated_file.read_bytes())
    alias = "=cmd|'/C calc'!A0"
    with open_history(str(tmp_path / "history.sqlite")) as history:
        person = history.add_person(alias)
        session = history.begin_session(person, "@x", Mode.ACTIVE, simulated=False, recording="")
        history.add_repetition(session.id, repetition(peak_deg=-3.5, reason="-1+1"))
        history.finish_session(session.id, SessionState.STOPPED, (), "+comment")
        history.export(person, tmp_path / "out")
    tables = [p.read_text(encoding="utf-8") for p in (tmp_path / "out").glob("*.csv")]
    cells = [cell for table in tables for row in csv.reader(io.StringIO(table)) for cell in row]
    assert {f"'{alias}", "'@x", "'-1+1", "'+comment", "-3.5"} <= set(cells)
    assert not any(c.startswith(("=", "@", "+")) for c in cells)
    document = json.loads((tmp_path / "out" / "person.json").read_text(encoding="utf-8"))
    assert document["person"]["alias"] == alias
