"""One person's ranges over weeks: read, told, drawn and written."""

import csv
import json
from datetime import UTC, date, datetime

import numpy as np
import pytest

from imu_hip.errors import NothingMeasuredError
from imu_hip.history.records import Mode, Moment, SessionState
from imu_hip.history.store import open_history
from imu_hip.names import Direction, Side, Task
from imu_hip.report.compared_csv import write_trends_csv
from imu_hip.report.compared_table import trend_table
from imu_hip.report.dates import day_words, span_words
from imu_hip.report.trend_figure import day_ticks, trend_figure
from imu_hip.report.trend_page import render_trends, trend_document
from imu_hip.report.trend_sentences import TOO_FEW, trend_sentences
from imu_hip.report.trends import days_of, read_trend, read_trends, trend_of
from tests.unit.report.sessions import results, trend_points
from tests.unit.report.test_session_page import check_page

GAINING = [(0, 0.0), (3, 1.0), (11, 2.5), (14, 3.0), (21, 5.0), (60, 10.5), (63, 12.0)]

LEFT_INWARD = {(Side.LEFT, Direction.INTERNAL): (30.2, 31.5, 31.1)}


def trend(days_and_more, simulated=False, task=Task.SEATED, **kwargs):
    points = trend_points(days_and_more, task=task, **kwargs)
    return trend_of("Kim", task, Mode.ACTIVE, points, simulated=simulated)


def test_a_trend_has_a_series_for_each_leg_and_measure():
    found = trend(GAINING)
    assert [(one.side, one.measure) for one in found.series] == [
        (side, measure) for measure in ("internal", "external", "total_arc") for side in Side
    ]
    inward = found.series[0]
    assert inward.mdc95_deg == 9.0
    assert found.sessions == 7
    # Means of 30.2, 31.5, 31.1 plus what each session has more.
    assert inward.value_deg == pytest.approx(30.9333 + np.array([m for _, m in GAINING]), abs=1e-4)
    assert np.diff(days_of(inward.points)) == pytest.approx(np.diff([d for d, _ in GAINING]))


def test_a_gain_over_weeks_is_told_with_its_slope():
    told = trend_sentences(trend(GAINING))
    assert told[0].startswith("Your left hip's inward turn (foot moves out) grew by 11° in 9 weeks")
    assert told[-1].startswith("Latest, 5 May 2026, right: inward 51° ±2° (foot moves out)")


def test_without_a_measurable_change_that_is_said_once():
    told = trend_sentences(trend([(0, 0.0), (8, 1.0), (16, 0.0), (30, 1.5)]))
    assert told[0].startswith("No measurable change in 4 weeks: 1° at most is within")
    assert len(told) == 3


@pytest.mark.parametrize("days_and_more", [[(0, 0.0)], [(0, 0.0), (40, 20.0)]])
def test_few_sessions_are_silent_about_a_trend(days_and_more):
    found = trend(days_and_more)
    told = " ".join(trend_sentences(found))
    assert TOO_FEW in told
    assert "grew" not in told
    assert "No measurable change" not in told
    page = check_page(render_trends([found]))
    assert "Broad line" not in page


def test_retests_are_left_out():
    warm = trend_points([(0, 0.0)]) + trend_points([(0, 20.0)], moment=Moment.RETEST)
    found = trend_of("Kim", Task.SEATED, Mode.ACTIVE, warm, simulated=False)
    assert all(len(one.points) == 1 for one in found.series)


def test_sessions_that_measured_one_leg_leave_a_gap_in_the_table():
    both = trend_points([(0, 0.0)])
    right = trend_points([(0, 0.0), (9, 1.0)], {(Side.RIGHT, Direction.INTERNAL): (38.0, 39.0)})
    found = trend_of("Kim", Task.SEATED, Mode.ACTIVE, both + right[1:], simulated=False)
    document = trend_document(found)
    assert [len(series["points"]) for series in document["series"]][:2] == [1, 2]
    assert "–" in check_page(render_trends([found]))


