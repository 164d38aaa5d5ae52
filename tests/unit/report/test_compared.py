"""Two results compared: what is refused, what is said, and the page of it."""

import csv
import json
from dataclasses import replace
from datetime import timedelta

import pytest

from imu_hip.errors import ImuHipError
from imu_hip.history.records import Mode, Moment, SessionState
from imu_hip.history.store import open_history
from imu_hip.measures.between_days import BETWEEN_DAYS_MDC95_DEG
from imu_hip.measures.repeated import NotComparableError
from imu_hip.names import Side, Task
from imu_hip.report.comparands import Comparand, both_legs, comparand
from imu_hip.report.compared import compare, compare_sessions
from imu_hip.report.compared_csv import write_comparison_csv
from imu_hip.report.compared_table import comparison_table
from imu_hip.report.comparison_page import comparison_document, render_comparison
from imu_hip.report.from_history import ranges_at
from tests.unit.report.sessions import NOON, results
from tests.unit.report.test_session_page import check_page


def session(number=9, days=0.0, found=None, moment=Moment.TEST, **changes):
    made = Comparand(
        source=f"session {number}",
        side=None,
        moment=moment,
        person="Kim",
        mode="active",
        started_utc=NOON + timedelta(days=days),
        simulated=False,
        version="0.1.0",
        ranges=ranges_at(moment, results() if found is None else found),
    )
    return replace(made, **changes)


def later(more_deg=11.0, **changes):
    return session(12, 30.0, results(more_deg=more_deg), **changes)


def test_two_days_are_put_in_order_and_judged_by_the_error_between_days():
    comparison = compare(later(), session())
    assert (comparison.first.source, comparison.second.source) == ("session 9", "session 12")
    single = [one for one in comparison.ranges if one.measure != "total_arc"]
    assert [one.difference_deg for one in single] == pytest.approx([11.0] * 4)
    assert {one.mdc95_deg for one in single} == {BETWEEN_DAYS_MDC95_DEG}
    assert comparison.sentences[0] == (
        "On 2 April 2026 your left hip turns inward (foot moves out) 11° more than on 3 March "
        "2026; that is more than the measurement error between days of 9°."
    )
    assert not comparison.of_legs


def test_one_leg_against_a_whole_session_is_that_leg_over_time():
    left = [one for one in session().ranges if one.side is Side.LEFT]
    comparison = compare(session(side=Side.LEFT, ranges=tuple(left)), later())
    assert not comparison.of_legs
    assert {one.side for one in comparison.ranges} == {Side.LEFT}
    assert comparison_document(comparison)["kind"] == "times"


def test_two_sessions_of_one_day_have_the_error_of_a_day():
    comparison = compare(session(), session(12, 0.01, results(more_deg=7.5)))
    single = [one for one in comparison.ranges if one.measure != "total_arc"]
    assert all(one.mdc95_deg < BETWEEN_DAYS_MDC95_DEG for one in single)
    assert comparison.sentences[0].startswith("In session 12 your left hip turns inward")


def test_before_and_after_a_stretch_are_one_session():
    test = session()
    retest = session(9, 0.0, results(more_deg=8.0, moment=Moment.RETEST), Moment.RETEST)
    comparison = compare(retest, test)
    assert comparison.first.moment is Moment.TEST
    assert comparison.sentences[0].startswith("After the stretch your left hip turns inward")
    assert any("warm muscle" in note for note in comparison.notes)


def test_the_legs_of_one_test_are_compared_with_balance_and_percent():
    left, right = both_legs(session())
    comparison = compare(right, left)
    assert comparison.of_legs
    inward = comparison.ranges[0]
    # 39.0667 minus 30.9333
    assert inward.difference_deg == pytest.approx(8.1333, abs=1e-4)
    assert inward.percent_of_larger == pytest.approx(79.18, abs=0.01)
    assert comparison.percents[0].startswith("Inward turn (foot moves out): the left reaches 79 %")
    assert [balance.side for balance in comparison.balances] == list(Side)
    assert comparison.notes == ()


def test_one_leg_named_limits_the_comparison_to_it():
    left, _ = both_legs(session())
    comparison = compare(left, later())
    assert {one.side for one in comparison.ranges} == {Side.LEFT}


@pytest.mark.parametrize(
    ("one", "other", "words"),
    [
        (session(), session(), "is named twice"),
        (session(), later(person="Jo"), "Session 9 is of Kim, session 12 of Jo"),
        (session(), later(mode="passive"), "One range is active, the other passive"),
        (session(), later(simulated=True), "virtual sensors"),
        (both_legs(session())[0], both_legs(later())[1], "differ in leg and time"),
        (both_legs(session())[0], both_legs(later())[1], "would tell neither"),
        (
            session(),
            session(12, 1.0, results(task=Task.PRONE)),
            "the seated test, the other the prone test",
        ),
    ],
)
def test_what_is_not_alike_is_refused_in_words(one, other, words):
    with pytest.raises(NotComparableError, match=words):
        compare(one, other)


