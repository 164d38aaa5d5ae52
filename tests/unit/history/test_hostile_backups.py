"""A backup or history from a stranger: nothing in it acts, and nothing of it leads elsewhere."""

import sqlite3
from contextlib import closing

import pytest

from imu_hip.history.errors import HistoryError
from imu_hip.history.store import open_history

ACTIVE = {
    "trigger": "CREATE TRIGGER evil AFTER INSERT ON people BEGIN DELETE FROM results; END",
    "view": "CREATE VIEW evil AS WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t) "
    "SELECT n AS id FROM t",
    "table": "CREATE VIRTUAL TABLE evil USING fts5(x)",
}


@pytest.fixture
def backup(tmp_path):
    """A backup with somebody in it."""
    with open_history(str(tmp_path / "theirs.sqlite")) as history:
        history.add_person("Mallory")
        history.backup(tmp_path / "backup.sqlite")
    return tmp_path / "backup.sqlite"


@pytest.mark.parametrize("kind", ACTIVE)
def test_a_backup_with_something_that_acts_is_refused(backup, tmp_path, kind):
    with closing(sqlite3.connect(backup)) as connection:
        connection.execute(ACTIVE[kind])
        connection.commit()
    with (
        open_history(str(tmp_path / "ours.sqlite")) as history,
        pytest.raises(HistoryError, match=f"holds {kind} evil, which acts by itself"),
    ):
        history.restore(backup)
    with open_history(str(tmp_path / "ours.sqlite")) as history:
        assert history.people() == ()
    with pytest.raises(HistoryError, match=f"holds {kind} evil"):
        open_history(str(backup))


def test_a_table_that_is_a_view_is_refused(backup, tmp_path):
    """Read as a table, this one would never end."""
    with closing(sqlite3.connect(backup)) as connection:
        connection.executescript(
            "PRAGMA foreign_keys = OFF; DROP TABLE bouts;"
            + ACTIVE["view"].replace("VIEW evil", "VIEW bouts")
        )
    with (
        open_history(str(tmp_path / "ours.sqlite")) as history,
        pytest.raises(HistoryError, match="holds view bouts"),
    ):
        history.restore(backup)


def test_an_honest_backup_is_read(backup, tmp_path):
    with open_history(str(tmp_path / "ours.sqlite")) as history:
        history.restore(backup)
        assert [person.alias for person in history.people()] == ["Mallory"]
