"""Personal data are named in one place: what is not named there makes a test fail."""

import json
import re
import traceback
from dataclasses import asdict
from importlib.resources import files
from pathlib import Path

import pytest
from sqlalchemy import text

import imu_hip
from imu_hip.cli.history_privacy import show
from imu_hip.history.address import address_of
from imu_hip.history.database import Database
from imu_hip.history.errors import HistoryError
from imu_hip.history.personal_data import PERSONAL, PLACES, TECHNICAL, export_notice, place_of
from imu_hip.history.records import Mode, SessionState
from imu_hip.history.store import open_history
from imu_hip.history.tables import SCHEMA
from tests.histories import bout, repetition, result

PACKAGE = Path(imu_hip.__file__).parent
SECRETS = {
    "alias": "Quetzalcoatl the Swift",
    "protocol": "secret_protocol_name",
    "comment": "SECRETCOMMENT " * 40,
    "progress": "SECRETPROGRESS " * 400,
    "reason": "SECRETREASON " * 40,
    "path": "/secret/SECRETPATH.parquet",
}


def test_every_table_and_column_is_named():
    assert set(PERSONAL) == set(SCHEMA.tables)
    for name, table in SCHEMA.tables.items():
        columns = set(table.columns.keys())
        named = set(PERSONAL[name])
        assert columns - named <= TECHNICAL, name
        assert named <= columns, name


def test_every_use_of_the_data_folder_is_named():
    """A new one has to be added to PLACES, and then here."""
    found = {
        (path.relative_to(PACKAGE).as_posix(), match[1])
        for path in PACKAGE.rglob("*.py")
        for match in re.finditer(r"data_folder\(\)(?: / (\S+))?", path.read_text("utf-8"))
    }
    assert found == {
        ("bluetooth/on_sensor_session.py", None),  # the definition itself
        ("bluetooth/on_sensor_session.py", '"on_sensor_sessions"'),
        ("history/address.py", '"recordings"'),
        ("history/address.py", '"reports"'),
        ("history/address.py", "FILE_NAME)"),
        ("live/air.py", '"virtual_sensors"'),
        ("cli/history_privacy.py", None),  # only looks
    }
    for below in ("on_sensor_sessions/a.json", "virtual_sensors/dot.json", "recordings/a.parquet"):
        assert place_of(Path("/data", below), Path("/data")) is not None
    assert place_of(Path("/data/diary.txt"), Path("/data")) is None


def test_the_browser_keeps_three_switches_and_nothing_of_a_person():
    static = files("imu_hip.web").joinpath("static")
    scripts = {
        each.name: each.read_text("utf-8") for each in static.iterdir() if ".js" in each.name
    }
    keeping = re.compile(r"localStorage|sessionStorage|indexedDB|document\.cookie|caches\.")
    assert {name for name, text in scripts.items() if keeping.search(text)} == {"switches.js"}
    switches = re.findall(r"\bremember(?:ed)?\(\"(\w+)\"", "".join(scripts.values()))
    assert set(switches) <= {"sound", "voice", "dark"}


def filled(history, folder):
    """A history with two people, one of them full of secrets; that one and their recording."""
    ada = history.add_person(SECRETS["alias"])
    begun = history.begin_session(
        ada, SECRETS["protocol"], Mode.ACTIVE, simulated=False, recording=SECRETS["path"]
    )
    recording = folder / "recordings" / "walk.parquet"
    for name in ("walk.parquet", "walk.markers.csv", "walk.toml", "walk.parquet.journal"):
        (recording.with_name(name)).write_text(f"content of {name}", encoding="utf-8")
    history.add_recording(begun.id, str(recording))
    for number in range(60):
        history.add_repetition(begun.id, repetition(number, reason=SECRETS["reason"]))
    history.add_bout(begun.id, bout())
    history.finish_session(begun.id, SessionState.STOPPED, [result()], SECRETS["comment"])
    cut_off = history.begin_session(ada, "seated", Mode.ACTIVE, simulated=False, recording="")
    history.save_progress(cut_off.id, SECRETS["progress"])
    bob = history.add_person("Bob")
    other = history.begin_session(bob, "seated", Mode.ACTIVE, simulated=False, recording="")
    history.finish_session(other.id, SessionState.FINISHED, [result(12.0)])
    return ada, recording


