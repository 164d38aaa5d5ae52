"""Tables of a comparison with a reference."""

import numpy as np

from imu_hip.measures.cycles import CYCLE, NO_UNITS, STRIDE, units_of
from imu_hip.measures.tracks import Pair, Track
from imu_hip.measures.validation import agreement_of
from imu_hip.names import Side
from imu_hip.report.validation_grids import unit_grid

TIME_S = np.arange(2000) / 100


def leg(word, count):
    reference = 30.0 * np.sin(2 * np.pi * TIME_S)
    units = units_of(word, range(count), range(1, count + 1)) if count else NO_UNITS
    return agreement_of(Pair(Track(TIME_S, reference + 1.0), Track(TIME_S, reference)), 0.0, units)


def test_strides_of_one_leg_and_cycles_of_the_other_stand_apart():
    strides, cycles = unit_grid({Side.LEFT: leg(STRIDE, 5), Side.RIGHT: leg(CYCLE, 12)})
    assert (strides.head, strides.rows[0]) == (("", "Left"), ("Strides", "5"))
    assert (cycles.head, cycles.rows[0]) == (("", "Right"), ("Cycles", "12"))


def test_legs_with_the_same_stand_side_by_side():
    (grid,) = unit_grid({Side.LEFT: leg(STRIDE, 5), Side.RIGHT: leg(STRIDE, 7)})
    assert grid.rows[0] == ("Strides", "5", "7")
    assert unit_grid({Side.LEFT: leg(STRIDE, 0)}) == ()