def test_pages_documents_and_tables_of_every_kind():
    crossed = {(side, None): (20.0, 22.0, 21.0) for side in Side}
    kinds = [
        trend(GAINING),
        trend(GAINING, simulated=True),
        trend([(4.3 * i, 0.1 * i) for i in range(70)], peaks=LEFT_INWARD),
        trend(GAINING, task=Task.CROSS_LEGGED, peaks=crossed),
    ]
    for found in kinds:
        text = check_page(render_trends([found]))
        assert ("SIMULATED" in text) is found.simulated
        document = json.loads(json.dumps(trend_document(found), allow_nan=False))
        assert len(document["pictures"]) == len({s.measure for s in found.series} - {"total_arc"})
        assert document["sessions"] == found.sessions
        assert trend_table(found).row_count == min(found.sessions, 10)


def test_marks_and_bands_are_drawn_where_they_belong():
    found = trend(GAINING)
    svg = str(trend_figure(found.of("internal"), "t", "a trend"))
    # A group of markers for each leg with as many uses as sessions.
    assert svg.count("<title>a trend</title>") == 1
    assert svg.count("<use") >= 2 * len(GAINING)


@pytest.mark.parametrize(
    ("first", "last"),
    [
        (date(2026, 3, 1), date(2026, 3, 7)),
        (date(2026, 3, 1), date(2026, 6, 1)),
        (date(2025, 12, 20), date(2026, 1, 9)),
        (date(2026, 1, 5), date(2026, 12, 5)),
        (date(2024, 3, 1), date(2029, 3, 7)),
        (date(2000, 3, 1), date(2040, 3, 7)),
    ],
)
def test_ticks_are_few_whole_days_inside(first, last):
    ticks = day_ticks(first.toordinal() + 0.3, last.toordinal() + 0.7)
    assert 2 <= len(ticks) <= 7
    days = [day for day, _ in ticks]
    assert days == sorted(set(days))
    assert all(first < day <= last for day in days)
    assert len({words for _, words in ticks}) == len(ticks)


def test_days_and_spans_read_like_words():
    assert day_words(date(2026, 3, 3)) == "3 March 2026"
    # 13.9 days are days still, 14 are weeks, two years are years
    spans = {0.2: "1 day", 13.4: "13 days", 14.0: "2 weeks", 42.0: "6 weeks", 913.0: "2.5 years"}
    assert {days: span_words(days) for days in spans} == spans


def test_csv_has_a_row_for_each_range_of_each_session(tmp_path):
    path = tmp_path / "trend.csv"
    write_trends_csv([trend(GAINING)], path)
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 7 * 6
    first = rows[0]
    assert (first["task"], first["side"], first["measure"]) == ("seated", "left", "internal")
    assert (first["value_deg"], first["mdc95_between_days_deg"]) == ("30.9", "9.0")
    assert datetime.fromisoformat(first["started_utc"]) == datetime(2026, 3, 3, 12, tzinfo=UTC)


@pytest.fixture
def history(tmp_path):
    with open_history(str(tmp_path / "h.sqlite3")) as history:
        kim = history.add_person("Kim")
        jo = history.add_person("Jo")
        for person, simulated, found in (
            (kim, False, results()),
            (kim, True, results(more_deg=20.0)),
            (jo, True, results(task=Task.PRONE)),
        ):
            begun = history.begin_session(
                person, "seated", Mode.ACTIVE, simulated=simulated, recording="x.parquet"
            )
            history.finish_session(begun.id, SessionState.FINISHED, found)
        yield history


def test_real_results_are_read_and_virtual_ones_only_where_there_is_nothing_else(history):
    kim = read_trend(history, "kim", Task.SEATED, Mode.ACTIVE)
    assert (kim.person, kim.simulated, kim.sessions) == ("Kim", False, 1)
    (jo,) = read_trends(history, "Jo", Mode.ACTIVE)
    assert (jo.task, jo.simulated) == (Task.PRONE, True)


def test_what_a_person_lacks_is_told_with_what_there_is(history):
    with pytest.raises(NothingMeasuredError, match=r"of a prone test \(active\).*seated"):
        read_trend(history, "Kim", Task.PRONE, Mode.ACTIVE)
    with pytest.raises(NothingMeasuredError, match=r"no test results \(passive\)"):
        read_trends(history, "Kim", Mode.PASSIVE)
    history.add_person("New")
    with pytest.raises(NothingMeasuredError, match="imu-hip test"):
        read_trends(history, "New", Mode.ACTIVE)
