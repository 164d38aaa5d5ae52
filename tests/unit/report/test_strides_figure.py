"""The picture of every stride over the time of a run."""

import re
from dataclasses import replace

import numpy as np
import pytest

from imu_hip.measures.running import RejectedStride
from imu_hip.names import Side
from imu_hip.report.strides_figure import MOST_DOTS, strides_figure
from tests.synthetic_strides import measured_leg


def leg(strides=120, side=Side.LEFT, **changes):
    return replace(measured_leg(np.random.default_rng(1), strides, side), **changes)


def words_of(picture):
    return re.findall(r"<text[^>]*>([^<]*)</text>", picture)


def marks_of(picture, colour):
    """How many marks of one colour are drawn."""
    return len(re.findall(rf"<use [^>]*style=\"[^\"]*fill: {colour}", picture))


def test_every_reason_has_a_row_of_its_own():
    rejected = (
        RejectedStride(20.0, 20.8, "a turn"),
        RejectedStride(21.0, 21.8, "a turn"),
        RejectedStride(50.0, 51.1, "an uneven step"),
    )
    words = words_of(strides_figure([leg(rejected=rejected)], "a", "t"))
    assert [word for word in words if word in {"a turn", "an uneven step"}] == [
        "a turn",
        "an uneven step",
    ]
    assert "left out" in words


def test_where_all_strides_count_no_row_is_drawn():
    assert "left out" not in words_of(strides_figure([leg(rejected=())], "a", "t"))


@pytest.mark.parametrize(("strides", "unit"), [(120, "s"), (600, "min")])
def test_long_runs_are_shown_in_minutes(strides, unit):
    # Strides of 0.8 s: 96 s and 480 s.
    assert f"time ({unit})" in words_of(strides_figure([leg(strides)], "a", "t"))


def test_a_long_run_is_thinned():
    lower = [marks_of(strides_figure([leg(n)], "a", "t"), "#0072b2") for n in (100, 5000)]
    assert lower[0] == 100
    assert MOST_DOTS // 2 <= lower[1] <= MOST_DOTS


def test_few_strides_have_dots_but_no_line():
    def lines(strides):
        return strides_figure([leg(strides)], "a", "t").count("stroke: #0072b2; stroke-width: 2.2")

    assert lines(10) == 0
    assert lines(120) == 1
