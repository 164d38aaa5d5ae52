"""Tables of this version, of an older one, of a newer one and of other programs."""

import re
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import text

from imu_hip.history.address import address_of
from imu_hip.history.database import Database
from imu_hip.history.errors import HistoryError
from imu_hip.history.records import Mode
from imu_hip.history.schema import REVISIONS, SCRIPTS, VERSION_TABLE, migrate
from imu_hip.history.store import open_history
from imu_hip.history.tables import SCHEMA
from tests.histories import everything, repetition, result, session

# A newer version that makes people and sessions anew, as SQLite needs it for most changes.
NEWER = """
import sqlalchemy as sa
from alembic import op

revision = "9999"
down_revision = "{last}"


def upgrade():
    for table in ("people", "sessions"):
        with op.batch_alter_table(table, recreate="auto") as batch:
            batch.add_column(sa.Column("note", sa.Text, nullable=False, server_default=""))
            batch.alter_column("note", server_default="none")
    {more}
"""


@pytest.fixture
def newer(tmp_path):
    """Migrate as a newer version would, whose last step is given."""

    def newer(address, more="pass"):
        scripts = tmp_path / "newer 100%"
        (scripts / "versions").mkdir(parents=True, exist_ok=True)
        for path in (*SCRIPTS.glob("*.py"), *SCRIPTS.glob("versions/*.py")):
            (scripts / path.relative_to(SCRIPTS)).write_text(path.read_text("utf-8"), "utf-8")
        (scripts / "versions" / "newer.py").write_text(
            NEWER.format(last=REVISIONS[-1], more=more), "utf-8"
        )
        database = Database(address_of(address))
        try:
            migrate(database, (*REVISIONS, "9999"), scripts)
        finally:
            database.close()

    return newer


@pytest.fixture
def filled(empty_address):
    """The address of a history with two people; what it answers."""
    with open_history(empty_address) as history:
        for alias in ("Anna", "Bob"):
            number = session(history, history.add_person(alias), result())
            history.add_repetition(number, repetition())
        return empty_address, everything(history)


def copies(address):
    return sorted(Path(address).parent.glob("*.before-*")) if "://" not in address else []


def test_migrations_make_the_tables_that_are_worked_with(empty_address):
    from alembic.autogenerate import compare_metadata  # noqa: PLC0415
    from alembic.migration import MigrationContext  # noqa: PLC0415

    database = Database(address_of(empty_address))
    migrate(database)
    with database.reading() as connection:
        options = {"version_table": VERSION_TABLE, "compare_type": True}
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, SCHEMA) == []
    database.close()


def test_checks_and_indexes_of_migrations_are_those_of_the_tables(tmp_path):
    """What alembic does not compare: checks, and indexes over expressions."""

    def statements(path):
        with closing(sqlite3.connect(path)) as connection:
            found = connection.execute("SELECT sql FROM sqlite_master WHERE sql NOTNULL").fetchall()
        lines = (line for (sql,) in found for line in re.split(r",?\s*\n\s*", sql))
        return sorted(
            re.sub(r'["()\s]', "", line)
            for line in lines
            if re.search("CHECK|FOREIGN|UNIQUE|INDEX", line)
        )

    database = Database(address_of(str(tmp_path / "tables.sqlite")))
    with database.writing() as connection:
        SCHEMA.create_all(connection)
    database.close()
    open_history(str(tmp_path / "migrated.sqlite")).close()
    assert statements(tmp_path / "migrated.sqlite") == statements(tmp_path / "tables.sqlite")


def test_all_migrations_are_known_in_their_order():
    from alembic.script import ScriptDirectory  # noqa: PLC0415

    scripts = ScriptDirectory(str(SCRIPTS)).walk_revisions()
    assert tuple(script.revision for script in scripts)[::-1] == REVISIONS


