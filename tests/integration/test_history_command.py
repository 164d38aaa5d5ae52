"""`imu-hip history` as a person uses it."""

import io
import json
from pathlib import Path

import pytest

from imu_hip.bluetooth.on_sensor_session import DATA_VARIABLE
from imu_hip.history.address import ADDRESS_VARIABLE
from imu_hip.history.records import Mode, Moment
from imu_hip.history.store import open_history
from imu_hip.names import Direction, Sex, Side, Task
from tests.histories import bout, repetition, result, session


@pytest.fixture(autouse=True)
def _at_home(monkeypatch, tmp_path):
    monkeypatch.delenv(ADDRESS_VARIABLE, raising=False)
    monkeypatch.setenv(DATA_VARIABLE, str(tmp_path / "home"))
    monkeypatch.setenv("TZ", "UTC")


@pytest.fixture
def filled(tmp_path):
    """Anna with a test and a stretch, Bob with a virtual test; the number of Anna's test."""
    recording = tmp_path / "home" / "recordings" / "anna.parquet"
    recording.parent.mkdir(parents=True)
    recording.write_text("x")
    with open_history() as history:
        anna = history.add_person("Anna", Sex.FEMALE)
        number = session(
            history,
            anna,
            result(36.4, sem_deg=2.2, mdc95_deg=6.1),
            result(31.0, side=Side.RIGHT, measure="external", sd_deg=None),
            result(38.0, moment=Moment.RETEST),
            recording=str(recording),
        )
        history.add_repetition(number, repetition(1))
        lifted = {"counted": False, "reason": "the thigh lifted by [14]°"}
        history.add_repetition(number, repetition(2, direction=Direction.EXTERNAL, **lifted))
        history.add_bout(number, bout())
        history.add_report(number, str(tmp_path / "gone.html"))
        session(history, history.add_person("Bob [x]"), mode=Mode.PASSIVE, simulated=True)
    return number


def test_a_new_user_is_told_that_nothing_is_there_yet(cli):
    assert "knows nobody yet" in cli("history", "people").out
    assert "holds no session yet" in cli("history", "list").out


def test_people_and_sessions_are_listed(cli, filled):
    lines = cli("history", "people").out.splitlines()
    assert any("Anna" in line and "female" in line and " 1 " in line for line in lines)
    assert any("Bob [x]" in line for line in lines)
    everything = cli("history", "list").said
    assert everything.index("Bob [x]") < everything.index("Anna")
    assert "finished, simulated" in everything
    hers = cli("history", "list", "ANNA", "--limit", "1").said
    assert "Anna" in hers
    assert "Bob" not in hers


def test_a_session_is_shown_with_the_error_of_each_result(cli, filled):
    said = cli("history", "show", filled).said
    for words in (
        f"Session {filled}: seated, active, of Anna",
        "36° ±2°",
        "inward turn, foot moves out",
        "outward turn, foot moves in",
        "retest",
        "no: the thigh lifted by [14]°",
        "45 s",
        "gone.html (not there any more)",
    ):
        assert words in said
    for line in cli("history", "show", filled).out.splitlines():
        assert ("±" in line) == ("Seated test: " in line and "°" in line and " 3 " in line) or (
            "1.2 s" in line
        )


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("list", "Carl"), ["Nobody is called Carl", "Anna, Bob [x]"]),
        (("show", "99"), ["There is no session 99", "imu-hip history list"]),
        (("export", "Carl", "out"), ["Known are"]),
        (("export", "Anna", "."), ["is not empty"]),
        (("backup", "home/history.sqlite"), ["is there already"]),
        (("restore", "home/history.sqlite"), ["not empty"]),
        (("rename", "Anna", "bob [X]"), ["Somebody is called"]),
        (("rename", "Anna", " "), ["empty"]),
        (("delete", "Carl", "--yes"), ["Nobody is called"]),
        (("people", "--db", "absent.sqlite"), ["There is no history absent.sqlite"]),
        (("people", "--db", "oracle://anna:secret@x/y"), ["cannot be kept in oracle"]),
    ],
)
def test_what_cannot_be_is_told_in_one_sentence(refused, filled, arguments, words):
    outcome = refused("history", *arguments, words=words)
    assert "secret" not in outcome.err


