"""Fixtures for all tests."""

import os
import sys
from contextlib import suppress
from pathlib import Path

import pytest

# As the command does; read when numpy is first imported, by this process or by one that it starts.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

# At the end, so that the installed package is tested and not the folder beside the tests.
sys.path.append(str(Path(__file__).parents[1]))


SLOW_UNTIL = 0.6
"""Part of a worker's list in which its slow modules begin: none of them is left for last."""


def pytest_collection_modifyitems(items):
    """Spread the modules that take long and mostly wait among those that keep a core busy.

    Each worker begins with an equal part of the list. In it slow modules come in turn with others,
    and are over when the others are not.
    """
    modules = {}
    for item in items:
        modules.setdefault(item.path, []).append(item)
    slow = [m for m in modules.values() if any(i.get_closest_marker("slow") for i in m)]
    busy = [m for m in modules.values() if m not in slow]
    workers = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    rounds = -(-len(slow) // workers)
    places = [
        ((number % workers + SLOW_UNTIL * (number // workers) / rounds) / workers, module)
        for number, module in enumerate(slow)
    ]
    tests, before = sum(map(len, busy)), 0
    for module in busy:
        places.append((before / tests, module))
        before += len(module)
    places.sort(key=lambda place: place[0])
    items[:] = [item for _, module in places for item in module]


REAL_TIME = tuple(
    Path(__file__).parent / folder
    for folder in (
        "browser",
        "faults/test_kills.py",
        "faults/test_pauses_and_clocks.py",
        "integration/bluetooth",
        "integration/live",
        "integration/web",
        "unit/bluetooth/virtual",
    )
)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item):
    """Let tests that play in real time go before those that compute, where the system allows it."""
    plays = any(item.path.is_relative_to(folder) for folder in REAL_TIME)
    if not plays or not hasattr(os, "setpriority"):
        return (yield)
    usual = os.getpriority(os.PRIO_PROCESS, 0)
    with suppress(PermissionError):
        os.setpriority(os.PRIO_PROCESS, 0, usual - 10)
    try:
        return (yield)
    finally:
        os.setpriority(os.PRIO_PROCESS, 0, usual)


@pytest.fixture(scope="session")
def reference_data():
    """Folder of the real recordings, which are not part of the project."""
    given = os.environ.get("IMU_HIP_REFERENCE_DATA")
    folder = Path(given) if given else Path(__file__).parents[2] / "shared" / "data"
    if given and not folder.is_dir():
        pytest.fail(f"IMU_HIP_REFERENCE_DATA names {folder}, which is no folder")
    if not folder.is_dir():
        pytest.skip(f"no reference recordings in {folder}; set IMU_HIP_REFERENCE_DATA")
    return folder


@pytest.fixture(scope="session")
def postgresql_server():
    """A database of a PostgreSQL server that tests may make databases on."""
    given = os.environ.get("IMU_HIP_TEST_POSTGRESQL")
    if not given:
        missing = "IMU_HIP_TEST_POSTGRESQL names no PostgreSQL server for tests"
        pytest.fail(missing) if os.environ.get("CI") else pytest.skip(missing)
    return given


@pytest.fixture
def postgresql(postgresql_server):
    """The address of an empty PostgreSQL database."""
    from tests.histories import new_database  # noqa: PLC0415

    with new_database(postgresql_server) as address:
        yield address


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_address(request, tmp_path):
    """The address of an empty database without tables, of either kind."""
    if request.param == "postgresql":
        return request.getfixturevalue("postgresql")
    return str(tmp_path / "history" / "history.sqlite")


@pytest.fixture(scope="session")
def emptied_postgresql(postgresql_server):
    """A function that empties the one history in PostgreSQL and gives its address."""
    from tests.histories import new_database, without_rows  # noqa: PLC0415

    with new_database(postgresql_server) as address:
        yield lambda: without_rows(address)


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory):
    """A history file without rows."""
    from imu_hip.history.store import open_history  # noqa: PLC0415

    path = tmp_path_factory.mktemp("migrated") / "history.sqlite"
    open_history(str(path)).close()
    return path


@pytest.fixture(params=["sqlite", "postgresql"])
def history_address(request, tmp_path):
    """The address of a history without rows, of either kind, quicker than to migrate."""
    if request.param == "postgresql":
        return request.getfixturevalue("emptied_postgresql")()
    path = tmp_path / "history.sqlite"
    path.write_bytes(request.getfixturevalue("migrated_file").read_bytes())
    return str(path)


@pytest.fixture
def history(history_address, tmp_path):
    """A history without rows, of either kind; files may be removed in two folders."""
    from imu_hip.history.store import open_history  # noqa: PLC0415

    folders = (tmp_path / "recordings", tmp_path / "reports")
    for folder in folders:
        folder.mkdir()
    with open_history(history_address, folders=folders) as opened:
        yield opened
