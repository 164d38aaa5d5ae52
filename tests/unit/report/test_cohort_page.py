"""The page of a cohort: what is said of groups of one, two and many people."""

import re

import numpy as np
import pytest

from imu_hip.cohort.plan import CohortResult, Problem, beside
from imu_hip.cohort.table import write_problems, write_table
from imu_hip.measures.agreement import Interval
from imu_hip.names import Side, Task
from imu_hip.report.cohort_numbers import NOT_GIVEN, read_numbers
from imu_hip.report.cohort_page import MOST_PROBLEMS, OPEN_PROBLEMS, cohort_page, write_cohort_page
from imu_hip.report.cohort_wording import mean_words

MDC = 6.0


def turn(person, side, value, *, session="1", group="", quality="good", task="seated"):
    recording = f"{person}/{session}.parquet"
    measure = "cycle_excursion" if task == "run" else "internal"
    first = (person, session, recording, task, side, measure, value, "°", MDC / 2.77, MDC)
    return (*first, 3, quality, "1.0", group)


@pytest.fixture
def cohort(tmp_path):
    """Write a table and its problems, as a cohort does."""

    def cohort(rows, problems=()):
        table = tmp_path / "study.parquet"
        count = write_table(rows, table, (("sex", False),))
        failed = write_problems(problems, beside(table, "problems.csv"))
        recordings = len({row[2] for row in rows}) + failed
        listed = beside(table, "problems.csv")
        notes = ("A note.",)
        return CohortResult(table, listed, recordings, 0, failed, count, ("sex",), notes)

    return cohort


def people(group, count, left, right):
    """People whose legs turn by steps of 2° about a mean."""
    steps = 2.0 * (np.arange(count) - (count - 1) / 2)
    return [
        turn(f"{group}{n}", side.value, mean + step, group=group)
        for n, step in enumerate(steps)
        for side, mean in ((Side.LEFT, left), (Side.RIGHT, right))
    ]


def said(result, group="sex"):
    (section,) = cohort_page(result, group).sections
    return section.sentences


def test_each_person_counts_once(cohort):
    rows = [turn("anna", "left", 30.0, session=str(n)) for n in range(9)]
    rows += [turn("ben", "left", 40.0), turn("cleo", "left", 50.0)]
    (measure,) = read_numbers(cohort(rows).table, None).measures
    # 30, 40 and 50, however often Anna came.
    assert measure.groups[0].mean(Side.LEFT).value == pytest.approx(40.0)
    assert measure.groups[0].people == 3


def test_two_groups_are_compared_with_the_interval_of_welch(cohort):
    result = cohort(people("female", 5, 38.0, 40.0) + people("male", 5, 30.0, 32.0))
    # 39 and 31; steps of 2° have a standard deviation of √10, so √2 is the error of each mean and
    # 2 that of their difference; 2.306 is Student's quantile for eight degrees of freedom.
    assert said(result)[0] == (
        "Inward turn, mean of both sides: female: 39° (35 to 43°), 5 people; "
        "male: 31° (27 to 35°), 5 people."
    )
    assert said(result)[1] == "male: 8° less than female (95 % interval −13 to −3°)."


def test_groups_that_do_not_differ_are_said_so(cohort):
    result = cohort(people("female", 5, 38.0, 40.0) + people("male", 5, 37.5, 39.5))
    assert "male and female do not differ by more than chance" in said(result)[1]


def test_a_group_of_two_is_not_compared_and_has_no_interval(cohort):
    result = cohort(people("female", 5, 38.0, 40.0) + people("male", 2, 30.0, 32.0))
    assert "male: 31°, 2 people." in said(result)[0]
    assert "too few to compare the groups" in said(result)[1]


def test_who_has_no_group_given_is_no_group_to_compare_with(cohort):
    nobodys = people("", 5, 20.0, 22.0)
    told = said(cohort(people("female", 5, 38.0, 40.0) + nobodys))
    assert [one for one in told if one.startswith((NOT_GIVEN, "female"))] == []
    both = people("female", 5, 38.0, 40.0) + people("male", 5, 30.0, 32.0)
    assert said(cohort(both + nobodys))[1].startswith("male: 8° less than female")


def test_one_person_in_two_groups_is_not_compared_with_himself(cohort):
    rows = [
        turn(f"p{n}", side, 30.0 + n, session=session, group=session)
        for n in range(4)
        for side in ("left", "right")
        for session in ("before", "after")
    ]
    sentences = said(cohort(rows))
    assert "Some people are in more than one group" in sentences[1]
    # Eight, though there are four people.
    assert "in 0 of 8 pairs of legs" in sentences[2]


def test_the_mean_difference_of_people_who_come_twice_has_no_interval(cohort):
    rows = [
        turn(f"p{n}", side, value + n, session=session, group=session)
        for n in range(4)
        for side, value in (("left", 30.0), ("right", 32.0 + n))
        for session in ("before", "after")
    ]
    # 2, 3, 4 and 5°, each twice: Student's interval takes eight people, of whom there are four.
    assert said(cohort(rows))[2].endswith("; right minus left is 4° on average.")


def test_numbers_of_groups_are_told_apart_to_the_last_digit(cohort, tmp_path):
    rows = [turn("anna", "left", 30.0, group="1234567"), turn("ben", "left", 40.0, group="1234568")]
    table = tmp_path / "numbered.parquet"
    write_table(rows, table, (("site", True),))
    assert read_numbers(table, "site").groups == ("1234567", "1234568")


