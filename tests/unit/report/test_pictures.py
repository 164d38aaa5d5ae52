import re
from dataclasses import replace

import numpy as np
import pytest

from imu_hip.names import Side, Task
from imu_hip.report.figures import Trace, thinned
from imu_hip.report.gauge import Dial, rotation_gauge
from imu_hip.report.table import results_table


def test_thinning_keeps_extremes_gaps_and_few_points():
    angle = np.sin(np.arange(100_000) / 50.0)
    angle[40_000] = 30.0
    angle[70_000:80_000] = np.nan
    few = thinned(Trace(np.arange(100_000) / 100.0, angle))
    assert len(few.time_s) <= 1500
    assert np.nanmax(few.angle_deg) == 30.0
    gap = (few.time_s > 702) & (few.time_s < 798)
    assert gap.any()
    assert np.isnan(few.angle_deg[gap]).all()
    assert (np.diff(few.time_s) >= 0).all()


def test_short_traces_stay_as_they_are():
    trace = Trace(np.arange(10.0), np.arange(10.0))
    assert thinned(trace) is trace


@pytest.mark.parametrize(("up", "y"), [(False, 86.6), (True, -86.6)])
def test_a_dial_turns_positive_angles_to_the_right(up, y):
    # 100 at 30°: 100 sin 30° to the right, 100 cos 30° along the shin
    assert Dial(up).point(30.0, 100.0) == pytest.approx((50.0, y), abs=0.05)


def test_inward_is_outward_of_the_body_on_both_sides(seated):
    left, right = seated.results
    same = replace(right, internal=left.internal, external=left.external)
    # the first ray from the knee is the inward one: mirrored, it ends at the opposite x
    ends = [
        float(re.search(r'x2="(\S+)" y2="\S+" stroke="#[0D]', rotation_gauge(test)).group(1))
        for test in (left, same)
    ]
    assert ends[0] < 0 < ends[1]
    assert ends[0] == -ends[1]


def test_the_terminal_table_has_a_row_a_measure(seated):
    table = results_table(seated)
    assert [column.header for column in table.columns][:3] == ["Measure", "Left", "Right"]
    assert list(table.columns[0].cells) == [
        "Seated test: inward turn, foot moves out",
        "Seated test: outward turn, foot moves in",
        "Seated test: total arc",
    ]
    assert next(iter(table.columns[1].cells)) == "31° ±2°"
    assert list(table.columns[3].cells)[:2] == ["+8°", "+2° (not measurable)"]


def test_the_terminal_table_of_every_analysis(analysis):
    table = results_table(analysis)
    assert (table.row_count > 0) is bool(analysis.results)
    for column in table.columns:
        assert not any("nan" in str(cell) for cell in column.cells)


def test_prone_dials_stand_up(seated):
    prone = replace(seated.results[0], task=Task.PRONE)
    assert 'viewBox="-108 -128' in rotation_gauge(prone)
    assert prone.side is Side.LEFT