def test_an_older_history_is_brought_forward_and_copied_before(filled, newer):
    address, before = filled
    newer(address)
    database = Database(address_of(address))
    with database.reading() as connection:
        found = connection.execute(text("SELECT count(note) FROM sessions")).scalar()
        rows = {
            name: connection.execute(text(f"SELECT count(*) FROM {name}")).scalar()
            for name in ("people", "repetitions", "results")
        }
    database.close()
    assert found == 2
    assert rows == {"people": 2, "repetitions": 2, "results": 2}
    for copy in copies(address):
        with open_history(str(copy)) as old:
            assert everything(old) == before
    assert len(copies(address)) == ("://" not in address)


def test_a_newer_history_is_refused_and_left_as_it_is(filled, newer):
    address, _ = filled
    newer(address)
    with pytest.raises(HistoryError, match=r"newer version of imu_hip.*9999.*pip install -U"):
        open_history(address)
    # What it was before can be read still, from the copy.
    database = Database(address_of(address))
    with database.reading() as connection:
        revision = connection.execute(text(f"SELECT version_num FROM {VERSION_TABLE}")).scalar()
    database.close()
    assert revision == "9999"


def test_a_migration_that_fails_changes_nothing(filled, newer):
    address, before = filled
    with pytest.raises(HistoryError):
        newer(address, 'op.execute("INSERT INTO nowhere VALUES (1)")')
    with open_history(address) as history:
        assert everything(history) == before


def test_a_migration_of_a_file_may_leave_no_row_that_belongs_to_nothing(tmp_path, newer):
    address = str(tmp_path / "h.sqlite")
    with open_history(address) as history:
        session(history, history.add_person("Anna"), result())
        before = everything(history)
    with pytest.raises(HistoryError, match="cannot be brought to this version"):
        newer(address, 'op.execute("DELETE FROM people")')
    with open_history(address) as history:
        assert everything(history) == before
        # Foreign keys hold again: what belongs to a person goes with them.
        history.delete(history.person("Anna"), recordings=False)
        assert history.sessions() == ()


def test_every_migration_leaves_a_copy_of_its_own(filled, newer):
    address, _ = filled
    for _ in range(2):
        with pytest.raises(HistoryError):
            newer(address, 'op.execute("INSERT INTO nowhere VALUES (1)")')
    assert len(copies(address)) == 2 * ("://" not in address)


def test_tables_of_another_program_are_left_alone(empty_address):
    database = Database(address_of(empty_address))
    with database.writing() as connection:
        connection.execute(text("CREATE TABLE sessions (cookie TEXT)"))
    with pytest.raises(HistoryError, match="another program, such as sessions"):
        open_history(empty_address)
    with database.reading() as connection:
        assert connection.execute(text("SELECT count(*) FROM sessions")).scalar() == 0
    database.close()


def test_other_tables_may_share_a_postgresql_database(postgresql):
    database = Database(address_of(postgresql))
    with database.writing() as connection:
        connection.execute(text("CREATE TABLE alembic_version (version_num TEXT)"))
    database.close()
    with open_history(postgresql) as history:
        assert history.people() == ()


def test_opening_says_nothing_and_importing_does_nothing(tmp_path):
    program = (
        "import logging; logging.basicConfig(level='WARNING');"
        "from imu_hip.history.store import open_history; import os; assert not os.listdir('.');"
        "open_history('new.sqlite').close(); open_history('new.sqlite').close()"
    )
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", program],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    assert (done.stdout, done.stderr) == ("", "")
    assert [path.name for path in tmp_path.iterdir()] == ["new.sqlite"]


def test_a_file_of_the_history_is_its_owners_alone(tmp_path):
    path = tmp_path / "made" / "h.sqlite"
    with open_history(str(path)) as history:
        history.begin_session(
            history.add_person("A"), "x", Mode.ACTIVE, simulated=True, recording=""
        )
        files = list(path.parent.iterdir())
        assert {file.stat().st_mode & 0o077 for file in files} == {0}
