"""What the computer remembers of recordings on sensors."""

from dataclasses import replace

import pytest

from imu_hip.bluetooth.drivers.on_sensor import StoredFile
from imu_hip.bluetooth.on_sensor_session import (
    DATA_VARIABLE,
    OnSensorSession,
    SessionError,
    SessionSensor,
    remember,
    remembered,
    session_named,
    sessions_folder,
)
from imu_hip.names import Segment

SESSION = OnSensorSession(
    "2026-11-25_100000",
    1_764_064_800,
    120.0,
    None,
    "g1",
    (SessionSensor(Segment.LEFT_SHIN, "D422", "dot", "Movella DOT", "2.0", "left_shin", 0.031),),
)


def test_a_session_is_read_as_it_was_written(tmp_path):
    remember(SESSION, tmp_path / "new")
    assert remembered(tmp_path / "new") == (SESSION,)


def test_the_newest_is_meant_where_none_is_named(tmp_path):
    later = replace(SESSION, name="a_later_one", started_utc_s=SESSION.started_utc_s + 60)
    remember(later, tmp_path)
    remember(SESSION, tmp_path)
    assert session_named(None, tmp_path) == later
    assert session_named(SESSION.name, tmp_path) == SESSION


def test_an_unknown_session_names_the_known_ones(tmp_path):
    remember(SESSION, tmp_path)
    with pytest.raises(SessionError, match="Known are 2026-11-25_100000"):
        session_named("yesterday", tmp_path)


def test_without_any_session_the_advice_is_to_start_one(tmp_path):
    with pytest.raises(SessionError, match="imu-hip sensor start"):
        session_named(None, tmp_path / "absent")


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"sensors": [{"segment": "nose"}]}'])
def test_a_damaged_file_is_named(tmp_path, content):
    (tmp_path / "bad.json").write_text(content)
    with pytest.raises(SessionError, match=r"bad\.json is damaged"):
        remembered(tmp_path)


def test_files_are_found_by_name_or_by_their_start():
    start = SESSION.started_utc_s
    older = StoredFile("1", start - 100, 9.0, None)
    own = StoredFile("2", start + 1, 9.0, None)
    assert SESSION.file_of([older, own]) == own
    assert SESSION.file_of([older]) is None
    named = StoredFile(SESSION.name, None, None, 4)
    assert SESSION.file_of([own, named]) == named


def test_the_folder_can_be_chosen(monkeypatch, tmp_path):
    monkeypatch.setenv(DATA_VARIABLE, str(tmp_path))
    assert sessions_folder() == tmp_path / "on_sensor_sessions"
