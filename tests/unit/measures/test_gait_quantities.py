"""Excursions, phases and peak times of known curves."""

import numpy as np
import pytest

from imu_hip.measures.gait_quantities import GaitQuantity, less, peak_places, read_quantities

PERCENT = np.arange(101.0)


def read(curve, toe_off=40.0, near=None):
    places = peak_places(curve if near is None else near)
    found = read_quantities(curve[None], np.array([toe_off]), places)
    return {quantity: float(value[0]) for quantity, value in found.items()}


def test_a_saw_tooth_is_read_by_hand():
    # Up from -5° to 5° until 20 %, down to -10° until 60 %, up to -5° again.
    found = read(np.interp(PERCENT, [0, 20, 60, 100], [-5, 5, -10, -5]))
    assert found[GaitQuantity.CYCLE_EXCURSION] == pytest.approx(15.0)
    assert found[GaitQuantity.STANCE_EXCURSION] == pytest.approx(10.0)  # from -5° to 5°
    assert found[GaitQuantity.SWING_EXCURSION] == pytest.approx(7.5)  # from -2.5° to -10°
    assert found[GaitQuantity.AT_FOOT_STRIKE] == pytest.approx(-5.0)
    assert found[GaitQuantity.AT_MID_STANCE] == pytest.approx(5.0)
    assert found[GaitQuantity.AT_TOE_OFF] == pytest.approx(-2.5)
    assert found[GaitQuantity.AT_MID_SWING] == pytest.approx(-8.75)  # at 70 %
    assert found[GaitQuantity.PEAK_INTERNAL_AT] == pytest.approx(20.0, abs=0.5)
    assert found[GaitQuantity.PEAK_EXTERNAL_AT] == pytest.approx(60.0, abs=0.5)


def test_toe_off_between_two_points_belongs_to_stance_and_swing():
    found = read(PERCENT - 50.0, toe_off=40.5)
    assert found[GaitQuantity.STANCE_EXCURSION] == pytest.approx(40.5)
    assert found[GaitQuantity.SWING_EXCURSION] == pytest.approx(59.5)


def test_without_a_toe_off_only_the_whole_stride_is_read():
    found = read(np.sin(2 * np.pi * PERCENT / 100), toe_off=np.nan)
    missing = {quantity for quantity, value in found.items() if np.isnan(value)}
    assert missing == {
        GaitQuantity.STANCE_EXCURSION,
        GaitQuantity.SWING_EXCURSION,
        GaitQuantity.AT_MID_STANCE,
        GaitQuantity.AT_TOE_OFF,
        GaitQuantity.AT_MID_SWING,
    }
    assert found[GaitQuantity.CYCLE_EXCURSION] == pytest.approx(2.0)


@pytest.mark.parametrize("place", [0.0, 0.3, 3.7, 50.0, 98.4, 99.6])
def test_a_peak_is_found_between_points_and_across_foot_strike(place):
    found = read(np.cos(2 * np.pi * (PERCENT - place) / 100))
    away = (found[GaitQuantity.PEAK_INTERNAL_AT] - place + 50) % 100 - 50
    assert away == pytest.approx(0.0, abs=0.02)
    trough = (found[GaitQuantity.PEAK_EXTERNAL_AT] - place) % 100
    assert trough == pytest.approx(50.0, abs=0.02)


def test_a_stride_keeps_the_hump_that_the_mean_curve_has():
    def humps(first, second):
        return first * np.exp(-(((PERCENT - 15) / 6) ** 2)) + second * np.exp(
            -(((PERCENT - 85) / 6) ** 2)
        )

    mean, stride = humps(5.0, 4.5), humps(4.5, 5.0)
    assert read(mean)[GaitQuantity.PEAK_INTERNAL_AT] == pytest.approx(15.0, abs=0.1)
    assert read(stride, near=mean)[GaitQuantity.PEAK_INTERNAL_AT] == pytest.approx(15.0, abs=0.1)


@pytest.mark.parametrize(
    ("value", "reference", "difference"),
    [(99.0, 1.0, -2.0), (1.0, 99.0, 2.0), (30.0, 20.0, 10.0), (80.0, 20.0, -40.0)],
)
def test_times_differ_the_short_way_round(value, reference, difference):
    value, reference = np.array([value]), np.array([reference])
    found = less(GaitQuantity.PEAK_INTERNAL_AT, value, reference)
    assert found == pytest.approx([difference])
    assert less(GaitQuantity.AT_TOE_OFF, value, reference) == pytest.approx(value - reference)


def test_units_and_columns():
    assert GaitQuantity.PEAK_EXTERNAL_AT.unit == "% of the stride"
    assert GaitQuantity.PEAK_EXTERNAL_AT.column == "peak_external_at_percent"
    assert GaitQuantity.AT_TOE_OFF.unit == "°"
    assert GaitQuantity.AT_TOE_OFF.column == "at_toe_off_deg"
    assert [q for q in GaitQuantity if q.excursion] == list(GaitQuantity)[:3]
