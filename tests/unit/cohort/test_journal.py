"""The journal of a cohort: what is done, what waits, what another run may not touch."""

import pytest

from imu_hip import __version__
from imu_hip.cohort.errors import CohortError
from imu_hip.cohort.finding import Found
from imu_hip.cohort.journal import Journal
from imu_hip.cohort.tidy import TidyRow
from imu_hip.cohort.work import Outcome, failure

ROW = TidyRow("seated", "left", "internal", 31.5, "°", 2.0, 5.5, 3, "good")
GOOD = Outcome((ROW,), "", final=True)
LISTED = [Found("/d/a", "1"), Found("/d/b", "1"), Found("/d/a", "1")]


@pytest.fixture
def journal(tmp_path):
    with Journal(tmp_path / "t.journal") as journal:
        assert journal.enlist(LISTED) == 2
        yield journal


def waiting(journal, version=__version__, task="auto"):
    return [recording for _, recording in journal.waiting(version, task)]


def test_what_was_measured_waits_no_more(journal):
    journal.keep(1, "auto", GOOD)
    assert waiting(journal) == ["/d/b"]
    assert journal.count_waiting(__version__, "auto") == 1
    (found,) = journal.measured()
    assert (found.recording, found.version, found.rows) == ("/d/a", __version__, (ROW,))


def test_another_version_or_task_measures_again(journal):
    journal.keep(1, "auto", GOOD)
    assert waiting(journal, version="99") == ["/d/a", "/d/b"]
    assert waiting(journal, task="run") == ["/d/a", "/d/b"]


def test_what_could_not_be_measured_is_told_and_waits_only_where_that_may_change(journal):
    journal.keep(1, "auto", failure("It is cut off.", final=True))
    journal.keep(2, "auto", failure("The network is down."))
    assert waiting(journal) == ["/d/b"]
    assert [problem.reason for problem in journal.problems()] == [
        "It is cut off.",
        "The network is down.",
    ]
    assert list(journal.measured()) == []


def test_a_run_goes_on_from_the_last(journal, tmp_path):
    journal.keep(1, "auto", GOOD)
    journal.keep(2, "auto", GOOD)
    journal.__exit__(None, None, None)
    with Journal(tmp_path / "t.journal") as later:
        # One is gone, one was changed, one is new.
        later.enlist([Found("/d/b", "2"), Found("/d/c", "1")])
        assert waiting(later) == ["/d/b", "/d/c"]
        assert [one.recording for one in later.measured()] == ["/d/b"]
    with Journal(tmp_path / "t.journal") as last:
        # What came back was not forgotten.
        last.enlist([Found("/d/a", "1")])
        assert waiting(last) == []


def test_many_wait_in_order_while_results_come_in(tmp_path):
    with Journal(tmp_path / "t.journal") as journal:
        journal.enlist(Found(f"/d/{n:04d}", "1") for n in range(250))
        seen = []
        for number, recording in journal.waiting(__version__, "auto"):
            journal.keep(number, "auto", GOOD)
            seen.append(recording)
    assert seen == [f"/d/{n:04d}" for n in range(250)]


def test_two_runs_do_not_write_one_journal(journal, tmp_path):
    with pytest.raises(CohortError, match="Another run is writing"):
        Journal(tmp_path / "t.journal").__enter__()


def test_a_damaged_journal_is_told(tmp_path):
    (tmp_path / "t.journal").write_bytes(b"SQLite format 3\0" + b"\xff" * 5000)
    with pytest.raises(CohortError, match="is damaged"):
        Journal(tmp_path / "t.journal").__enter__()


def test_a_journal_where_nobody_may_write_is_told(tmp_path):
    with pytest.raises(CohortError, match="cannot be written"):
        Journal(tmp_path / "no" / "folder" / "t.journal").__enter__()
