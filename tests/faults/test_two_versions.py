"""Two versions of the program on one history: forward with a copy before, and never backward."""

import random
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import text

from imu_hip.history.address import address_of
from imu_hip.history.database import Database
from imu_hip.history.errors import HistoryError
from imu_hip.history.records import Mode
from imu_hip.history.schema import REVISIONS, VERSION_TABLE, migrate
from imu_hip.history.store import open_history
from imu_hip.names import Task
from tests.faults.kill_toll import environment_in

OLDER = [pytest.param(number, id=REVISIONS[number]) for number in range(len(REVISIONS) - 1)]
"""Places of all revisions but the last, so that those to come are tested, too."""

OPENS = """
import sys
from imu_hip.history.store import open_history
print("ready", flush=True)
open_history(sys.argv[1]).close()
"""


def revision_of(address):
    database = Database(address_of(address))
    with database.reading() as connection:
        found = connection.execute(text(f"SELECT version_num FROM {VERSION_TABLE}")).scalar()
    database.close()
    return found


def copies_of(path):
    return sorted(Path(path).parent.glob("*.before-*"))


def holds_anna(address):
    """Whether this version finds what the first version kept."""
    with open_history(address) as history:
        (anna,) = history.people()
        (kept,) = history.sessions(anna)
        points = history.trend(anna, Task.SEATED, Mode.ACTIVE)
        return len(points) == 1 and history.results(kept.id)[0].value_deg == 36.5


@pytest.mark.parametrize("place", OLDER)
def test_every_older_history_comes_forward_with_its_copy(empty_address, older, place):
    older(empty_address, REVISIONS[place])
    assert holds_anna(empty_address)
    assert revision_of(empty_address) == REVISIONS[-1]
    if "://" in empty_address:
        return
    (copy,) = copies_of(empty_address)
    # As it was: of the old version, whole, in one file, and nobody else's.
    assert revision_of(str(copy)) == REVISIONS[place]
    assert copy.stat().st_mode & 0o077 == 0
    with closing(sqlite3.connect(copy)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert connection.execute("SELECT value_deg FROM results").fetchall() == [(36.5,)]
    # Whoever goes back to it comes forward again.
    assert holds_anna(str(copy))


@pytest.mark.parametrize("place", OLDER)
def test_every_older_version_refuses_this_history_and_leaves_it(empty_address, older, place):
    older(empty_address, REVISIONS[place])
    open_history(empty_address).close()
    database = Database(address_of(empty_address))
    # What an older version knows ends with its own last revision.
    with pytest.raises(HistoryError, match=r"newer version of imu_hip.*pip install -U") as told:
        migrate(database, REVISIONS[: place + 1])
    database.close()
    assert "nothing in it was changed" in str(told.value)
    assert holds_anna(empty_address)


def test_a_program_that_is_killed_while_it_migrates_leaves_the_old_or_the_new(tmp_path, older):
    chance = random.Random(1)
    for number in range(4):
        path = older(str(tmp_path / f"{number}.sqlite"))
        process = subprocess.Popen(
            [sys.executable, "-c", OPENS, path],
            env=environment_in(tmp_path),
            stdout=subprocess.PIPE,
            text=True,
        )
        process.stdout.readline()
        # On a machine at rest a migration takes a quarter of a second.
        time.sleep(chance.uniform(0.0, 0.3))
        process.kill()
        process.communicate()
        assert holds_anna(path)
        for copy in copies_of(path):
            if copy.stem.startswith(f"{number}."):
                assert revision_of(str(copy)) == REVISIONS[0]
