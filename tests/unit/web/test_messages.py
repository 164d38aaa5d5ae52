"""What the page may say, and what it is told."""

import json
import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imu_hip.guidance.view import Command
from imu_hip.history.records import Mode
from imu_hip.live.messages import LegFrame, LiveFrame, SensorHealth
from imu_hip.names import Segment, Sex, Side
from imu_hip.web import outgoing
from imu_hip.web.incoming import (
    MESSAGE_BYTES,
    Drive,
    Give,
    Leave,
    MessageError,
    Resume,
    Start,
    understood,
)
from tests.web_sessions import a_view

GOOD = {
    "start": {"person": "Ada", "protocol": "seated_rotation", "sex": "female", "mode": "passive"},
    "resume": {"session": 3},
    "command": {"command": "keep"},
    "drive": {},
    "leave": {},
}
KINDS = {"start": Start, "resume": Resume, "command": Give, "drive": Drive, "leave": Leave}


def said(kind, **fields):
    return json.dumps({"type": kind, "token": "t", **fields})


@pytest.mark.parametrize("kind", GOOD)
def test_every_kind_of_message_is_understood(kind):
    message = understood(said(kind, **GOOD[kind]))
    assert isinstance(message, KINDS[kind])
    assert message.token == "t"


def test_a_start_says_who_what_and_how():
    message = understood(said("start", **GOOD["start"] | {"person": "  Ada "}))
    assert message == Start(
        type="start",
        token="t",
        person="Ada",
        protocol="seated_rotation",
        sex=Sex.FEMALE,
        mode=Mode.PASSIVE,
    )
    assert understood(said("start", person="Ada", protocol="p")).mode is Mode.ACTIVE


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("", ""),
        ("{", ""),
        ("null", ""),
        ("[]", ""),
        (said("dance"), ""),
        (json.dumps({"type": "drive"}), "token"),
        (said("command", command="explode"), "command"),
        (said("command", command=1), "command"),
        (said("resume", session="3"), "session"),
        (said("resume", session=True), "session"),
        (said("resume", session=3.5), "session"),
        (said("resume", session=0), "session"),
        (said("resume", session=10**30), "session"),
        (said("start", person="", protocol="p"), "person"),
        (said("start", person="   ", protocol="p"), "person"),
        (said("start", person="a\nb", protocol="p"), "person"),
        (said("start", person="x" * 81, protocol="p"), "person"),
        (said("start", person=["Ada"], protocol="p"), "person"),
        (said("start", person="Ada", protocol="p", mode="fast"), "mode"),
        (said("start", person="Ada", protocol="p", sex="x"), "sex"),
        (said("start", person="Ada"), "protocol"),
        ('{"type":"drive","token":"\\ud800"}', ""),
    ],
)
def test_what_is_wrong_is_refused_in_a_sentence_that_names_the_field(text, named):
    with pytest.raises(MessageError) as refused:
        understood(text)
    assert "could not be understood" in str(refused.value)
    assert ("(" not in str(refused.value)) if not named else f"({named})" in str(refused.value)


def test_a_field_that_nobody_knows_is_refused_and_not_repeated():
    with pytest.raises(MessageError) as refused:
        understood(said("drive", **{"<script>": 1}))
    assert "script" not in str(refused.value)


def test_a_huge_or_deep_message_is_refused():
    with pytest.raises(MessageError, match="too long"):
        understood(said("start", person="x" * MESSAGE_BYTES, protocol="p"))
    with pytest.raises(MessageError):
        understood("[" * (MESSAGE_BYTES - 1))


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@given(st.one_of(st.text(), JSON.map(json.dumps)))
def test_no_text_does_anything_but_be_refused(text):
    with pytest.raises(MessageError):
        understood(text)


@given(st.sampled_from(sorted(GOOD)), st.data())
def test_a_mutated_message_is_refused_or_whole(kind, data):
    fields = dict(GOOD[kind]) | {"token": "t"}
    name = data.draw(st.sampled_from([*sorted(fields), "type", "more"]))
    text = json.dumps({"type": kind, **fields} | {name: data.draw(JSON)})
    try:
        message = understood(text)
    except MessageError:
        return
    assert isinstance(message, tuple(KINDS.values()))


def test_a_frame_is_json_with_null_for_what_is_not_measured():
    frame = LiveFrame(
        1.25,
        1_760_000_000.125,
        {
            Side.LEFT: LegFrame(12.345, -3.0, None, math.nan),
            Side.RIGHT: LegFrame(math.inf, 0.0, 90.0, 1e-9),
        },
    )
    assert json.loads(outgoing.frame(frame)) == {
        "type": "frame",
        "time_s": 1.25,
        "sampled_unix_s": 1_760_000_000.125,
        "legs": {
            "left": {
                "rotation_deg": 12.35,
                "thigh_elevation_deg": -3.0,
                "knee_flexion_deg": None,
                "shin_slope_deg": None,
            },
            "right": {
                "rotation_deg": None,
                "thigh_elevation_deg": 0.0,
                "knee_flexion_deg": 90.0,
                "shin_slope_deg": 0.0,
            },
        },
    }


def test_a_view_has_the_names_of_its_fields():
    view = replace(a_view(), notice="Not counted: “the thigh” lifted by 14°.", fraction=0.5)
    told = json.loads(outgoing.view(view))
    assert told["type"] == "view"
    shown = told["view"]
    assert set(shown) == set(view.__dataclass_fields__)
    assert shown["notice"] == view.notice
    assert shown["stage"] == "measure"
    assert shown["side"] == "left"
    assert shown["tone"] is None
    assert shown["buttons"] == [{"command": "stop", "words": "Stop", "main": False}]
    assert Command(shown["buttons"][0]["command"]) is Command.STOP


def test_sensors_are_told_by_segment():
    health = SensorHealth(Segment.LEFT_SHIN, "streams", True, 59.8, 0.2, None, "")
    told = json.loads(outgoing.sensors((health,)))
    assert told["sensors"] == [
        {
            "segment": "left_shin",
            "state": "streams",
            "streams": True,
            "rate_hz": 59.8,
            "lost_percent": 0.2,
            "battery_percent": None,
            "problem": "",
        }
    ]
