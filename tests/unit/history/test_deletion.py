"""A person who is deleted is gone, with their files and without anybody else's."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from imu_hip.history.deletion import ABSENT, OUTSIDE, SHARED, inside
from imu_hip.history.errors import HistoryError
from imu_hip.history.records import Mode
from imu_hip.history.store import open_history
from tests.histories import bout, repetition, result, session


@pytest.fixture
def files(tmp_path):
    """Make files below the test's folder; their paths."""

    def files(*names):
        paths = [tmp_path / name for name in names]
        for path in paths:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text("x")
        return [str(path) for path in paths]

    return files


def filled(history, alias, *recordings):
    person = history.add_person(alias)
    number = session(history, person, result())
    for path in recordings:
        history.add_recording(number, path)
    history.add_repetition(number, repetition())
    history.add_bout(number, bout())
    return person, number


def test_every_row_of_the_person_goes_and_no_other(history):
    anna, hers = filled(history, "Anna", "/elsewhere/a.parquet")
    bob, his = filled(history, "Bob", "/elsewhere/b.parquet")
    deleted = history.delete(anna, recordings=False)
    assert (deleted.sessions, deleted.files, deleted.left) == (1, (), ())
    assert history.people() == (bob,)
    assert [s.id for s in history.sessions()] == [his]
    assert history.repetitions(hers) == history.results(hers) == history.session_bouts(hers) == ()
    assert len(history.repetitions(his)) == len(history.results(his)) == 1
    with pytest.raises(HistoryError, match="Anna is no longer in the history"):
        history.delete(anna, recordings=True)
    with pytest.raises(HistoryError, match="Anna is no longer in the history"):
        history.begin_session(anna, "x", Mode.ACTIVE, simulated=False, recording="")


def test_a_number_that_was_deleted_is_never_given_again(history):
    anna, hers = filled(history, "Anna")
    history.delete(anna, recordings=False)
    again, new = filled(history, "Anna")
    assert again.id > anna.id
    assert new > hers


def test_nothing_of_the_person_stays_in_the_file(tmp_path):
    path = tmp_path / "h.sqlite"
    with open_history(str(path)) as history:
        secret, number = filled(history, "Zacharias Unmistakable")
        history.add_repetition(number, repetition(2, reason="unmistakable reason"))
        history.delete(secret, recordings=False)
        kept = b"".join(each.read_bytes() for each in tmp_path.glob("h.sqlite*"))
    assert b"nmistakable" not in kept


def test_recordings_and_reports_go_with_what_belongs_to_them(history, files, tmp_path):
    names = ("a.parquet", "a.markers.csv", "a.toml", "a.parquet.journal")
    listed = files(*(f"recordings/{name}" for name in names), "reports/1.html")
    (others,) = files("recordings/b.parquet")
    anna, number = filled(history, "Anna", listed[0])
    history.add_report(number, listed[4])
    deleted = history.delete(anna, recordings=True)
    assert set(deleted.files) == set(listed)
    assert [str(path) for path in tmp_path.glob("re*/*")] == [others]


def test_files_are_kept_where_only_the_rows_are_to_go(history, files):
    (path,) = files("recordings/a.parquet")
    anna, _ = filled(history, "Anna", path)
    assert history.delete(anna, recordings=False).files == ()
    assert Path(path).exists()


def test_files_elsewhere_or_of_others_are_left_and_told(history, files, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    outside, shared, target = files("own/a.parquet", "recordings/s.parquet", "own/target.parquet")
    link = tmp_path / "recordings" / "link.parquet"
    link.symlink_to(target)
    up = str(tmp_path / "recordings" / ".." / "own" / "a.parquet")
    absent = str(tmp_path / "recordings" / "gone.parquet")
    folder = str(tmp_path / "recordings")
    tricks = (outside, str(link), up, "recordings/s.parquet")
    anna, _ = filled(history, "Anna", *tricks, shared, absent, folder)
    filled(history, "Bob", shared)
    deleted = history.delete(anna, recordings=True)
    assert deleted.files == ()
    assert dict(deleted.left) == {
        **dict.fromkeys(tricks, OUTSIDE),
        shared: SHARED,
        absent: ABSENT,
        folder: ABSENT,
    }
    assert all(Path(path).exists() for path in (outside, shared, target, link))


def test_only_what_lies_inside_may_be_removed(tmp_path):
    inner = tmp_path / "a"
    assert inside(str(inner / "x"), [inner]) == inner.resolve() / "x"
    assert inside(str(tmp_path / "ab" / "x"), [inner]) is None
    assert inside(str(inner / ".." / "x"), [inner]) is None
    assert inside("x", [inner, Path.cwd()]) is None
    assert inside("/etc/passwd", [inner]) is None


def test_a_file_that_cannot_be_removed_keeps_the_rows(history, files, monkeypatch):
    (path,) = files("recordings/a.parquet")
    anna, _ = filled(history, "Anna", path)

    def refuse(self, missing_ok=False):
        raise PermissionError(13, "Permission denied", str(self))

    with monkeypatch.context() as patched:
        patched.setattr(Path, "unlink", refuse)
        with pytest.raises(HistoryError, match=r"a\.parquet cannot be removed: Permission denied"):
            history.delete(anna, recordings=True)
    assert history.people() == (anna,)
    assert history.delete(anna, recordings=True).files == (path,)


def test_copies_from_before_a_migration_are_told(tmp_path):
    path = tmp_path / "h.sqlite"
    copy = tmp_path / "h.before-1.sqlite"
    with closing(sqlite3.connect(copy)):
        pass
    copy.touch()
    with open_history(str(path)) as history:
        anna, _ = filled(history, "Anna")
        assert history.delete(anna, recordings=False).copies == (str(copy),)
