"""Disks that are full or take nothing, and the command as it is called."""

import os
import subprocess
import sys
from datetime import UTC, datetime

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import MetaData, insert

from imu_hip.history.address import address_of
from imu_hip.history.database import Database
from imu_hip.history.schema import REVISIONS, SCRIPTS, VERSION_TABLE
from tests.integration.conftest import called


def _mounted(*arguments):
    """Mount something; where that is not allowed, skip, but not where it has to be."""
    if sys.platform != "linux":
        pytest.skip("only Linux mounts a disk in memory")
    done = subprocess.run(["mount", *map(str, arguments)], capture_output=True, check=False)
    if done.returncode:
        missing = f"this user may not mount a disk: {done.stderr.decode().strip()}"
        pytest.fail(missing) if os.environ.get("CI") else pytest.skip(missing)


@pytest.fixture
def disk(tmp_path):
    """Make a disk of so many kilobytes."""
    made = []

    def disk(size_kb):
        folder = tmp_path / f"disk{len(made)}"
        folder.mkdir()
        _mounted("-t", "tmpfs", "-o", f"size={size_kb}k", "tmpfs", folder)
        made.append(folder)
        return folder

    yield disk
    for folder in made:
        subprocess.run(["umount", "-l", folder], check=False)


@pytest.fixture
def take_nothing():
    """Let a folder be read only, also for who may write everywhere; call again to end it."""
    made = []

    def take_nothing(folder):
        _mounted("--bind", folder, folder)
        made.append(folder)
        _mounted("-o", "remount,ro,bind", folder)

    yield take_nothing
    for folder in made:
        subprocess.run(["umount", "-l", folder], check=False)


@pytest.fixture
def call(monkeypatch, capsys, tmp_path):
    """Call the command in a folder of its own; whatever happens, it says so in one sentence."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")
    for name in ("DATA", "CONFIG"):
        monkeypatch.setenv(f"IMU_HIP_{name}", str(tmp_path / name.lower()))
    monkeypatch.delenv("IMU_HIP_DB", raising=False)

    return lambda *arguments: called(monkeypatch, capsys, arguments)


@pytest.fixture(scope="session")
def first_rows():
    """Rows as the first version of the tables had them: Anna with one session and its result."""
    utc = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
    person = {"id": 1, "alias": "Anna", "alias_key": "anna", "sex": None, "created_utc": utc}
    record = {
        "id": 1,
        "person_id": 1,
        "protocol": "seated",
        "mode": "active",
        "started_utc": utc,
        "ended_utc": utc,
        "state": "finished",
        "version": "0.4.0",
        "simulated": False,
        "comment": "",
        "progress": "",
    }
    result = {
        "id": 1,
        "session_id": 1,
        "task": "seated",
        "side": "left",
        "measure": "internal",
        "moment": "test",
        "value_deg": 36.5,
        "sd_deg": None,
        "repetitions": 3,
        "sem_deg": 2.2,
        "mdc95_deg": 6.1,
    }
    return {"people": [person], "sessions": [record], "results": [result]}


@pytest.fixture
def older(first_rows):
    """Make a history as an older version made it, by its own migrations; its address."""

    def older(address, revision=REVISIONS[0]):
        database = Database(address_of(address))
        with database.rebuilding() as connection:
            config = Config(attributes={"connection": connection, "version_table": VERSION_TABLE})
            config.set_main_option("script_location", str(SCRIPTS))
            config.set_main_option("path_separator", "os")
            command.upgrade(config, revision)
            tables = MetaData()
            tables.reflect(connection)
            for name, rows in first_rows.items():
                connection.execute(insert(tables.tables[name]), rows)
        database.close()
        return address

    return older
