"""Own measurement errors: kept, replaced, chosen, forgotten, exported, deleted, backed up."""

import csv
import json
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import text

from imu_hip.history.address import address_of
from imu_hip.history.database import Database
from imu_hip.history.errors import HistoryError
from imu_hip.history.records import Mode, Moment
from imu_hip.history.schema import REVISIONS, SCRIPTS, copies_before_migration, migrate
from imu_hip.history.store import open_history
from imu_hip.measures.agreement import Interval
from imu_hip.measures.own_error import OwnError
from imu_hip.names import Side, Task
from tests.histories import everything, repetition, result, session

SEATED = (Task.SEATED, "internal")


def own(person="Anna", sem_deg=2.0, **changes):
    error = OwnError(
        task=Task.SEATED,
        measure="internal",
        person=person,
        sem_deg=Interval(sem_deg, 0.7 * sem_deg, 1.6 * sem_deg),
        degrees_of_freedom=14,
        sessions=15,
        people=1 if person else 6,
    )
    return replace(error, **changes)


def keep(history, error, person=None, mode=Mode.ACTIVE, *, simulated=False):
    history.keep_own_errors([error], person, mode, simulated=simulated)


def test_what_is_kept_comes_back_and_the_newer_one_stands(history):
    anna = history.add_person("Anna")
    assert history.own_errors(anna, Mode.ACTIVE) == {}
    keep(history, own(sem_deg=3.0), anna)
    keep(history, own(), anna)
    keep(history, own(measure="external"), anna)
    found = history.own_errors(anna, Mode.ACTIVE)
    assert found == {SEATED: own(), (Task.SEATED, "external"): own(measure="external")}


def test_a_persons_error_stands_before_the_clinics_and_that_before_nothing(history):
    anna, bob = history.add_person("Anna"), history.add_person("Bob")
    # The order in which they are kept does not matter.
    keep(history, own(sem_deg=1.0), anna)
    keep(history, own(None, 4.0))
    keep(history, own(None, 5.0, task=Task.PRONE))
    hers, his = (history.own_errors(person, Mode.ACTIVE) for person in (anna, bob))
    assert hers[SEATED].person == "Anna"
    assert his[SEATED] == own(None, 4.0)
    assert hers[Task.PRONE, "internal"] == his[Task.PRONE, "internal"]
    history.rename(anna, "Ann")
    renamed = history.own_errors(history.person("Ann"), Mode.ACTIVE)
    assert renamed[SEATED].person == "Ann"


def test_modes_and_virtual_sensors_are_apart(history):
    anna = history.add_person("Anna")
    keep(history, own(sem_deg=1.0), anna, Mode.PASSIVE)
    keep(history, own(sem_deg=2.0), anna, simulated=True)
    assert history.own_errors(anna, Mode.ACTIVE) == {}
    assert history.own_errors(anna, Mode.PASSIVE)[SEATED].sem_deg.value == 1.0
    assert history.own_errors(anna, Mode.ACTIVE, simulated=True)[SEATED].sem_deg.value == 2.0


def test_forgetting_takes_what_is_named_and_no_other(history):
    anna = history.add_person("Anna")
    for task in (Task.SEATED, Task.PRONE):
        keep(history, own(task=task), anna)
        keep(history, own(None, task=task))
    assert history.forget_own_errors(anna, Mode.ACTIVE, Task.SEATED, simulated=False) == 1
    found = history.own_errors(anna, Mode.ACTIVE)
    assert found[SEATED].person is None
    assert found[Task.PRONE, "internal"].person == "Anna"
    assert history.forget_own_errors(None, Mode.ACTIVE, None, simulated=False) == 2
    assert history.forget_own_errors(None, Mode.ACTIVE, None, simulated=False) == 0


def test_errors_of_somebody_who_is_gone_are_not_kept(history):
    anna = history.add_person("Anna")
    history.delete(anna, recordings=False)
    with pytest.raises(HistoryError, match="Anna is no longer"):
        keep(history, own(), anna)


def test_a_person_who_is_deleted_takes_their_errors_and_leaves_the_clinics(history_address):
    with open_history(history_address) as history:
        anna = history.add_person("Anna")
        keep(history, own(), anna)
        keep(history, own(None))
        history.delete(anna, recordings=False)
    with closing(Database(address_of(history_address))) as database, database.reading() as rows:
        kept = rows.execute(text("SELECT person_id FROM measurement_errors")).scalars().all()
    assert kept == [None]


