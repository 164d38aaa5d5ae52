"""Recordings of a cohort behind URLs: archives cannot write elsewhere, nor fill memory or disk."""

import os
import struct
import tracemalloc
import zipfile
from contextlib import suppress
from pathlib import Path

import pytest

from imu_hip.cohort import fetching
from imu_hip.cohort.errors import CohortError
from imu_hip.cohort.fetching import at_hand, contents_of, plain_name
from imu_hip.cohort.finding import find_recordings
from imu_hip.errors import ImuHipError, RecordingError

RECORDED = Path(__file__).parents[3] / "recordings" / "simulated_seated.parquet"
NAMES = ("../../evil.parquet", "/etc/evil.parquet", "..\\..\\evil.parquet", "C:\\evil.parquet")


def packed(path, **members):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return f"zip://*.parquet::{path}"


def found(url):
    return [one.recording for one in find_recordings([url], [])]


def test_a_recording_in_a_zip_is_found_and_brought_here(tmp_path):
    url = packed(tmp_path / "a.zip", **{"seated.parquet": RECORDED.read_bytes()})
    (one,) = found(url)
    with at_hand(one) as path:
        assert path.read_bytes() == RECORDED.read_bytes()
    assert not path.exists()


@pytest.mark.parametrize("name", NAMES)
def test_no_name_of_a_member_is_written_elsewhere(tmp_path, monkeypatch, name):
    inside = tmp_path / "one" / "two" / "inside"
    inside.mkdir(parents=True)
    monkeypatch.setattr("tempfile.tempdir", str(inside))
    url = packed(tmp_path / "a.zip", **{name: b"PAR1"}).replace("*.parquet", "**")
    before = sorted(p for p in tmp_path.rglob("*"))
    for one in found(url):
        # A name that is absolute is not found again in the archive.
        with suppress(FileNotFoundError), at_hand(one) as path:
            assert path.resolve().is_relative_to(inside)
    assert sorted(p for p in tmp_path.rglob("*")) == before


@pytest.mark.parametrize("path", ["a/..", "..", "", "/", "a\\..\\..", ".", "x/../y\\..", "\\"])
def test_the_name_of_a_file_leads_nowhere(path):
    name = plain_name(path)
    assert name not in {"", ".", ".."}
    assert not {"/", "\\"} & set(name)


def test_a_dense_archive_is_refused_before_anything_of_it_is_read(tmp_path):
    url = packed(tmp_path / "bomb.zip", **{f"{n}.parquet": bytes(9_000_000) for n in range(7)})
    with pytest.raises(RecordingError, match="would unpack to"):
        found(url)


def test_a_member_that_states_too_small_a_size_fills_no_memory(tmp_path):
    content = bytes(20_000_000)
    url = packed(tmp_path / "lie.zip", **{"lie.parquet": content})
    data = (tmp_path / "lie.zip").read_bytes()
    small = data.replace(struct.pack("<I", len(content)), struct.pack("<I", 1000))
    (tmp_path / "lie.zip").write_bytes(small)
    (one,) = found(url)
    tracemalloc.start()
    with pytest.raises((ImuHipError, zipfile.BadZipFile)):
        contents_of(one)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 3_000_000


def test_a_recording_that_is_too_large_is_refused_while_it_is_read(tmp_path, monkeypatch):
    monkeypatch.setattr(fetching, "LARGEST_BYTES", 1000)
    url = packed(tmp_path / "large.zip", **{"large.parquet": os.urandom(1001)})
    (one,) = found(url)
    with pytest.raises(CohortError, match="are larger than"):
        contents_of(one)
