"""Descriptions of virtual sensors: every setting, and every fault with what may stand there."""

import pytest

from imu_hip.bluetooth.virtual.plan import (
    PROFILES,
    Happening,
    HappeningKind,
    VirtualPlan,
    VirtualPlanError,
    parse_plan,
)
from imu_hip.names import Segment


@pytest.mark.parametrize("profile", PROFILES)
def test_a_name_alone_is_a_plan(profile):
    assert parse_plan(profile) == VirtualPlan(profile)


def test_spaces_and_a_comma_at_the_end_do_no_harm():
    assert parse_plan(" dot , seed=3 , ") == VirtualPlan("dot", seed=3)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("play=walk", "walk"),
        ("play=my runs/a.parquet", "my runs/a.parquet"),
        ("interval_ms=7.5", 7.5),
        ("interval_ms=0", 0.0),
        ("missed=0.9", 0.9),
        ("lost=0.02", 0.02),
        ("queue=12", 12),
        ("drift_ppm=-40", -40.0),
        ("battery=9", 9.0),
        ("strangers=100", 100),
        ("export_per_s=1", 1.0),
        ("seed=7", 7),
    ],
)
def test_every_setting_is_read(text, value):
    plan = parse_plan(f"dot,{text}")
    read = getattr(plan, text.partition("=")[0])
    assert read == value
    assert type(read) is type(value)


def test_happenings_are_read_in_their_order():
    plan = parse_plan(
        "dot,stall=left_thigh@0+0.5,away=pelvis@1.5+5,away=pelvis@20+1,reboot=left_shin@3+1"
    )
    assert plan.happenings == (
        Happening(HappeningKind.STALL, Segment.LEFT_THIGH, 0.0, 0.5),
        Happening(HappeningKind.AWAY, Segment.PELVIS, 1.5, 5.0),
        Happening(HappeningKind.AWAY, Segment.PELVIS, 20.0, 1.0),
        Happening(HappeningKind.REBOOT, Segment.LEFT_SHIN, 3.0, 1.0),
    )


@pytest.mark.parametrize("text", ["", ",", "Dot", "dots", "play=walk", "dot;seed=1"])
def test_an_unknown_kind_of_sensor_is_refused_with_the_known_ones(text):
    with pytest.raises(VirtualPlanError, match=r"no virtual sensor.*dot, .*, open"):
        parse_plan(text)


@pytest.mark.parametrize("part", ["speed=3", "profile=open", "happenings=1", "=3", "walk"])
def test_an_unknown_setting_is_refused_with_the_known_ones(part):
    with pytest.raises(VirtualPlanError, match=r"no setting .*play, interval_ms, .*, stall"):
        parse_plan(f"dot,{part}")


@pytest.mark.parametrize(
    ("part", "advice"),
    [
        ("interval_ms=-1", "a number from 0 to 4000"),
        ("interval_ms=4001", "a number from 0 to 4000"),
        ("missed=0.91", "a number from 0 to 0.9"),
        ("missed=nan", "a number from 0 to 0.9"),
        ("lost=half", "a number from 0 to 0.9"),
        ("lost", "a number from 0 to 0.9"),
        ("queue=1.5", "a whole number from 0 to 10000"),
        ("drift_ppm=inf", "a number from -500 to 500"),
        ("battery=101", "a number from 0 to 100"),
        ("strangers=-1", "a whole number from 0 to 100"),
        ("export_per_s=0", "a number from 1 to 1000000"),
        ("seed=-1", "a whole number from 0 to 2147483648"),
    ],
)
def test_a_value_out_of_range_is_refused_with_the_range(part, advice):
    key, _, value = part.partition("=")
    with pytest.raises(VirtualPlanError) as refused:
        parse_plan(f"dot,{part}")
    assert refused.value.what == f"The setting {key} of virtual sensors is {value!r}."
    assert refused.value.advice == f"Give {advice}."


@pytest.mark.parametrize("part", ["play=", "play"])
def test_an_empty_movement_is_refused(part):
    with pytest.raises(VirtualPlanError, match=r"play of virtual sensors is empty.*walk"):
        parse_plan(f"dot,{part}")


def test_a_setting_that_is_given_twice_is_refused():
    with pytest.raises(VirtualPlanError, match="seed of virtual sensors is given twice"):
        parse_plan("dot,seed=1,seed=2")


@pytest.mark.parametrize("kind", HappeningKind)
@pytest.mark.parametrize(
    "when",
    [
        "",
        "left_shin",
        "left_shin@3",
        "left_shin@+5",
        "knee@3+5",
        "@3+5",
        "left_shin@-1+5",
        "left_shin@3+0",
        "left_shin@3+inf",
        "left_shin@nan+5",
        "left_shin@three+5",
    ],
)
def test_a_happening_without_sensor_or_time_is_refused_with_an_example(kind, when):
    with pytest.raises(VirtualPlanError, match=f"{kind}=left_shin@10\\+5: from second 10 on"):
        parse_plan(f"dot,{kind}={when}")
