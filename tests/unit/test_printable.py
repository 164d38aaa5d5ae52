"""What a terminal would obey never comes from a sensor or a file."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imu_hip.bluetooth.drivers.driver import Advertised, Identity
from imu_hip.cli.history_screen import show_people, show_session, show_sessions
from imu_hip.cli.main import run
from imu_hip.history.records import Mode, SessionState
from imu_hip.history.store import open_history
from imu_hip.names import printable
from imu_hip.recording.recording import SensorInfo
from tests.histories import repetition

HOSTILE = (
    "\x1b[2J\x1b[31m",  # clears the screen, writes in red
    "\x1b]0;owned\x07",  # names the window
    "\x9b6n",  # the eight-bit form: asks where the cursor is
    "left\rright",  # writes over what stood there
    "\u202egpj.thgil",  # right to left: looks like another name
    "a\u2028b",
    "\x00\x7f\x85",
)


@pytest.mark.parametrize("text", HOSTILE)
def test_what_is_obeyed_becomes_a_question_mark(text):
    shown = printable(text)
    assert len(shown) == len(text)
    assert "?" in shown
    assert shown.isprintable()


@given(st.text())
def test_nothing_that_is_obeyed_is_left_and_words_stay(text):
    shown = printable(text)
    assert not any(unicodedata.category(c).startswith("C") for c in shown)
    changed = {before for before, after in zip(text, shown, strict=True) if before != after}
    assert not any(c.isalnum() or c in " .,-_[]'" for c in changed)


@pytest.mark.parametrize("name", ["left thigh", "Übung 3 – 45°", "太郎", "31 %", "🦵", "[red]"])
def test_names_of_people_and_sensors_stay(name):
    assert printable(name) == name


@pytest.mark.parametrize("text", HOSTILE)
def test_what_sensors_and_files_call_themselves_is_shown_safely(text):
    assert Advertised(text).name.isprintable()
    identity = Identity(text, text, text, text, text)
    assert f"{identity.model}{identity.serial}{identity.tag}{identity.firmware}".isprintable()
    info = SensorInfo(text, text, text)
    assert f"{info.model}{info.serial}{info.firmware}".isprintable()


def test_a_message_about_a_file_does_not_obey_its_name(capsys, monkeypatch, tmp_path):
    hostile = tmp_path / "run\x1b]0;owned\x07.csv"
    monkeypatch.setattr("sys.argv", ["imu-hip", "info", str(hostile)])
    with pytest.raises(SystemExit) as ended:
        run()
    said = capsys.readouterr()
    assert ended.value.code == 2
    assert "run?]0;owned?.csv" in said.err
    assert "\x1b" not in said.out + said.err


def test_a_history_of_another_program_is_shown_safely(tmp_path, migrated_file, capsys):
    address = str(tmp_path / "history.sqlite")
    (tmp_path / "history.sqlite").write_bytes(migrated_file.read_bytes())
    history = open_history(address)
    person = history.add_person("[red]Ada[/red]")
    session = history.begin_session(
        person, "x\x1b[2J", Mode.ACTIVE, simulated=False, recording="/tmp/\x1b[31m.parquet"
    )
    history.add_repetition(session.id, repetition(counted=False, reason="\x1b[8m[bold]hidden"))
    history.finish_session(session.id, SessionState.STOPPED, (), "\u202eolleh\x9b31m")
    history.close()
    for show, asked in (
        (show_people, ()),
        (show_sessions, (None, 5)),
        (show_session, (session.id,)),
    ):
        show(address, *asked)
    said = capsys.readouterr().out
    assert "[red]Ada[/red]" in said
    assert "[bold]hidden" in said
    assert not any(unicodedata.category(c).startswith("C") for c in said.replace("\n", ""))
