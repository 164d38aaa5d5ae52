"""`imu-hip reliability` as a person uses it, and what its --use does to the other commands."""

import csv
import json
import sqlite3
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest

from imu_hip.history.address import ADDRESS_VARIABLE
from imu_hip.history.records import Mode, SessionState
from imu_hip.history.store import open_history
from imu_hip.names import Direction, Side, Task
from tests.unit.report.sessions import NOON, results

ERROR_DEG = 1.5


@pytest.fixture(scope="session")
def repeated(tmp_path_factory):
    """A history: Anna with 15 sessions, six others with 3, a gain of 7° of Bob, virtual ones."""
    path = tmp_path_factory.mktemp("repeated") / "history.sqlite3"
    random = np.random.default_rng(11)
    plans = [("Anna", day, 0.0, False) for day in range(0, 30, 2)]
    plans += [(f"person {n}", day, 0.0, False) for n in range(6) for day in (0, 3, 6)]
    plans += [("Bob", 0, 0.0, False), ("Bob", 60, 7.0, False), ("Vic", 0, 0.0, True)]
    with open_history(str(path)) as history:
        for alias, _, more_deg, simulated in plans:
            begun = history.begin_session(
                history.add_person(alias), "seated", Mode.ACTIVE, simulated=simulated, recording=""
            )
            error = 0.0 if alias == "Bob" else ERROR_DEG
            peaks = {
                (side, direction): tuple(
                    35.0 + more_deg + random.normal(0.0, error) + np.array([-0.4, 0.0, 0.4])
                )
                for side in Side
                for direction in Direction
            }
            history.finish_session(begun.id, SessionState.FINISHED, results(peaks))
    with sqlite3.connect(path) as connection:
        for number, (_, day, _, _) in enumerate(plans, 1):
            moment = (NOON + timedelta(days=day)).strftime("%Y-%m-%d %H:%M:%S.%f")
            connection.execute("UPDATE sessions SET started_utc = ? WHERE id = ?", (moment, number))
    connection.close()
    return path


@pytest.fixture(autouse=True)
def _its_history(monkeypatch, tmp_path, repeated):
    copy = tmp_path / "history.sqlite3"
    copy.write_bytes(repeated.read_bytes())
    monkeypatch.setenv(ADDRESS_VARIABLE, str(copy))


