"""What leaves a history: one person as files, all of it as one file; and how it comes back."""

import csv
import json
import math
import sqlite3
import zipfile
from contextlib import closing
from datetime import datetime
from pathlib import Path

import pytest

from imu_hip.errors import OutputError
from imu_hip.history.errors import HistoryError
from imu_hip.history.records import Moment
from imu_hip.history.store import open_history
from imu_hip.names import Sex
from tests.histories import bout, everything, repetition, result, session


@pytest.fixture
def anna(history, tmp_path):
    """Anna with two sessions, two recordings of one name, and Bob, who is not to be exported."""
    person = history.add_person("Anna", Sex.FEMALE)
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "test.parquet").write_text(folder)
    (tmp_path / "one.html").write_text("report")
    first = session(
        history, person, result(30.0, sd_deg=None), recording=str(tmp_path / "one/test.parquet")
    )
    history.add_recording(first, str(tmp_path / "two/test.parquet"))
    history.add_recording(first, str(tmp_path / "gone.parquet"))
    history.add_report(first, str(tmp_path / "one.html"))
    history.add_repetition(first, repetition(peak_deg=math.nan, counted=False, reason='a, "b"\rc'))
    second = session(history, person, result(), result(41.5, moment=Moment.RETEST))
    history.add_bout(second, bout())
    session(history, history.add_person("Bob"), result(99.0))
    return person