def test_a_report_is_written_anew_and_norms_only_for_who_asks(cli, refused, filled, tmp_path):
    plain, clinical, paper = (tmp_path / name for name in ("a.html", "b.html", "c.pdf"))
    cli("history", "report", str(filled), str(plain))
    cli("history", "report", str(filled), str(clinical), "--clinician")
    cli("history", "report", str(filled), str(paper))
    assert "36° ±2°" in plain.read_text("utf-8")
    assert "For clinicians" not in plain.read_text("utf-8")
    assert "For clinicians" in clinical.read_text("utf-8")
    assert paper.read_bytes().startswith(b"%PDF")
    refused("history", "report", filled, plain, words=["exists already"])
    refused("history", "report", filled, "a.txt", words=["neither .html nor .pdf"])
    refused("history", "report", 99, "d.html", words=["There is no session 99"])


def test_a_person_is_exported_and_what_is_missing_told(cli, filled):
    outcome = cli("history", "export", "anna", "anna.zip")
    assert "Wrote 1 session and 1 file to anna.zip" in outcome.out
    assert "gone.html is not in the export: it is not there" in outcome.complaint
    cli("history", "export", "anna", "anna")
    document = json.loads(Path("anna/person.json").read_text("utf-8"))
    assert document["sessions"][0]["results"][0]["value_deg"] == 36.4


def test_a_person_is_deleted_only_after_a_yes(cli, filled, monkeypatch, tmp_path):
    recording = tmp_path / "home" / "recordings" / "anna.parquet"
    monkeypatch.setattr("sys.stdin", io.StringIO())
    refusal = cli("history", "delete", "anna")
    assert (refusal.status, "Nothing was deleted" in refusal.err) == (2, True)
    monkeypatch.setattr("typer.confirm", lambda question: "with their recordings" in question)
    assert cli("history", "delete", "anna").status == 2
    assert recording.exists()
    done = cli("history", "delete", "anna", "--recordings")
    assert "Deleted Anna, 1 session and 1 file." in done.out
    assert "gone.html was left" in done.complaint
    assert not recording.exists()
    assert "Anna" not in cli("history", "people").out


def test_a_backup_goes_into_another_history(cli, filled):
    assert "Wrote 2 people to b.sqlite" in cli("history", "backup", "b.sqlite").out
    restored = cli("history", "restore", "b.sqlite", "--db", "new.sqlite").said
    assert "Read 2 people and 2 sessions into" in restored
    shown = [cli("history", "show", filled, "--db", db).out for db in ("new.sqlite", "b.sqlite")]
    assert shown[0] == shown[1] == cli("history", "show", filled).out


def test_a_person_gets_another_name(cli, filled):
    assert "Anna is called runner 7 now." in cli("history", "rename", "anna", " runner  7 ").out
    assert "runner 7" in cli("history", "show", filled).out


def test_the_same_in_postgresql(cli, postgresql, monkeypatch, filled):
    cli("history", "backup", "b.sqlite")
    monkeypatch.setenv(ADDRESS_VARIABLE, postgresql)
    restored = cli("history", "restore", "b.sqlite").said
    assert "into PostgreSQL database imu_hip_test" in restored
    assert ":***" not in restored
    assert "36° ±2°" in cli("history", "show", filled).out
    cli("history", "delete", "anna", "--yes")
    assert "Bob [x]" in cli("history", "people").out
    with open_history() as history:
        assert history.trend(history.person("bob [x]"), Task.SEATED, Mode.PASSIVE) == ()


@pytest.mark.parametrize(
    "command",
    ["people", "list", "show", "report", "export", "delete", "rename", "backup", "restore"],
)
def test_every_command_gives_an_example(cli, command):
    assert f"Example: imu-hip history {command}" in cli("history", command, "--help").said