def test_what_is_deleted_is_in_no_byte_of_the_history_any_more(tmp_path, migrated_file):
    folder = tmp_path / "kept"
    (folder / "recordings").mkdir(parents=True)
    path = folder / "history.sqlite"
    path.write_bytes(migrated_file.read_bytes())
    with open_history(str(path), folders=[folder / "recordings"]) as history:
        ada, _ = filled(history, folder)
        before = b"".join(each.read_bytes() for each in folder.glob("history.sqlite*"))
        for secret in SECRETS.values():
            assert secret.split()[0].encode() in before
        history.delete(ada, recordings=True)
        # While it is still open, and so is its log.
        kept = b"".join(each.read_bytes() for each in folder.rglob("*") if each.is_file())
        for secret in SECRETS.values():
            word = secret.split()[0].encode()
            assert word not in kept
            assert word.lower() not in kept.lower()
        assert [person.alias for person in history.people()] == ["Bob"]
        assert len(history.sessions()) == 1
    assert list((folder / "recordings").iterdir()) == []


def test_an_export_holds_every_column_and_all_that_lies_beside_a_recording(tmp_path, history):
    ada, _ = filled(history, tmp_path)
    exported = history.export(ada, tmp_path / "out")
    document = json.loads((tmp_path / "out" / "person.json").read_text("utf-8"))
    # The alias without capitals says nothing more than the alias.
    assert set(PERSONAL["people"]) - {"alias_key"} <= set(document["person"])
    session, cut_off = document["sessions"]
    assert set(PERSONAL["sessions"]) <= set(session)
    for table in ("repetitions", "results", "bouts"):
        assert set(PERSONAL[table]) <= set(session[table][0]), table
    assert "measurement_errors" in document
    assert cut_off["progress"] == SECRETS["progress"]
    names = {p.name.partition("_walk")[2] for p in (tmp_path / "out" / "recordings").iterdir()}
    assert names == {".parquet", ".markers.csv", ".toml", ".parquet.journal"}
    assert exported.files == 4
    assert asdict(exported)["missing"] == (SECRETS["path"],)
    notice = (tmp_path / "out" / "README.txt").read_text("utf-8")
    assert notice == export_notice(ada.alias)
    assert all(place.name in notice for place in PLACES)


def test_a_history_of_a_stranger_cannot_have_files_sent_out(tmp_path, history):
    ada = history.add_person("Ada")
    begun = history.begin_session(ada, "x", Mode.ACTIVE, simulated=False, recording="")
    secret = tmp_path / "id_ed25519"
    secret.write_text("PRIVATE KEY", encoding="utf-8")
    history.add_recording(begun.id, str(secret))
    history.add_report(begun.id, str(secret))
    exported = history.export(ada, tmp_path / "out")
    assert exported.missing == (str(secret), str(secret))
    everything = b"".join(p.read_bytes() for p in (tmp_path / "out").rglob("*") if p.is_file())
    assert b"PRIVATE KEY" not in everything


def test_the_command_names_all_places_and_what_is_not_of_imu_hip(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("IMU_HIP_DATA", str(tmp_path))
    monkeypatch.setenv("COLUMNS", "160")
    monkeypatch.delenv("IMU_HIP_DB", raising=False)
    (tmp_path / "recordings").mkdir()
    for name in ("recordings/a.parquet", "recordings/b.parquet", "diary.txt"):
        (tmp_path / name).touch()
    show(None)
    said = capsys.readouterr().out
    words = " ".join(said.split())
    assert f"The data folder is {tmp_path}" in said
    assert re.search(r"recordings of guided sessions\s.*?\s2\s+yes", said)
    assert f"Note: {tmp_path / 'diary.txt'} was not written by imu_hip" in said
    for place in PLACES:
        assert place.name.split()[0] in words
    for table in PERSONAL:
        assert table.replace("_", " ") in words


@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.name)
def test_every_place_says_what_becomes_of_it(place):
    assert place.tells
    assert place.deleted
    # What goes with a person can be taken along first.
    assert place.exported or not place.deleted.startswith("with the person")


def test_an_error_of_the_database_does_not_repeat_what_was_to_be_kept(history_address):
    """Errors that nobody expected are logged with all that led to them."""
    database = Database(address_of(history_address))
    statement = text("INSERT INTO nowhere VALUES (:alias)")
    with pytest.raises(HistoryError) as failed, database.writing() as connection:
        connection.execute(statement, {"alias": SECRETS["alias"]})
    database.close()
    logged = "".join(traceback.format_exception(failed.value))
    assert "INSERT INTO nowhere" in logged
    assert SECRETS["alias"] not in logged