def test_sessions_without_a_leg_in_common_are_refused():
    left, right = both_legs(session())
    other = replace(later(), ranges=tuple(r for r in later().ranges if r.side is Side.RIGHT))
    with pytest.raises(NotComparableError):
        compare(replace(left, side=None), other)
    assert compare(replace(right, side=None), other).ranges


def test_a_recording_says_what_is_not_known_of_it():
    unknown = {"person": None, "mode": None, "started_utc": None, "version": ""}
    recording = session(**unknown, source="evening.parquet")
    comparison = compare(recording, later())
    assert len(comparison.notes) == 2
    assert comparison.ranges[0].mdc95_deg == BETWEEN_DAYS_MDC95_DEG
    assert "In session 12 your left hip" in comparison.sentences[0]
    assert "than in evening.parquet" in comparison.sentences[0]


def test_versions_that_differ_are_told():
    assert "0.1.0 and 0.2.0" in compare(session(), later(version="0.2.0")).notes[0]


def comparisons():
    several = results() + results({(s, None): (14.0, 12.0) for s in Side}, task=Task.CROSS_LEGGED)
    crossed = ranges_at(Moment.TEST, results({(s, None): (14.0,) for s in Side},
                                             task=Task.CROSS_LEGGED))  # fmt: skip
    return {
        "days": compare(session(), later()),
        "legs": compare(*both_legs(session())),
        "several": compare(session(found=several), session(12, 3.0, several)),
        "slopes": compare(session(ranges=crossed), later(ranges=crossed)),
        "simulated": compare(session(simulated=True), later(simulated=True)),
    }


@pytest.mark.parametrize("kind", list(comparisons()))
def test_every_comparison_has_a_page_a_document_and_a_table(kind):
    comparison = comparisons()[kind]
    text = check_page(render_comparison(comparison))
    for sentence in (*comparison.sentences, *comparison.balance_sentences):
        assert sentence in text
    assert ("SIMULATED" in text) is (kind == "simulated")
    document = json.loads(json.dumps(comparison_document(comparison), allow_nan=False))
    assert document["kind"] == ("legs" if kind == "legs" else "times")
    assert document["sentences"] == list(comparison.sentences)
    assert document["picture_svg"].startswith("<svg")
    assert len(document["ranges"]) == len(comparison.ranges)
    assert comparison_table(comparison).row_count == len(comparison.ranges)


def test_numbers_in_the_document_have_units_and_the_right_sign():
    one = comparison_document(compare(later(), session()))["ranges"][0]
    assert (one["task"], one["side"], one["measure"]) == ("seated", "left", "internal")
    # Means of 30.2, 31.5, 31.1, and of the same plus 11.
    assert (one["first_deg"], one["second_deg"], one["difference_deg"]) == (30.9, 41.9, 11.0)
    assert (one["mdc95_deg"], one["measurable"]) == (9.0, True)


def test_csv_has_a_row_for_each_range(tmp_path):
    path = tmp_path / "compared.csv"
    write_comparison_csv(compare(*both_legs(session())), path)
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["measure"] for row in rows] == ["internal", "external", "total_arc"]
    assert rows[0]["first"] == "session 9 (3 March 2026), left"
    assert (rows[0]["difference_deg"], rows[0]["measurable"]) == ("8.1", "true")
    assert rows[0]["side"] == ""


@pytest.fixture
def history(tmp_path):
    with open_history(str(tmp_path / "h.sqlite3")) as history:
        kim = history.add_person("Kim")
        for found in (
            results(),
            results(more_deg=11.0) + results(more_deg=14.0, moment=Moment.RETEST),
            (),
        ):
            begun = history.begin_session(
                kim, "seated", Mode.ACTIVE, simulated=False, recording="x.parquet"
            )
            history.finish_session(begun.id, SessionState.FINISHED, found)
        yield history


def test_words_find_sessions_people_legs_and_moments(history):
    assert comparand("1", lambda: history).source == "session 1"
    # The third session of Kim is empty, so the second is the latest with results.
    assert comparand("kim", lambda: history).source == "session 2"
    retest = comparand("Kim:retest:left", lambda: history)
    assert (retest.moment, retest.side, len(retest.ranges)) == (Moment.RETEST, Side.LEFT, 3)
    assert retest.words.endswith(", after the stretch, left")
    assert compare_sessions(history, 1, 2).sentences


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("77", "no session 77"),
        ("1:retest", "Session 1 holds no measured test after the stretch"),
        ("3", "Session 3 holds no measured test"),
        ("Jo", "Jo"),
        ("folder/none.parquet", "There is no file folder/none.parquet"),
        ("none.parquet:left", "There is no file none.parquet"),
    ],
)
def test_what_is_not_there_is_told(history, words, told):
    with pytest.raises(ImuHipError, match=told):
        comparand(words, lambda: history)