def test_an_export_holds_the_persons_errors_and_not_the_clinics(history, tmp_path):
    anna = history.add_person("Anna")
    keep(history, own(), anna)
    keep(history, own(None, 4.0))
    history.export(anna, tmp_path / "out")
    document = json.loads((tmp_path / "out" / "person.json").read_text("utf-8"))
    (kept,) = document["measurement_errors"]
    assert (kept["task"], kept["measure"], kept["mode"], kept["sem_deg"]) == (
        "seated", "internal", "active", 2.0,
    )  # fmt: skip
    assert (kept["sem_high_deg"], kept["degrees_of_freedom"]) == (3.2, 14)
    with (tmp_path / "out" / "measurement_errors.csv").open(encoding="utf-8", newline="") as file:
        (row,) = csv.DictReader(file)
    assert (row["sem_deg"], row["sessions"], row["simulated"]) == ("2.0", "15", "False")


def test_a_backup_brings_errors_back(history, tmp_path):
    anna = history.add_person("Anna")
    keep(history, own(), anna)
    keep(history, own(None, 4.0, task=Task.PRONE))
    history.backup(tmp_path / "backup.sqlite")
    with open_history(str(tmp_path / "new.sqlite")) as restored:
        restored.restore(tmp_path / "backup.sqlite")
        found = restored.own_errors(restored.person("Anna"), Mode.ACTIVE)
        assert found == history.own_errors(anna, Mode.ACTIVE)
        # It counts on from there, in either database.
        keep(restored, own(sem_deg=9.0), restored.person("Anna"))


def test_a_backup_is_not_read_into_a_history_that_holds_a_clinics_error(history, tmp_path):
    history.backup(tmp_path / "backup.sqlite")
    with open_history(str(tmp_path / "new.sqlite")) as other:
        keep(other, own(None))
        with pytest.raises(HistoryError, match="not empty"):
            other.restore(tmp_path / "backup.sqlite")


def test_repeated_results_are_those_of_tests_alike_and_oldest_first(history):
    anna, bob = history.add_person("Anna"), history.add_person("Bob")
    first = session(history, anna, result(30.0), result(40.0, moment=Moment.RETEST))
    second = session(history, bob, result(31.0), result(32.0, task=Task.PRONE))
    third = session(history, anna, result(33.0, side=Side.RIGHT))
    session(history, anna, result(50.0), simulated=True)
    found = history.repeated(None, Task.SEATED, Mode.ACTIVE)
    assert [(r.person, r.session, r.result.value_deg) for r in found] == [
        ("Anna", first, 30.0), ("Bob", second, 31.0), ("Anna", third, 33.0),
    ]  # fmt: skip
    assert [r.session for r in history.repeated(anna, None, Mode.ACTIVE)] == [first, third]
    assert len(history.repeated(bob, None, Mode.ACTIVE)) == 2
    assert history.repeated(bob, None, Mode.PASSIVE) == ()


def test_a_history_of_the_first_version_is_brought_forward(empty_address, tmp_path):
    scripts = tmp_path / "first"
    (scripts / "versions").mkdir(parents=True)
    for path in (*SCRIPTS.glob("*.py"), *SCRIPTS.glob("versions/v0001*.py")):
        (scripts / path.relative_to(SCRIPTS)).write_text(path.read_text("utf-8"), "utf-8")
    with closing(Database(address_of(empty_address))) as database:
        migrate(database, REVISIONS[:1], scripts)
        with database.writing() as connection:
            connection.execute(
                text(
                    "INSERT INTO people (alias, alias_key, created_utc) "
                    "VALUES ('Anna', 'anna', '2026-01-01 10:00:00')"
                )
            )
    with open_history(empty_address) as history:
        anna = history.person("anna")
        number = session(history, anna, result())
        history.add_repetition(number, repetition())
        keep(history, own(), anna)
        assert history.own_errors(anna, Mode.ACTIVE) == {SEATED: own()}
        assert everything(history)
    if "://" not in empty_address:
        (copy,) = copies_before_migration(Path(empty_address))
        assert copy.is_file()
    # The first version refuses what the second has made.
    with (
        closing(Database(address_of(empty_address))) as database,
        pytest.raises(HistoryError, match="newer version"),
    ):
        migrate(database, REVISIONS[:1], scripts)