def test_everybodys_repeats_give_table_sentences_page_csv_and_json(cli):
    outcome = cli("reliability", "--out", "report", "--csv", "r.csv", "--json", "r.json")
    assert outcome.status == 0
    assert "Seated test, inward turn, foot moves out: Two sessions must differ by" in outcome.said
    assert "from 33 sessions of 7 people" in outcome.said
    assert "can take the place of the published 9.0° (--use)" in outcome.said
    # Bob's second session lies 60 days after his first one: each of them stands alone.
    assert "4 legs measured once only" in outcome.said
    (page,) = Path("report").iterdir()
    assert page.name == "reliability_everybody.html"
    assert "Anna" not in page.name
    with Path("r.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["legs"] for row in rows[:3]] == ["all", "left", "right"]
    # 1.5° simulated; 26 degrees of freedom hold it to a third.
    assert float(rows[0]["sem"]) == pytest.approx(ERROR_DEG, rel=0.34)
    document = json.loads(Path("r.json").read_text(encoding="utf-8"))
    assert document["schema"] == "imu_hip.reliability/1"
    assert document["simulated"] is False


def test_used_for_everybody_it_changes_comparisons_and_says_so_and_goes_back(cli):
    # Sessions 34 and 35 are Bob's; 7° more is less than the published 9°.
    before = cli("compare", 34, 35, "--json", "b.json")
    assert "No measurable difference" in before.said
    used = cli("reliability", "--use", "--json", "r.json")
    assert used.status == 0
    assert "Used from now on for everybody who has no own error (active):" in used.said
    after = cli("compare", 34, 35, "--json", "a.json")
    assert "7° more than" in after.said
    assert "from 33 repeated sessions of 7 people of this clinic" in after.said
    sources = {r["mdc95_source"] for r in json.loads(Path("a.json").read_text("utf-8"))["ranges"]}
    assert sources == {"own_of_clinic"}
    trend = cli("trend", "Anna", "--json", "t.json")
    assert "own measurement error between days of" in trend.said
    cli("reliability", "--person", "Anna", "--use", "--json", "r.json")
    hers = cli("trend", "Anna", "--json", "t.json")
    assert "from 15 repeated sessions of Anna" in hers.said
    back = cli("reliability", "--person", "Anna", "--use-published")
    assert "The error of everybody in this clinic, which is kept, too, holds instead." in back.said
    assert "The published error" in cli("reliability", "--use-published").said
    assert "nothing changed" in cli("reliability", "--use-published").said
    assert cli("compare", 34, 35, "--json", "c.json").out == before.out


def test_a_report_of_a_session_says_whose_error_it_takes(cli):
    cli("reliability", "--person", "Anna", "--task", "seated", "--use", "--json", "r.json")
    cli("history", "report", 15, "anna.html")
    page = Path("anna.html").read_text(encoding="utf-8")
    assert "repeated sessions of Anna" in page
    cli("history", "report", 33, "other.html")
    assert "repeated sessions of" not in Path("other.html").read_text(encoding="utf-8")


def test_a_persons_own_error_is_in_their_export_and_goes_with_them(cli):
    cli("reliability", "--person", "Anna", "--use", "--json", "r.json")
    cli("history", "export", "Anna", "out")
    with Path("out/measurement_errors.csv").open(encoding="utf-8", newline="") as file:
        assert {row["measure"] for row in csv.DictReader(file)} == {
            "internal", "external", "total_arc",
        }  # fmt: skip
    assert cli("history", "delete", "Anna", "--yes").status == 0


def test_a_table_of_a_cohort_is_told_without_a_history(cli, monkeypatch, tmp_path):
    monkeypatch.setenv(ADDRESS_VARIABLE, str(tmp_path / "none.sqlite3"))
    random = np.random.default_rng(2)
    lines = ["person,session,recording,task,side,measure,value,unit,repetitions"]
    for person in range(6):
        for session in range(3):
            value = 35 + 3 * person + random.normal(0.0, 2.0)
            lines.append(f"{person},{session},x,run,left,excursion,{value:.3f},°,40")
    Path("cohort.csv").write_text("\n".join(lines), encoding="utf-8")
    outcome = cli("reliability", "--table", "cohort.csv", "--csv", "r.csv", "--out", "report")
    assert outcome.status == 0
    assert "from 18 sessions of 6 people" in outcome.said
    assert "--use" not in outcome.said
    assert Path("report/reliability_cohort.html").is_file()
    assert not (tmp_path / "none.sqlite3").exists()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--person", "nobody"), ("Nobody is called nobody", "Anna")),
        (("--person", "Bob"), ("Nothing was measured twice", "within 28 days")),
        (("--task", "prone"), ("no results of a prone test", "(active)")),
        (("--mode", "passive"), ("no results in the history (passive)",)),
        (("--table", "none.csv"), ("There is no table none.csv",)),
        (("--table", "t.csv"), ("t.csv has no column session",)),
        (("--table", "t.csv", "--use"), ("--use does not go with --table",)),
        (("--table", "t.csv", "--use-published"), ("--use-published does not go",)),
        (("--table", "t.csv", "--mode", "active"), ("who moved the leg",)),
        (("--table", "t.csv", "--sessions-within", "3"), ("on what day",)),
        (("--table", "t.csv", "--csv", "t.csv"), ("belongs to",)),
        (("--csv", "x", "--json", "x"), ("named for two results",)),
        (("--table", "nan.csv"), ("twice", "2 values without a number", "several sessions")),
        (("--table", "nan.csv", "--task", "run"), ("no results of a run in nan.csv. Choose",)),
    ],
)
def test_what_cannot_be_told_is_refused_in_one_sentence(refused, arguments, words):
    Path("t.csv").write_text("person,value\na,1\n", encoding="utf-8")
    head = "person,session,task,side,measure,value\n"
    rows = "".join(f"a,{n},seated,left,internal,nan\n" for n in range(2))
    Path("nan.csv").write_text(head + rows, encoding="utf-8")
    refused("reliability", *arguments, words=words)


def test_an_error_that_is_not_sure_is_told_and_not_taken(cli, refused):
    words = ("No own error is sure enough", "2 beyond the first", "10 are needed")
    refused("reliability", "--person", "person 1", "--use", words=words, nothing_written=False)
    assert "nothing changed" in cli("reliability", "--person", "person 1", "--use-published").said


def test_virtual_sensors_are_never_mixed_with_real_ones(cli, refused):
    refused("reliability", "--person", "Vic", words=("Nothing was measured twice",))
    assert "7 people" in cli("reliability", "--task", Task.SEATED, "--json", "r.json").said
