"""Damaged, locked, full and read-only histories: one sentence each, and nothing is changed."""

import os
import sqlite3
import subprocess
import sys
import tempfile
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import text

from imu_hip.history import database
from imu_hip.history.address import address_of
from imu_hip.history.database import Database
from imu_hip.history.errors import HistoryError
from imu_hip.history.store import open_history
from tests.histories import repetition, result, session


@pytest.fixture(scope="module")
def at_rest(tmp_path_factory):
    """A history with thirty sessions, at rest."""
    path = tmp_path_factory.mktemp("rest") / "h.sqlite"
    with open_history(str(path)) as history:
        anna = history.add_person("Anna")
        for _ in range(30):
            number = session(history, anna, result())
            history.add_repetition(number, repetition(reason="x" * 500))
    assert not path.with_name("h.sqlite-wal").exists()
    return path.read_bytes()


@pytest.fixture
def path(tmp_path, at_rest):
    """A copy of that history."""
    path = tmp_path / "h.sqlite"
    path.write_bytes(at_rest)
    return path


def told(path, work=lambda history: history.people()):
    """What is said where the history cannot be used: one line that names it."""
    with pytest.raises(HistoryError) as refused, open_history(str(path)) as history:
        work(history)
    said = str(refused.value)
    assert str(path) in said
    assert len(said.splitlines()) == 1
    return said


@pytest.mark.parametrize(
    "content", [b"not a database, but a text that is quite long" * 30, bytes(5000), b"\x7fELF"]
)
def test_a_file_that_is_no_database_is_named_and_left(tmp_path, content):
    path = tmp_path / "h.sqlite"
    path.write_bytes(content)
    assert "imu-hip history restore FILE" in told(path)
    assert path.read_bytes() == content


def test_a_database_of_another_program_is_named_and_left(tmp_path):
    path = tmp_path / "cookies.sqlite"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE moz_cookies (id)")
    before = path.read_bytes()
    assert "another program, such as moz_cookies" in told(path)
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT name FROM sqlite_master").fetchall() == [("moz_cookies",)]
    assert len(path.read_bytes()) == len(before)


def read_all(history):
    for found in history.sessions():
        history.repetitions(found.id)
        history.results(found.id)
    history.backup(Path(history.words).with_name("backup.sqlite"))


@pytest.mark.parametrize("page", [0, 1, 5, 12])
def test_a_page_of_rubbish_is_told_and_never_taken_for_data(path, page):
    data = bytearray(path.read_bytes())
    data[page * 4096 : (page + 1) * 4096] = os.urandom(4096)
    path.write_bytes(data)
    assert "damaged" in told(path, read_all)
    assert path.read_bytes() == data
    assert not path.with_name("backup.sqlite").exists()


def test_a_file_that_was_cut_off_is_told(path):
    path.write_bytes(path.read_bytes()[: 4096 * 9])
    assert "damaged" in told(path, read_all)


def test_a_folder_is_no_history(tmp_path):
    (tmp_path / "h.sqlite").mkdir()
    assert "cannot be opened" in told(tmp_path / "h.sqlite")


def test_a_file_in_place_of_a_folder_is_told(tmp_path):
    (tmp_path / "file").touch()
    assert "cannot be made" in told(tmp_path / "file" / "h.sqlite")


AS_NOBODY = """
import os, sys
from imu_hip.history.errors import HistoryError
from imu_hip.history.store import open_history
from imu_hip.history import schema
open_history(sys.argv[1] + "/warm.sqlite").close()
os.chmod(sys.argv[1], 0o555)
for name in os.listdir(sys.argv[1]):
    os.chmod(os.path.join(sys.argv[1], name), 0o444)
if os.getuid() == 0:
    os.setuid(65534)
for name in ("h.sqlite", "new.sqlite", "new/h.sqlite"):
    try:
        with open_history(os.path.join(sys.argv[1], name)) as history:
            history.add_person("Bob")
    except HistoryError as error:
        print(error)
"""


def test_a_read_only_folder_is_told():
    with tempfile.TemporaryDirectory() as folder:
        with open_history(f"{folder}/h.sqlite") as history:
            history.add_person("Anna")
        done = subprocess.run(
            [sys.executable, "-c", AS_NOBODY, folder], capture_output=True, text=True, check=True
        )
        lines = done.stdout.splitlines()
        assert len(lines) == 3, done
        assert f"{folder}/h.sqlite cannot be" in lines[0]
        assert all("a folder that you may write to" in line for line in lines)
        assert sorted(path.name for path in Path(folder).iterdir()) == ["h.sqlite", "warm.sqlite"]
        with open_history(f"{folder}/h.sqlite") as history:
            assert [person.alias for person in history.people()] == ["Anna"]


def test_a_full_disk_is_told_and_keeps_what_was_saved(path):
    with open_history(str(path)) as history:
        # SQLite is told that the disk has no more room, which it then says of itself.
        with history._database.reading() as connection:
            connection.exec_driver_sql("PRAGMA max_page_count = 1")
        (newest,) = history.sessions(limit=1)
        with pytest.raises(HistoryError, match="the disk is full"):
            history.add_repetition(newest.id, repetition(2, reason="y" * 500_000))
        assert [each.number for each in history.repetitions(newest.id)] == [1]


def test_a_history_that_another_program_holds_on_to_is_told(path, monkeypatch):
    monkeypatch.setattr(database, "PATIENCE_S", 0.05)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        assert "in use by another program" in told(path, lambda history: history.add_person("B"))
        other.execute("ROLLBACK")
    with open_history(str(path)) as history:
        assert history.add_person("B").id == 2


def test_reading_goes_on_while_another_program_writes(path):
    with open_history(str(path)) as history:
        database_ = Database(address_of(str(path)))
        with database_.writing() as connection:
            connection.execute(text("DELETE FROM people"))
            assert len(history.sessions()) == 30
        database_.close()
        assert history.sessions() == ()


def test_a_connection_that_the_server_cut_comes_back(postgresql):
    with open_history(postgresql) as history:
        anna = history.add_person("Anna")
        other = Database(address_of(postgresql))
        with other.writing() as connection:
            connection.execute(
                text(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                    "WHERE datname = current_database() AND pid <> pg_backend_pid()"
                )
            )
        other.close()
        assert history.people() == (anna,)


def test_a_connection_that_is_cut_in_the_middle_is_told_and_keeps_nothing_half(postgresql):
    with open_history(postgresql) as history:
        killer = Database(address_of(postgresql))
        with (  # noqa: PT012
            pytest.raises(HistoryError, match="cannot be reached"),
            history._database.writing() as connection,
        ):
            connection.execute(text("INSERT INTO people VALUES (1, 'a', 'a', null, now())"))
            pid = connection.execute(text("SELECT pg_backend_pid()")).scalar()
            with killer.writing() as other:
                other.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": pid})
            connection.execute(text("SELECT 1"))
        killer.close()
        assert history.people() == ()


def test_a_user_without_rights_is_told(postgresql):
    admin = Database(address_of(postgresql))
    name = str(address_of(postgresql).database)
    with admin.writing() as connection:
        connection.execute(text(f"CREATE ROLE {name} LOGIN PASSWORD 'visitor-secret'"))
    try:
        visitor = address_of(postgresql).set(username=name, password="visitor-secret")
        with pytest.raises(HistoryError, match="right to create and change tables"):
            open_history(visitor.render_as_string(hide_password=False))
    finally:
        with admin.writing() as connection:
            connection.execute(text(f"DROP ROLE {name}"))
        admin.close()
