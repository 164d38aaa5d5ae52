"""Zips that are made to cost more than they hold, or to write elsewhere, are refused."""

import io
import os
import stat
import struct
import tracemalloc
import zipfile

import pytest

from imu_hip.errors import ImuHipError, RecordingError
from imu_hip.recording.formats import zip_limits
from imu_hip.recording.formats.registry import open_recording
from imu_hip.recording.formats.zip_limits import require_sound
from imu_hip.recording.formats.zipped import csv_files_in_zip


def packed(path, method=zipfile.ZIP_DEFLATED, **members):
    with zipfile.ZipFile(path, "w", method) as archive:
        for name, content in members.items():
            archive.writestr(name.replace("__", "/"), content)
    return path


def refusal(path):
    """What is said of a zip, after which nothing was written beside it."""
    before = sorted(path.parent.rglob("*"))
    with pytest.raises(ImuHipError) as refused:
        open_recording(path)
    assert sorted(path.parent.rglob("*")) == before
    return str(refused.value)


@pytest.fixture
def path(tmp_path):
    (tmp_path / "in").mkdir()
    return tmp_path / "in" / "session.zip"


def test_a_bomb_is_refused_before_it_is_unpacked(path):
    packed(path, **{"a.csv": bytes(60_000_000)})
    assert path.stat().st_size < 100_000
    tracemalloc.start()
    with pytest.raises(RecordingError, match=r"session\.zip would unpack to 0\.1 GB"):
        csv_files_in_zip(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 2_000_000


def test_a_bomb_that_states_a_small_size_gives_no_more_than_that(path):
    content = bytes(5_000_000)
    packed(path, **{"a.csv": content})
    data = path.read_bytes()
    # The size stands in the header of the file and in the directory of the zip.
    path.write_bytes(data.replace(struct.pack("<I", len(content)), struct.pack("<I", 100)))
    tracemalloc.start()
    with pytest.raises(RecordingError, match="cannot be unpacked"):
        csv_files_in_zip(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 1_000_000


def test_files_that_lie_over_each_other_are_refused(path):
    """As in a bomb whose directory names the same packed bytes many times (D. Fifield, 2019)."""
    packed(path, **{"a.csv": os.urandom(20_000), "b.csv": os.urandom(20_000)})
    data = bytearray(path.read_bytes())
    with zipfile.ZipFile(path) as archive:
        second = archive.infolist()[1].header_offset
        directory = archive.start_dir
    # The second entry of the directory leads to the first file; its name is that of the first.
    entry = data.index(b"PK\x01\x02", directory + 4)
    assert struct.unpack_from("<I", data, entry + 42)[0] == second
    struct.pack_into("<I", data, entry + 42, 0)
    path.write_bytes(data)
    with pytest.raises(RecordingError, match="lie over each other"):
        csv_files_in_zip(path)


def test_too_many_files_are_refused(path, monkeypatch):
    monkeypatch.setattr(zip_limits, "MOST_FILES", 20)
    packed(path, **{f"{n}.txt": "x" for n in range(21)}, **{"a.csv": "x"})
    with pytest.raises(RecordingError, match="holds 22 files"):
        csv_files_in_zip(path)


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_what_may_ask_for_a_large_memory_is_refused(path, method):
    packed(path, method, **{"a.csv": "x" * 1000})
    with pytest.raises(RecordingError, match="packed in a way that is not read"):
        csv_files_in_zip(path)


def test_a_zip_with_a_password_is_refused(path):
    packed(path, **{"a.csv": "x" * 100})
    data = bytearray(path.read_bytes())
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(signature) + offset] |= 1
    path.write_bytes(data)
    with pytest.raises(RecordingError, match="protected by a password"):
        csv_files_in_zip(path)


@pytest.mark.parametrize(
    "name", ["../../evil.csv", "/etc/evil.csv", "C:\\evil.csv", "..\\evil.csv", "a/../../evil.csv"]
)
def test_no_name_in_a_zip_is_written_anywhere(path, name):
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(zipfile.ZipInfo(name), "x,y\n1,2\n")
    assert "session.zip" in refusal(path)


def test_a_link_in_a_zip_is_words_and_not_followed(path, tmp_path):
    (tmp_path / "secret.csv").write_text("secret,1\n", encoding="utf-8")
    link = zipfile.ZipInfo("link.csv")
    link.create_system = 3
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(link, str(tmp_path / "secret.csv"))
    assert csv_files_in_zip(path) == [("link.csv", str(tmp_path / "secret.csv").encode())]
    assert "secret,1" not in refusal(path)


def test_a_zip_in_a_zip_stays_packed(path):
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as archive:
        archive.writestr("a.csv", "x")
    packed(path, **{"inner.zip": inner.getvalue()})
    assert csv_files_in_zip(path) == []


def test_an_honest_zip_is_sound(path):
    packed(path, **{"one__a.csv": "1,2\n" * 1000, "b.csv": os.urandom(100), "empty.csv": ""})
    with zipfile.ZipFile(path) as archive:
        require_sound(archive, archive.infolist(), path.name, path.stat().st_size)
