"""`imu-hip compare` and `imu-hip trend` as a person uses them."""

import csv
import json
import sqlite3
from datetime import timedelta
from pathlib import Path

import pytest

from imu_hip.history.address import ADDRESS_VARIABLE
from imu_hip.history.records import Mode, Moment, SessionState
from imu_hip.history.store import open_history
from imu_hip.names import Side, Task
from tests.unit.report.sessions import NOON, results

RECORDINGS = Path(__file__).parents[2] / "recordings"


@pytest.fixture(scope="session")
def kept(tmp_path_factory):
    """A history: five sessions of Kim over weeks, the last with a retest, and others."""
    path = tmp_path_factory.mktemp("history") / "history.sqlite3"
    with open_history(str(path)) as history:
        kim, jo = history.add_person("Kim"), history.add_person("Jo")
        plans = [
            (kim, 0, Mode.ACTIVE, results()),
            (kim, 10, Mode.ACTIVE, results(more_deg=2.0)),
            (kim, 20, Mode.ACTIVE, results(more_deg=6.0)),
            (kim, 40, Mode.ACTIVE, results(more_deg=13.0) + results(moment=Moment.RETEST)),
            (kim, 41, Mode.PASSIVE, results(more_deg=5.0)),
            (kim, 42, Mode.ACTIVE, results(task=Task.PRONE)),
            (kim, 43, Mode.ACTIVE, ()),
            (jo, 3, Mode.ACTIVE, results()),
        ]
        for person, _, mode, found in plans:
            begun = history.begin_session(
                person, "seated", mode, simulated=False, recording="x.parquet"
            )
            history.finish_session(begun.id, SessionState.FINISHED, found)
    days = [days for _, days, _, _ in plans]
    connection = sqlite3.connect(path)
    for number, day in enumerate(days, 1):
        moment = (NOON + timedelta(days=day)).strftime("%Y-%m-%d %H:%M:%S.%f")
        connection.execute("UPDATE sessions SET started_utc = ? WHERE id = ?", (moment, number))
    connection.commit()
    connection.close()
    return path


@pytest.fixture(autouse=True)
def _its_history(monkeypatch, kept):
    monkeypatch.setenv(ADDRESS_VARIABLE, str(kept))


def test_two_sessions_give_table_sentences_page_csv_and_json(cli):
    outcome = cli("compare", 4, 1, "--out", "report", "--csv", "c.csv", "--json", "c.json")
    assert outcome.status == 0
    assert "On 12 April 2026 your left hip turns inward (foot moves out) 13° more" in outcome.out
    assert "between days of 9°" in outcome.out
    (page,) = Path("report").iterdir()
    assert page.name == "comparison_session_1_session_4_test.html"
    assert str(page.resolve()) in outcome.out
    with Path("c.csv").open(encoding="utf-8", newline="") as file:
        assert [row["difference_deg"] for row in csv.DictReader(file)][:2] == ["13.0", "13.0"]
    document = json.loads(Path("c.json").read_text(encoding="utf-8"))
    assert document["first"]["words"] == "session 1 (3 March 2026)"


def test_legs_and_retests_are_named_by_their_words(cli):
    legs = cli("compare", "4:left", "4:right")
    assert "less than your right" in legs.out
    assert "Right minus left" in legs.out
    assert Path("imu_hip_report/comparison_session_4_left_right.html").is_file()
    retest = cli("compare", "4:test", "4:retest", "--json", "r.json")
    assert "After the stretch your left hip turns inward (foot moves out) 13° less" in retest.out
    assert "warm muscle" in retest.out


def test_recordings_are_analysed_on_the_fly_without_a_history(cli, monkeypatch, tmp_path):
    monkeypatch.setenv(ADDRESS_VARIABLE, str(tmp_path / "none.sqlite3"))
    recording = RECORDINGS / "simulated_seated.parquet"
    outcome = cli("compare", f"{recording}:left", f"{recording}:right", "--json", "c.json")
    assert outcome.status == 0
    assert "Simulated" in outcome.out
    found = json.loads(Path("c.json").read_text(encoding="utf-8"))
    assert [one["measure"] for one in found["ranges"]] == ["internal", "external", "total_arc"]
    assert not (tmp_path / "none.sqlite3").exists()


@pytest.mark.parametrize(
    ("one", "other", "words"),
    [
        ("1", "99", ("no session 99",)),
        ("1", "7", ("Session 7 holds no measured test",)),
        ("1", "5", ("One range is active, the other passive",)),
        ("1", "6", ("seated test", "prone test", "different positions")),
        ("1", "8", ("Session 1 is of Kim, session 8 of Jo",)),
        ("1:left", "2:right", ("would tell neither",)),
        ("2", "2", ("named twice",)),
        ("nobody", "1", ("nobody",)),
        ("none.parquet", "1", ("There is no file none.parquet",)),
    ],
)
def test_what_cannot_be_compared_is_refused_in_one_sentence(refused, one, other, words):
    refused("compare", one, other, "--json", "c.json", words=words)


def test_results_never_overwrite_each_other(refused):
    refused("compare", 1, 2, "--json", "x", "--csv", "x", words=("named for two results",))
    refused("trend", "Kim", "--json", "x", "--csv", "x", words=("named for two results",))


def test_a_recording_is_never_overwritten(refused, tmp_path):
    copy = tmp_path / "evening.parquet"
    copy.write_bytes((RECORDINGS / "simulated_seated.parquet").read_bytes())
    before = copy.read_bytes()
    refused("compare", f"{copy}:left", f"{copy}:right", "--csv", copy, words=("belongs to",))
    assert copy.read_bytes() == before


def test_the_trend_of_a_person_is_told_drawn_and_written(cli):
    outcome = cli("trend", "kim", "--task", "seated", "--out", "report", "--csv", "t.csv")
    assert outcome.status == 0
    assert "grew by 13" in outcome.out
    assert "2: 13 Mar 2026" in outcome.out
    assert Path("report/trend_person_1.html").is_file()
    with Path("t.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    # Four sessions with six measures; not the passive one, the prone one or the retest.
    assert len(rows) == 24
    assert {row["side"] for row in rows} == {side.value for side in Side}


def test_without_a_task_every_test_is_shown(cli):
    cli("trend", "Kim", "--json", "t.json")
    found = json.loads(Path("t.json").read_text(encoding="utf-8"))["trends"]
    assert [one["task"] for one in found] == ["seated", "prone"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("nobody",), ("nobody",)),
        (("Kim", "--task", "cross-legged"), ("no results of a cross-legged test", "seated test")),
        (("Jo", "--mode", "passive"), ("no test results (passive)", "seated test (active)")),
    ],
)
def test_a_trend_of_nothing_is_refused_in_one_sentence(refused, arguments, words):
    refused("trend", *arguments, "--json", "t.json", words=words)
