"""Which database is meant, and that no password is ever shown."""

import sys
from pathlib import Path

import pytest

from imu_hip.bluetooth.on_sensor_session import DATA_VARIABLE
from imu_hip.history.address import (
    ADDRESS_VARIABLE,
    address_of,
    recordings_folder,
    reports_folder,
    words_of,
)
from imu_hip.history.errors import HistoryError
from imu_hip.history.store import open_history


@pytest.fixture(autouse=True)
def _elsewhere(monkeypatch, tmp_path):
    monkeypatch.delenv(ADDRESS_VARIABLE, raising=False)
    monkeypatch.setenv(DATA_VARIABLE, str(tmp_path / "data"))
    monkeypatch.chdir(tmp_path)


def test_without_a_name_it_is_the_file_in_the_users_data_folder(tmp_path):
    with open_history() as history:
        assert history.words == str(tmp_path / "data" / "history.sqlite")
    assert recordings_folder() == tmp_path / "data" / "recordings"
    assert reports_folder() == tmp_path / "data" / "reports"


def test_the_environment_names_another_one_and_the_argument_wins(monkeypatch, tmp_path):
    monkeypatch.setenv(ADDRESS_VARIABLE, str(tmp_path / "clinic.sqlite"))
    assert words_of(address_of(None)) == str(tmp_path / "clinic.sqlite")
    assert words_of(address_of("mine.sqlite")) == str(tmp_path / "mine.sqlite")
    monkeypatch.setenv(ADDRESS_VARIABLE, "")
    assert words_of(address_of(None)) == str(tmp_path / "data" / "history.sqlite")


@pytest.mark.parametrize("given", ["sqlite:///a b.sqlite", "sqlite+pysqlite:///a b.sqlite"])
def test_a_sqlite_url_is_a_file(given):
    assert words_of(address_of(given)) == str(Path("a b.sqlite").absolute())


@pytest.mark.parametrize("driver", ["postgres", "postgresql", "postgresql+psycopg"])
def test_postgresql_is_known_by_three_names(driver):
    address = address_of(f"{driver}://anna:secret@db.clinic:5433/hips")
    assert address.drivername == "postgresql+psycopg"
    assert words_of(address) == "PostgreSQL database hips on db.clinic:5433"


@pytest.mark.parametrize(
    "given",
    [
        "mysql://anna:secret@host/hips",
        "postgresql+asyncpg://anna:secret@host/hips",
        "postgresql://anna:secret@host",
        "postgresql://anna:se@cret@host/hips",
        "postgresql://anna:secret@host:port/hips",
        "://secret",
        "sqlite://",
        "sqlite:///:memory:",
    ],
)
def test_an_address_that_cannot_be_is_refused_without_repeating_it(given):
    with pytest.raises(HistoryError, match=r"postgresql\+psycopg://USER:PASSWORD@HOST") as refused:
        open_history(given)
    assert not any(part in str(refused.value) for part in ("secret", "cret"))


def test_a_driver_that_is_not_installed_is_named_with_the_command(monkeypatch):
    for name in [name for name in sys.modules if name.split(".")[0] == "psycopg"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(HistoryError, match=r"pip install 'imu-hip\[clinic\]'"):
        open_history("postgresql://anna:secret@host/hips")


def test_a_server_that_is_not_there_is_told_without_the_password():
    with pytest.raises(HistoryError, match=r"hips on 127.0.0.1:9 cannot be reached") as refused:
        open_history("postgresql://anna:secret@127.0.0.1:9/hips")
    assert "secret" not in str(refused.value)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"password": "wrong-secret"}, "refused the connection: password authentication failed"),
        ({"database": "no_such"}, 'refused the connection: database "no_such" does not exist'),
        ({"username": "nobody_here"}, "refused the connection"),
    ],
)
def test_what_the_server_refuses_is_told_without_the_password(postgresql, change, words):
    address = address_of(postgresql).set(**change)
    with pytest.raises(HistoryError, match=words) as refused:
        open_history(address.render_as_string(hide_password=False))
    assert "Check user, password and database" in str(refused.value)
    assert str(address.password) not in str(refused.value)
    assert len(str(refused.value).splitlines()) == 1