def test_people_and_groups_of_a_csv_may_be_named_like_nothing(tmp_path):
    rows = [turn(name, "left", 30.0, group=name) for name in ("NA", "null", "7")]
    table = tmp_path / "study.csv"
    write_table(rows, table, (("sex", False),))
    numbers = read_numbers(table, "sex")
    assert numbers.people == 3
    assert numbers.groups == ("7", "NA", "null")


def test_a_narrow_interval_is_said_of_a_difference(cohort):
    # 400 people with a standard deviation of about 0.1°: the interval is 8.0 ± 0.02°.
    rows = [
        turn(f"{group}{n}", side, mean + 0.1 * (-1) ** n, group=group)
        for group, mean in (("female", 38.0), ("male", 30.0))
        for n in range(200)
        for side in ("left", "right")
    ]
    assert said(cohort(rows))[1] == "male: 8.0° less than female (95 % interval −8.0 to −8.0°)."


def test_legs_are_judged_by_the_measurement_error_of_each_person(cohort):
    rows = [
        turn(f"p{n}", side, value)
        for n, pair in enumerate(((30.0, 37.0), (30.0, 35.0), (40.0, 33.0)))
        for side, value in zip(("left", "right"), pair, strict=True)
    ]
    # 7, 5 and -7° against 6°.
    assert (
        "by more than the measurement error of about 6° in 2 of 3 people"
        in said(cohort(rows), None)[1]
    )


def test_one_person_is_said_without_a_mean(cohort):
    sentences = said(cohort([turn("anna", "left", 30.0), turn("anna", "right", 40.0)]), None)
    assert sentences == (
        "Inward turn: 35°, 1 person.",
        "Left and right differ by more than the measurement error of about 6°.",
    )


def test_one_leg_alone_and_no_group_are_shown(cohort):
    result = cohort([turn("anna", "left", 30.0), turn("ben", "left", 31.0, group="male")])
    page = cohort_page(result, "sex")
    assert page.facts[1] == f"by sex: male, {NOT_GIVEN}"
    assert page.sections[0].grids[0].rows[1] == (NOT_GIVEN, "1", "30°", "–", "–")


def test_the_page_needs_nothing_else_and_lists_what_failed(cohort, tmp_path):
    problems = [Problem(f"<b>{n}</b>.parquet", "It is cut off.") for n in range(MOST_PROBLEMS + 5)]
    rows = people("female", 200, 38.0, 40.0) + people("<male>", 3, 30.0, 32.0)
    rows += [turn("anna", side, 14.0, task="run", quality="simulated") for side in Side]
    write_cohort_page(cohort(rows, problems), "sex", tmp_path / "page.html")
    page = (tmp_path / "page.html").read_text(encoding="utf-8")
    assert "<male>" not in page
    assert page.count("&lt;b&gt;") == MOST_PROBLEMS
    assert f"{len(problems) - MOST_PROBLEMS} more are in study.problems.csv." in page
    assert page.index("<b>&lt;b&gt;0&lt;") < page.index("<summary>The others</summary>")
    assert f"{OPEN_PROBLEMS}&lt;/b&gt;" in page
    assert "SIMULATED" in page
    assert "Running rotation is experimental" in page
    assert not re.search(r"<script|https?://(?!www\.w3\.org)", page)
    ids = re.findall(r'\bid="([^"]+)"', page)
    assert len(ids) == len(set(ids))


def test_nothing_measured_is_a_page_too(cohort, tmp_path):
    result = cohort([], [Problem("a.parquet", "It is empty.")])
    write_cohort_page(result, None, tmp_path / "page.html")
    page = (tmp_path / "page.html").read_text(encoding="utf-8")
    assert "None of 1 recording could be measured." in page
    assert "It is empty." in page


def test_times_about_the_strike_have_a_mean_beside_it(cohort):
    rows = [
        (f"p{n}", "1", f"{n}", "run", side, "peak_internal_at", percent, "% of the stride",
         3.0, 10.0, 300, "good", "1.0", "")
        for n, percent in enumerate((97.0, 99.0, 2.0, 4.0))
        for side in ("left", "right")
    ]  # fmt: skip
    (measure,) = (m for m in read_numbers(cohort(rows).table, None).of(Task.RUN))
    # -3, -1, 2 and 4 % of the stride have the mean 0.5; the plain mean would be half a stride off.
    assert measure.groups[0].mean(Side.LEFT).value % 100.0 == pytest.approx(0.5, abs=1e-6)


@pytest.mark.parametrize(
    ("measure", "mean", "words"),
    [
        ("internal", Interval(38.2, 36.1, 40.3), "38° (36 to 40°)"),
        ("internal", Interval(38.2, np.nan, np.nan), "38°"),
        ("stride_time", Interval(0.721, 0.702, 0.74), "0.72 s (0.70 to 0.74 s)"),
        ("stride_time", Interval(-0.001, -0.002, 0.001), "0.00 s"),
        ("cadence", Interval(166.0, 165.9, 166.1), "166 a minute"),
        ("stance", Interval(36.0, 34.0, 38.0), "36 % (34 to 38 %)"),
        ("at_toe_off", Interval(-4.0, -5.0, -3.0), "−4° (−5 to −3°)"),
    ],
)
def test_means_are_said_with_as_many_digits_as_they_deserve(measure, mean, words):
    assert mean_words(measure, mean) == words
