"""What repeats tell: results, sentences, page and rows; and when an own error is sure enough."""

import json
import re
from dataclasses import replace

import numpy as np
import pytest

from imu_hip.measures.intraclass import icc_2_1, mean_squares
from imu_hip.names import Side, Task
from imu_hip.report.reliability_page import render_reliability
from imu_hip.report.reliability_reading import repeats_of
from imu_hip.report.reliability_report import (
    ReliabilityReport,
    reliability_document,
    reliability_rows,
)
from imu_hip.report.reliability_results import own_error_of, reliability_of, why_not
from imu_hip.report.reliability_sentences import (
    amount,
    left_out_sentence,
    offer_sentence,
    reliability_sentences,
    span,
)
from tests.unit.report.repeated_values import of_people, value
from tests.unit.report.test_session_page import check_page


def measure(values):
    (found,) = repeats_of(values, 28)
    return reliability_of(found)


def report(*measures, person=None, simulated=False, offers=True):
    return ReliabilityReport(person, "history", ("8 people",), simulated, offers, measures)


def test_the_error_of_one_person_is_told_with_what_it_rests_on():
    # 30, 32, 34 about 32: 8 over 2 degrees of freedom: SEM 2, MDC95 5.5437;
    # chi² (2): 7.377759 and 0.050636: 5.5437 · √(2/7.377759) = 2.886, · √(2/0.050636) = 34.84.
    told = reliability_sentences(measure([value(30.0 + 2 * day, day) for day in range(3)]))
    assert told == (
        (
            "Two sessions must differ by more than 5.5° to be told from chance (MDC95, 95 % "
            "interval 2.9 to 34.8°), from 3 sessions of one person."
        ),
        "That interval is wide; more repeated sessions make it narrower.",
        (
            "How well the measure tells people apart (ICC) needs 5 people with repeated sessions; "
            "there is 1."
        ),
    )


def test_both_legs_have_an_icc_each_and_one_error():
    values = of_people()
    found = measure(values)
    assert [leg.side for leg in found.legs] == list(Side)
    for leg in found.legs:
        table = np.array([one.value for one in values if one.side is leg.side]).reshape(8, 4)
        assert leg.icc_2_1 == icc_2_1(mean_squares(table))
    # 8 people with 3 sessions beyond the first, each leg counted once.
    assert found.within.degrees_of_freedom == 24
    assert found.within.sem.value == pytest.approx(2.0, abs=0.5)


def test_a_systematic_change_is_told_and_part_of_the_error():
    steady, stepped = measure(of_people()), measure(of_people(step_deg=3.0))
    told = " ".join(reliability_sentences(stepped))
    assert "From each session to the next the values grow by 3." in told
    assert "a change in one direction, as of learning or stretching" in told
    assert "From each session" not in " ".join(reliability_sentences(steady))
    assert stepped.within.sem.value > steady.within.sem.value + 1.0
    # The two-way error leaves out what changes for everybody.
    assert stepped.legs[0].sem.value == pytest.approx(steady.legs[0].sem.value)
    fallen = " ".join(reliability_sentences(measure(of_people(step_deg=-3.0))))
    assert "the values fall by 2." in fallen or "the values fall by 3." in fallen


def test_pairs_are_everybodys_first_two_or_all_of_very_few():
    pairs = measure(of_people(8, 4)).pairs
    assert pairs.first_two
    assert len(pairs.difference) == 16
    alone = measure([value(30.0 + day, day) for day in range(7)]).pairs
    assert not alone.first_two
    # Sessions 1 and 2, 3 and 4, 5 and 6: no session twice.
    assert alone.difference.tolist() == [1.0, 1.0, 1.0]
    assert alone.mean.tolist() == [30.5, 32.5, 34.5]
    assert measure([value(30.0, 0), value(31.0, 1)]).pairs is None


def test_two_legs_of_a_person_are_no_two_people_in_the_picture():
    both = measure(of_people(8, 2)).pairs.agreement
    one_leg = [one for one in of_people(8, 2) if one.side is Side.LEFT]
    left = measure(one_leg).pairs.agreement
    half = (both.bias.high - both.bias.low) / both.sd
    assert half == pytest.approx((left.bias.high - left.bias.low) / left.sd)


@pytest.mark.parametrize(
    ("values", "person", "words"),
    [
        (lambda: of_people(1, 11), "anna", ""),
        (lambda: of_people(1, 10), "anna", "9 beyond the first"),
        (lambda: of_people(5, 3), None, ""),
        (lambda: of_people(4, 6), None, "4 people cannot stand for everybody"),
        (lambda: of_people(1, 20), None, "1 person cannot stand for everybody"),
        (lambda: of_people(8, 4, error_deg=0.0), None, "copies and no repeats"),
        (lambda: [value(30.0, 0)], "anna", "nothing was measured on two days"),
    ],
)
def test_an_own_error_is_offered_only_where_it_is_sure_enough(values, person, words):
    found = measure(values())
    assert (own_error_of(found, person) is None) == bool(words)
    assert words in why_not(found, person)
    offer = offer_sentence(found, person)
    assert ("the published 9.0° stay" in offer) == bool(words)
    assert ("in place of" in offer) or words or "take the place of the published 9.0°" in offer


