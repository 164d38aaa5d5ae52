"""The picture of agreement says its numbers, names the legs and stays small."""

import re

import numpy as np
import pytest

from imu_hip.measures.agreement import limits_of_agreement
from imu_hip.names import Side
from imu_hip.report.bland_altman_figure import MOST_POINTS, bland_altman_figure

_LABEL = "second minus first (°)"


def _figure(mean: np.ndarray, difference: np.ndarray, **more: object) -> str:
    agreement = limits_of_agreement(difference[np.isfinite(difference)])
    return bland_altman_figure(
        mean, difference, agreement, "agree", "Agreement of two", difference_label=_LABEL, **more
    )


def test_bias_and_limits_are_said_in_degrees() -> None:
    # Bias 3.0, limits 3 ± 3.099; see tests/unit/measures/test_agreement.py.
    svg = _figure(np.arange(5.0), np.array([1.0, 2.0, 3.0, 4.0, 5.0]))
    for words in ("+3.0°", "+6.1°", "−0.1°", "bias", "limit", _LABEL, "mean of both (°)"):
        assert words in svg
    assert "<title>Agreement of two</title>" in svg


def test_small_differences_of_another_unit_keep_it_and_fill_the_picture() -> None:
    # The same numbers in hundredths: 0.030 and 0.030 ± 0.03099.
    svg = _figure(
        np.arange(5.0),
        np.array([0.01, 0.02, 0.03, 0.04, 0.05]),
        in_words=lambda value: f"{value:.3f} s",
        least_reach=0.01,
    )
    for words in ("0.030 s", "0.061 s", "-0.001 s"):
        assert words in svg
    assert not re.search(r">[^<]*\d°<", svg)
    # An axis of a whole unit each way would name it.
    assert not re.search(r">1\.0+<", svg)


def test_legs_are_named_beside_their_colour_and_marker() -> None:
    sides = [Side.LEFT, Side.RIGHT, Side.LEFT, Side.RIGHT]
    svg = _figure(np.arange(4.0), np.array([0.5, -1.0, 2.0, 0.0]), sides=sides)
    assert "left" in svg
    assert "right" in svg
    only_left = _figure(np.arange(4.0), np.array([0.5, -1.0, 2.0, 0.0]), sides=[Side.LEFT] * 4)
    assert ">right<" not in only_left


def test_many_points_are_thinned_and_the_extremes_kept() -> None:
    random = np.random.default_rng(3)
    difference = random.normal(0.0, 2.0, 200_000)
    difference[1234] = 40.0
    svg = _figure(random.uniform(0.0, 50.0, 200_000), difference)
    points = len(re.findall(r"<use ", svg))
    assert MOST_POINTS <= points < MOST_POINTS + 60
    assert len(svg) < 400_000
    assert ">40<" in svg


@pytest.mark.parametrize("value", [0.0, 0.4, -7.0])
def test_no_spread_is_drawn_without_warnings(value: float) -> None:
    assert "bias" in _figure(np.arange(6.0), np.full(6, value))


def test_missing_values_are_left_out() -> None:
    svg = _figure(np.array([1.0, np.nan, 3.0, 4.0]), np.array([0.0, 5.0, 1.0, -1.0]))
    assert "bias" in svg
