"""Settings of a guided person: every one, and every fault with what may stand there."""

import pytest

from imu_hip.bluetooth.virtual.plan import VirtualPlanError, parse_plan
from imu_hip.names import Direction, Side
from imu_hip.simulation import Fault, FaultKind
from imu_hip.simulation.person_traits import PersonTraits


def test_a_guided_person_has_legs_that_differ_without_any_setting():
    plan = parse_plan("dot,play=guided")
    assert plan.play == "guided"
    assert plan.person == PersonTraits()
    legs = plan.person.legs
    assert [legs[side].internal_deg for side in Side] == [(36.0,), (30.0,)]
    assert [legs[side].external_deg for side in Side] == [(41.0,), (42.0,)]


def test_every_setting_of_a_person_is_read_also_before_play():
    plan = parse_plan(
        "open,right=24/40.5,pace=1.5,fault=thigh_lifted@left_internal_2,play=guided,missed=0.1,"
        "fault=short_plateau@right_crossed_11,away=left_shin@20+5"
    )
    person = plan.person
    assert person.legs[Side.LEFT] == PersonTraits().legs[Side.LEFT]
    right = person.legs[Side.RIGHT]
    assert (right.internal_deg, right.external_deg) == ((24.0,), (40.5,))
    assert right.shin_slope_deg == PersonTraits().legs[Side.RIGHT].shin_slope_deg
    assert person.pace == 1.5
    assert person.faults == (
        Fault(FaultKind.THIGH_LIFTED, Side.LEFT, Direction.INTERNAL, 2),
        Fault(FaultKind.SHORT_PLATEAU, Side.RIGHT, None, 11),
    )
    assert plan.missed == 0.1
    assert len(plan.happenings) == 1


@pytest.mark.parametrize("text", ["36", "36/", "/41", "36/41/5", "a/b", "-1/41", "36/71", "nan/41"])
def test_a_leg_without_two_peaks_is_refused_with_an_example(text):
    with pytest.raises(VirtualPlanError, match=r"left .* is '.*two numbers .* left=36/41"):
        parse_plan(f"dot,play=guided,left={text}")


@pytest.mark.parametrize("text", ["", "0", "0.1", "4", "quick", "nan"])
def test_a_pace_that_nobody_has_is_refused(text):
    with pytest.raises(VirtualPlanError, match=r"pace .* a number from 0\.3 to 3"):
        parse_plan(f"dot,play=guided,pace={text}")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "thigh_lifted",
        "thigh_lifted@left",
        "thigh_lifted@left_internal",
        "thigh_lifted@left_internal_0",
        "thigh_lifted@left_internal_two",
        "thigh_lifted@middle_internal_2",
        "thigh_lifted@left_inward_2",
        "lift@left_internal_2",
    ],
)
def test_a_fault_that_does_not_say_what_and_when_is_refused_with_an_example(text):
    with pytest.raises(VirtualPlanError, match=r"fault=.*pelvis_rolled.*_internal_2"):
        parse_plan(f"dot,play=guided,fault={text}")


@pytest.mark.parametrize("setting", ["left=36/41", "fault=thigh_lifted@left_internal_2", "pace=1"])
@pytest.mark.parametrize("play", ["", ",play=walk"])
def test_settings_of_a_person_are_refused_where_nobody_is_guided(setting, play):
    with pytest.raises(VirtualPlanError, match=r"about a person who is guided.*Add play=guided"):
        parse_plan(f"dot,{setting}{play}")


@pytest.mark.parametrize("setting", ["left=36/41", "pace=1"])
def test_a_setting_of_a_person_is_given_once(setting):
    with pytest.raises(VirtualPlanError, match="given twice"):
        parse_plan(f"dot,play=guided,{setting},{setting}")