def test_an_own_error_carries_what_it_rests_on():
    own = own_error_of(measure(of_people(1, 12)), "anna")
    assert (own.task, own.measure, own.person) == (Task.SEATED, "internal", "anna")
    assert (own.degrees_of_freedom, own.sessions, own.people) == (11, 12, 1)


@pytest.mark.parametrize(
    ("value", "unit", "said"),
    [(-0.04, "°", "0.0°"), (-0.06, "°", "−0.1°"), (1.25, "%", "1.2 %"), (12.0, "", "12.0")],
)
def test_amounts_have_one_decimal_and_no_negative_zero(value, unit, said):
    assert amount(value, unit) == said


def test_what_is_left_out_is_said():
    found = measure([value(30.0, 0), value(31.0, 0, session="b"), value(32.0, 1, repetitions=1)])
    assert left_out_sentence(found.found.left_out) == (
        "Left out: 1 value from fewer than 3 repetitions, 1 session on a day that has an earlier "
        "one, 1 leg measured once only."
    )
    assert left_out_sentence(measure(of_people()).found.left_out) == ""
    assert reliability_sentences(found) == (
        "Nothing was measured on two days, so nothing can be said.",
    )


def test_an_error_that_comes_from_one_person_most_of_all_says_so():
    told = "More than half of that comes from one person."
    even = of_people(6, 3)
    assert told not in reliability_sentences(measure(even))
    # 2 · 6 people = 12 beyond the first; 13 more sessions of one have 13, both on two legs.
    often = [value(38.0 + (day % 5), day, side=side) for day in range(14) for side in Side]
    assert told in reliability_sentences(measure(even + often))
    assert told not in reliability_sentences(measure(often))


def test_copies_are_called_copies():
    told = reliability_sentences(measure(of_people(8, 3, error_deg=0.0)))
    assert told == (
        (
            "The values of 24 sessions of 8 people are the same to the last digit: copies and no "
            "repeats, so the error is not known."
        ),
    )


@pytest.mark.parametrize(
    "values",
    [
        of_people,
        lambda: of_people(1, 12),
        lambda: of_people(3, 2),
        lambda: of_people(8, 3, error_deg=0.0),
        lambda: of_people(6, 2, unit="%", measure="duty_factor", task="run"),
        lambda: [value(30.0, 0)],
        lambda: [value(30.0, 0, side=None), value(33.0, 1, side=None)],
    ],
)
def test_every_kind_has_a_whole_page_and_plain_json(values):
    found = measure(values())
    for whole in (report(found), report(found, person="anna", simulated=True, offers=False)):
        text = check_page(render_reliability(whole))
        assert "How well measures of" in text
        assert ("SIMULATED" in text) == whole.simulated
        assert json.loads(json.dumps(reliability_document(whole), allow_nan=False))


def test_rows_are_tidy_and_of_the_same_columns():
    rows = reliability_rows(report(measure(of_people()), measure(of_people(2, 3))))
    assert [row["legs"] for row in rows] == ["all", "left", "right", "all"]
    assert len({tuple(row) for row in rows}) == 1
    assert rows[0]["icc_2_1"] is None
    assert rows[1]["icc_2_1_low"] < rows[1]["icc_2_1"] < rows[1]["icc_2_1_high"]
    assert rows[0]["mdc95"] == pytest.approx(2.771859 * rows[0]["sem"], abs=0.003)


def test_units_stand_as_they_are_written():
    assert amount(-1.25, "%", 2) == "−1.25 %"
    assert amount(6.0, "°") == "6.0°"
    found = measure(of_people(6, 2, unit="%", task="run", measure="duty_factor"))
    assert " %)" in span(found.within.sem, "%") + ")"


def test_times_are_told_with_decimals_that_show_them():
    # A stride of about 0.7 s that repeats to 0.01 s: the same as 70 to 1, in hundredths.
    hundredths = of_people(people=6, error_deg=1.0)
    values = [
        replace(one, task="run", measure="stride_time", unit="s", value=one.value / 100.0)
        for one in hundredths
    ]
    found = measure(values)
    mdc95 = found.within.mdc95.value
    assert 0.02 < mdc95 < 0.04
    assert f"more than {mdc95:.3f} s to be told" in reliability_sentences(found)[0]
    page = render_reliability(report(found, offers=False))
    assert f"{found.pairs.agreement.upper.value:+.3f} s" in page
    assert not re.search(r"limit</tspan>.*\d°|>[+−]?\d+\.\d°<", page)
