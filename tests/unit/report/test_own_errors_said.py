"""An own error between days is used by comparisons, trends, sessions, and says so every time."""

from dataclasses import replace
from datetime import timedelta

import pytest

from imu_hip.history.records import Mode, Moment
from imu_hip.measures.agreement import Interval
from imu_hip.measures.own_error import OwnError
from imu_hip.measures.repeated import Apart
from imu_hip.names import Direction, Task
from imu_hip.report.comparands import Comparand
from imu_hip.report.compared import compare
from imu_hip.report.comparison_page import comparison_numbers, render_comparison
from imu_hip.report.from_history import ranges_at
from imu_hip.report.own_error_words import error_phrase, source_words, sources_with_own
from imu_hip.report.session_advice import BETWEEN_DAYS, advice_for
from imu_hip.report.session_page import MDC_SOURCE, render_session
from imu_hip.report.session_sentences import result_sentences
from imu_hip.report.trend_page import render_trends, trend_numbers
from imu_hip.report.trend_sentences import trend_sentences
from imu_hip.report.trends import trend_of
from tests.unit.report.sessions import NOON, USUAL, material, results, trend_points
from tests.unit.report.test_session_page import check_page

OF_KIM = "own measurement error between days of 6°, from 12 repeated sessions of Kim"


def own(measure="internal", person="Kim", sem_deg=1.3, high_deg=2.1):
    """With an MDC95 whose upper limit is 2.771859 · 2.1 = 5.82°."""
    interval = Interval(sem_deg, 0.9, high_deg)
    people = 1 if person else 9
    return OwnError(Task.SEATED, measure, person, interval, 11, 12, people)


def owns(*errors):
    errors = errors or tuple(own(direction.value) for direction in Direction)
    return {(error.task, error.measure): error for error in errors}


def session(number, days, more_deg=0.0, **changes):
    made = Comparand(
        source=f"session {number}",
        side=None,
        moment=Moment.TEST,
        person="Kim",
        mode="active",
        started_utc=NOON + timedelta(days=days),
        simulated=False,
        version="0.1.0",
        ranges=ranges_at(Moment.TEST, results(more_deg=more_deg)),
        own=owns(),
    )
    return replace(made, **changes)


def test_a_comparison_takes_it_and_says_so():
    comparison = compare(session(1, 0), session(2, 30, 7.0))
    assert comparison.sentences[0] == (
        "On 2 April 2026 your left hip turns inward (foot moves out) 7° more than on 3 March 2026; "
        f"that is more than the {OF_KIM}."
    )
    numbers = comparison_numbers(comparison)
    assert {r["measure"]: r["mdc95_source"] for r in numbers["ranges"]} == {
        "internal": "own_of_person", "external": "own_of_person", "total_arc": "published",
    }  # fmt: skip
    text = check_page(render_comparison(comparison))
    assert "12 repeated sessions of Kim, 11 degrees of freedom" in text
    # The same without an own error is no measurable difference.
    plain = compare(session(1, 0, own={}), session(2, 30, 7.0, own={}))
    assert plain.sentences[0].startswith("No measurable difference")
    assert comparison_numbers(plain)["mdc_source"] == MDC_SOURCE


def test_on_one_day_between_legs_and_with_a_recording_it_does_not_count():
    same_day = compare(session(1, 0), session(2, 0.1, 7.0))
    assert {one.own for one in same_day.ranges} == {None}
    recording = session(2, 30, 7.0, person=None, mode=None, own={})
    for mixed in (compare(session(1, 0), recording), compare(recording, session(1, 60))):
        assert {one.own for one in mixed.ranges} == {None}
        assert "own" not in comparison_numbers(mixed)["mdc_source"].split("Between two days")[1]


def test_a_trend_takes_it_and_says_so():
    points = trend_points([(0, 0.0), (10, 2.0), (20, 5.0), (30, 7.0)])
    found = trend_of("Kim", Task.SEATED, Mode.ACTIVE, points, owns(), simulated=False)
    assert found.series[0].mdc95_deg == pytest.approx(5.8209, abs=1e-3)
    told = " ".join(trend_sentences(found))
    assert f"that is more than the {OF_KIM}" in told
    numbers = trend_numbers(found)
    assert [s["mdc95_source"] for s in numbers["series"]] == ["own_of_person"] * 4 + [
        "published"
    ] * 2
    assert "12 repeated sessions of Kim" in check_page(render_trends([found]))
    plain = trend_of("Kim", Task.SEATED, Mode.ACTIVE, points, simulated=False)
    assert trend_sentences(plain)[0].startswith("No measurable change")


def test_a_series_has_one_error_that_of_most_of_its_sessions():
    three = USUAL
    two = {key: values[:2] for key, values in USUAL.items()}
    mostly = [(three, 0), (three, 10), (two, 20)]
    found = trend_of("Kim", Task.SEATED, Mode.ACTIVE, _points(mostly), owns(), simulated=False)
    assert found.series[0].own == own("internal")
    rarely = [(two, 0), (two, 10), (three, 20)]
    found = trend_of("Kim", Task.SEATED, Mode.ACTIVE, _points(rarely), owns(), simulated=False)
    assert found.series[0].own is None
    # 16/√2 for two repetitions.
    assert found.series[0].mdc95_deg == pytest.approx(11.3137, abs=1e-3)


def _points(peaks_and_days):
    return tuple(
        replace(point, session=number, started_utc=NOON + timedelta(days=days))
        for number, (peaks, days) in enumerate(peaks_and_days, 1)
        for point in trend_points([(days, 0.0)], peaks)
    )


def test_a_session_and_the_live_result_take_it_and_say_so():
    told = result_sentences(results(more_deg=7.0), results(), owns())
    assert any(OF_KIM in sentence for sentence in told)
    made = material(last=results(more_deg=-7.0), own=owns())
    text = check_page(render_session(made))
    assert f"that is more than the {OF_KIM}" in text
    assert f"From one day to another only more than the {OF_KIM}, can be told" in text
    assert BETWEEN_DAYS not in text


def test_advice_names_both_where_only_one_turn_has_an_own_error():
    advice = advice_for(results(), owns(own("internal")))
    assert advice.dose[-1] == (
        "From one day to another only more than the own measurement error between days of 6° to "
        "9°, from 12 repeated sessions of Kim and published where there is none of its own, can be "
        "told from chance."
    )
    assert advice_for(results()).dose[-1] == BETWEEN_DAYS


def test_words_for_each_source():
    clinic = own(person=None)
    assert source_words(clinic) == "12 repeated sessions of 9 people of this clinic"
    assert error_phrase("9°", Apart.DAYS, [None]) == "measurement error between days of 9°"
    assert error_phrase("6°", Apart.SAME_DAY, [None]) == "measurement error of 6°"
    both = error_phrase("6°", Apart.DAYS, [own(), clinic])
    assert both.endswith(
        "from 12 repeated sessions of Kim and 12 repeated sessions of 9 people of this clinic"
    )
    assert sources_with_own("Published.", [None]) == "Published."
    assert sources_with_own("Published.", [own(), own(), None]).count("MDC95") == 1
