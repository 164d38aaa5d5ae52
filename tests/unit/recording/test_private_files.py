"""Who may read what imu_hip writes, and that nobody can lead it astray while it writes."""

import os
import stat
import subprocess
import tempfile
from contextlib import contextmanager
from pathlib import Path

import pytest

from imu_hip.errors import OutputError
from imu_hip.history.store import open_history
from imu_hip.live.session_files import new_recording
from imu_hip.live.session_lock import SessionLock
from imu_hip.recording.formats.files import replacing
from imu_hip.recording.journal import JournalHeader
from imu_hip.recording.journal_writer import JournalWriter
from imu_hip.recording.private_files import new_file, private_folder
from tests.histories import BEGAN, result, session

if os.name != "posix":
    pytest.skip("rights of POSIX", allow_module_level=True)


@pytest.fixture(autouse=True)
def usual_rights():
    """The setting of most systems, under which everybody may read new files."""
    before = os.umask(0o022)
    yield
    os.umask(before)


def rights(path):
    return stat.S_IMODE(path.stat().st_mode)


@contextmanager
def written(path, text="new"):
    with replacing(path) as unfinished:
        unfinished.write_text(text, encoding="utf-8")
    yield


def test_folders_that_are_made_are_private_and_others_stay(tmp_path):
    shared = tmp_path / "shared"
    shared.mkdir(mode=0o755)
    private_folder(shared / "data" / "recordings")
    assert rights(shared) == 0o755
    assert rights(shared / "data") == rights(shared / "data" / "recordings") == 0o700
    private_folder(shared)
    assert rights(shared) == 0o755


def test_what_is_written_into_a_private_folder_is_private(tmp_path):
    private_folder(tmp_path / "private")
    (tmp_path / "open").mkdir(mode=0o755)
    for folder, expected in (("private", 0o600), ("open", 0o644)):
        with written(tmp_path / folder / "report.html"):
            assert rights(tmp_path / folder / "report.html") == expected


def test_a_file_that_is_replaced_keeps_its_rights(tmp_path):
    (tmp_path / "open").mkdir(mode=0o755)
    for mode in (0o600, 0o640, 0o664):
        path = tmp_path / "open" / "recording.parquet"
        path.write_text("old", encoding="utf-8")
        path.chmod(mode)
        with written(path):
            assert (rights(path), path.read_text(encoding="utf-8")) == (mode, "new")


def test_nobody_can_have_a_file_written_through_a_link(tmp_path):
    victim = tmp_path / "victim"
    victim.write_text("precious", encoding="utf-8")
    # In a folder that all may write to, the name of an unfinished file can be guessed.
    (tmp_path / f".out.html.{os.getpid()}.part").symlink_to(victim)
    with written(tmp_path / "out.html"):
        assert victim.read_text(encoding="utf-8") == "precious"
        assert (tmp_path / "out.html").read_text(encoding="utf-8") == "new"
    (tmp_path / "journal").symlink_to(victim)
    with pytest.raises(FileExistsError):
        new_file(tmp_path / "journal")
    with pytest.raises(OutputError, match="already"):
        JournalWriter(tmp_path / "journal", JournalHeader("2026-03-01T09:30:00", (), "x"))
    assert victim.read_text(encoding="utf-8") == "precious"


def test_a_session_and_its_history_are_its_owners_alone(tmp_path):
    data = tmp_path / "data"
    with SessionLock(data / "recordings"):
        target = new_recording(data / "recordings", "seated", BEGAN)
        with JournalWriter(target, JournalHeader("2026-03-01T09:30:00", (), "x")):
            pass
    with written(target.with_suffix(".html")):
        pass
    with open_history(str(data / "history.sqlite")) as history:
        person = history.add_person("Ada")
        session(history, person, result(), recording=str(target))
        history.backup(tmp_path / "backup.sqlite")
        history.export(person, tmp_path / "export")
        history.export(person, tmp_path / "export.zip")
        everything = [*data.rglob("*"), *(tmp_path / name for name in ("backup.sqlite", "export"))]
        open_to_others = [p for p in (*everything, tmp_path / "export.zip") if rights(p) & 0o077]
    assert len(everything) > 6
    assert open_to_others == []


def test_the_copy_before_a_migration_is_private(tmp_path):
    from imu_hip.history.copying import copy_sqlite  # noqa: PLC0415

    with open_history(str(tmp_path / "history.sqlite")):
        copy_sqlite(tmp_path / "history.sqlite", tmp_path / "history.before-1.sqlite")
    assert rights(tmp_path / "history.before-1.sqlite") == 0o600


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can act as another user")
def test_another_user_of_this_computer_reads_nothing():
    with tempfile.TemporaryDirectory() as folder:
        # Below here the other user may go, as into a home that is open.
        Path(folder).chmod(0o755)
        history = Path(folder) / "data" / "history.sqlite"
        with open_history(str(history)) as opened:
            opened.add_person("Ada")
        control = Path(folder) / "open.txt"
        control.write_text("open", encoding="utf-8")
        asked = {path: as_another_user("cat", path) for path in (control, history)}
    assert (asked[control].returncode, asked[control].stdout) == (0, b"open")
    assert (asked[history].returncode, asked[history].stdout) == (1, b"")


def as_another_user(*command):
    return subprocess.run(command, user=65534, group=65534, capture_output=True, check=False)