def rows(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_an_export_holds_one_person_whole(history, anna, tmp_path):
    exported = history.export(anna, tmp_path / "out")
    assert (exported.sessions, exported.files) == (2, 3)
    assert exported.missing == (str(tmp_path / "gone.parquet"),)
    out = tmp_path / "out"
    document = json.loads((out / "person.json").read_text("utf-8"))
    assert document["person"]["alias"] == "Anna"
    assert document["missing_files"] == list(exported.missing)
    first, second = document["sessions"]
    assert datetime.fromisoformat(first["started_utc"]).utcoffset().total_seconds() == 0.0
    assert first["repetitions"][0]["peak_deg"] is None
    assert first["results"][0]["value_deg"] == 30.0
    assert second["bouts"][0]["duration_s"] == 45.0
    copies = [each["copy"] for each in first["recordings"]]
    assert copies[2] is None
    assert [(out / copy).read_text() for copy in copies[:2]] == ["one", "two"]
    assert (out / first["reports"][0]["copy"]).read_text() == "report"
    assert "Bob" not in "".join(p.read_text("utf-8") for p in out.rglob("*") if p.is_file())


def test_tables_have_one_row_a_thing_and_units_in_their_names(history, anna, tmp_path):
    history.export(anna, tmp_path / "out")
    tables = {path.stem: rows(path) for path in (tmp_path / "out").glob("*.csv")}
    names = {"sessions", "repetitions", "results", "bouts", "measurement_errors"}
    assert set(tables) == names
    (repetition_,) = tables["repetitions"]
    assert (repetition_["peak_deg"], repetition_["reason"]) == ("", 'a, "b"\rc')
    assert repetition_["plateau_s"] == "1.25"
    numbers = [row["session"] for row in tables["sessions"]]
    found = [
        (r["session"], r["measure"], r["moment"], r["value_deg"], r["mdc95_deg"])
        for r in tables["results"]
    ]
    assert found == [
        (numbers[0], "internal", "test", "30.0", "6.1"),
        (numbers[1], "internal", "test", "36.5", "6.1"),
        (numbers[1], "internal", "retest", "41.5", "6.1"),
    ]


def test_a_zip_holds_the_same_as_a_folder(history, anna, tmp_path):
    history.export(anna, tmp_path / "out")
    history.export(anna, tmp_path / "out.zip")
    folder = {
        str(path.relative_to(tmp_path / "out")): path.read_bytes()
        for path in (tmp_path / "out").rglob("*")
        if path.is_file()
    }
    with zipfile.ZipFile(tmp_path / "out.zip") as archive:
        assert {name: archive.read(name) for name in archive.namelist()} == folder


def test_an_export_overwrites_nothing_and_leaves_nothing_unfinished(history, anna, tmp_path):
    (tmp_path / "empty").mkdir()
    history.export(anna, tmp_path / "empty")
    before = sorted(tmp_path.rglob("*"))
    for target, words in (("empty", "is not empty"), ("one.html", "there already")):
        with pytest.raises(HistoryError, match=words):
            history.export(anna, tmp_path / target)
    with pytest.raises(OutputError, match="cannot be written"):
        history.export(anna, tmp_path / "one.html" / "below")
    assert sorted(tmp_path.rglob("*")) == before


def test_a_backup_is_one_file_that_any_empty_history_takes(history, anna, tmp_path, request):
    backup = tmp_path / "backup.sqlite"
    history.backup(backup)
    assert [path.name for path in tmp_path.glob("backup*")] == ["backup.sqlite"]
    with closing(sqlite3.connect(backup)) as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("delete",)
    content = backup.read_bytes()
    with open_history(str(tmp_path / "again.sqlite")) as again:
        again.restore(backup)
        assert everything(again) == everything(history)
        # Numbers go on after those that were read.
        new = session(again, again.person("anna"), result())
        assert new == max(s.id for s in history.sessions()) + 1
    assert backup.read_bytes() == content


def test_a_backup_of_a_file_goes_into_postgresql(tmp_path, postgresql):
    with open_history(str(tmp_path / "h.sqlite")) as history:
        for alias in ("Anna", "Bob"):
            number = session(history, history.add_person(alias), result())
            history.add_repetition(number, repetition(peak_deg=math.nan, direction=None))
        history.backup(tmp_path / "b.sqlite")
        with open_history(postgresql) as clinic:
            clinic.restore(tmp_path / "b.sqlite")
            assert everything(clinic) == everything(history)
            assert session(clinic, clinic.add_person("Carl"), result()) == 3
            clinic.backup(tmp_path / "c.sqlite")
            with open_history(str(tmp_path / "c.sqlite")) as back:
                assert everything(back) == everything(clinic)


def test_a_backup_is_refused_where_something_is_there(history, tmp_path):
    (tmp_path / "b.sqlite").write_text("mine")
    with pytest.raises(HistoryError, match="is there already"):
        history.backup(tmp_path / "b.sqlite")
    with pytest.raises(OutputError, match="no folder"):
        history.backup(tmp_path / "nowhere" / "b.sqlite")
    assert (tmp_path / "b.sqlite").read_text() == "mine"


def test_a_backup_is_read_into_an_empty_history_only(history, anna, tmp_path):
    history.backup(tmp_path / "b.sqlite")
    before = everything(history)
    with pytest.raises(HistoryError, match="not empty"):
        history.restore(tmp_path / "b.sqlite")
    assert everything(history) == before


def test_what_is_no_backup_is_refused_and_nothing_read(history, tmp_path):
    (tmp_path / "text").write_text("no database, but a text" * 50)
    (tmp_path / "empty").touch()
    with closing(sqlite3.connect(tmp_path / "other")) as connection:
        connection.execute("CREATE TABLE t (x)")
    for name, words in (
        ("text", "is no history, or damaged"),
        ("empty", "holds no history"),
        ("other", "another program"),
        ("absent", "There is no backup"),
    ):
        with pytest.raises(HistoryError, match=words):
            history.restore(tmp_path / name)
    assert history.people() == ()


@pytest.mark.parametrize(
    "change",
    [
        "PRAGMA ignore_check_constraints = ON; UPDATE results SET side = 'up'",
        "PRAGMA foreign_keys = OFF; DELETE FROM sessions",
        "UPDATE people SET created_utc = 'yesterday'",
    ],
)
def test_a_backup_that_was_tampered_with_is_refused_whole(history, anna, tmp_path, change):
    history.backup(tmp_path / "b.sqlite")
    with closing(sqlite3.connect(tmp_path / "b.sqlite")) as connection:
        connection.executescript(change)
        connection.commit()
    with open_history(str(tmp_path / "again.sqlite")) as again:
        with pytest.raises(HistoryError):
            again.restore(tmp_path / "b.sqlite")
        assert again.people() == ()


def test_a_log_beside_a_copied_file_is_read_too(tmp_path):
    path = tmp_path / "h.sqlite"
    with open_history(str(path)) as history:
        session(history, history.add_person("Anna"), result())
        for name in ("h.sqlite", "h.sqlite-wal"):
            copy = tmp_path / name.replace("h.", "copy.")
            copy.write_bytes(Path(tmp_path / name).read_bytes())
        with open_history(str(tmp_path / "again.sqlite")) as again:
            again.restore(tmp_path / "copy.sqlite")
            assert everything(again) == everything(history)
