"""Readable recordings that cannot, or only in part, be measured: never a silent wrong number."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from imu_hip.names import GRAVITY_MPS2, MarkerLabel, Segment
from imu_hip.recording.recording import Recording, SensorStream

EXCHANGED = {
    Segment.LEFT_THIGH: Segment.RIGHT_THIGH,
    Segment.LEFT_SHIN: Segment.RIGHT_SHIN,
    Segment.RIGHT_THIGH: Segment.LEFT_THIGH,
    Segment.RIGHT_SHIN: Segment.LEFT_SHIN,
}


def only(recording, *segments):
    return replace(recording, streams={s: recording.streams[s] for s in segments})


def still(seconds=40.0, rate_hz=50.0):
    n = int(seconds * rate_hz)
    acc = np.tile([0.0, 0.0, GRAVITY_MPS2], (n, 1))
    return Recording(
        {s: SensorStream(s, np.arange(n) / rate_hz, rate_hz, None, acc, 0.0 * acc) for s in Segment}
    )


def exchanged(recording, *left_out):
    streams = {
        EXCHANGED[segment]: replace(stream, segment=EXCHANGED[segment])
        for segment, stream in recording.streams.items()
    }
    markers = tuple(m for m in recording.markers if m.label not in left_out)
    return replace(recording, streams=streams, markers=markers)


def test_a_thigh_alone_is_refused_naming_what_is_missing(seated, refused, saved):
    path = saved(only(seated, Segment.LEFT_THIGH))
    refused("analyze", path, words=["left thigh", "A thigh and a shin sensor", "same leg"])


@pytest.mark.parametrize("lone", [Segment.RIGHT_THIGH, Segment.RIGHT_SHIN])
def test_the_complete_leg_is_measured(seated, analysed, assert_seated_is_right, angles_of, lone):
    recording = only(seated, Segment.LEFT_THIGH, Segment.LEFT_SHIN, lone)
    outcome, document = analysed(recording, "--angles", "angles.csv")
    assert outcome.status == 0
    assert_seated_is_right(document, "left")
    missing = "shin" if lone is Segment.RIGHT_THIGH else "thigh"
    warning = f"The right {missing} sensor is missing, so the right leg is not measured."
    assert warning in document["warnings"]
    assert warning in outcome.said
    angles = angles_of(Path("angles.csv"))
    assert np.isnan(angles["right_femoral_rotation_deg"]).all()


@pytest.mark.parametrize("part", ["all", "one"])
def test_quaternions_of_zeros_are_refused(oriented, refused, saved, part):
    path = saved(oriented, "session.csv")
    lines = path.read_text(encoding="utf-8").splitlines()
    lines[50:] = [
        ",".join([*line.split(",")[:2], "0", "0", "0", "0"]) if part == "all" or i == 0 else line
        for i, line in enumerate(lines[50:])
    ]
    path.write_text("\n".join(lines), encoding="utf-8")
    words = ["session.csv", "left thigh", "length 0.000 instead of 1", "0.980 s", "sample 50"]
    refused("analyze", path, words=words)


def test_quaternions_that_are_not_unit_are_refused(oriented, refused, saved):
    path = saved(oriented, "session.csv")
    lines = path.read_text(encoding="utf-8").splitlines()
    lines[50] = ",".join([*lines[50].split(",")[:2], "1", "1", "0", "0"])
    path.write_text("\n".join(lines), encoding="utf-8")
    refused("analyze", path, words=["session.csv", "length 1.414 instead of 1", "sample 50"])


def test_signs_of_quaternions_do_not_matter(oriented, analysed, cli):
    _, document = analysed(oriented, name="session.csv")
    lines = Path("session.csv").read_text(encoding="utf-8").splitlines()
    rng = np.random.default_rng(0)
    for i, flip in enumerate(rng.random(len(lines)) < 0.3):
        if flip and i:
            cells = lines[i].split(",")
            lines[i] = ",".join([*cells[:2], *(repr(-float(cell)) for cell in cells[2:])])
    Path("session.csv").write_text("\n".join(lines), encoding="utf-8")
    assert cli("analyze", "session.csv", "--json", "flipped.json").status == 0
    flipped = json.loads(Path("flipped.json").read_text(encoding="utf-8"))
    assert flipped["results"] == document["results"]


def test_acceleration_in_g_is_told_and_the_results_are_right(
    seated, analysed, assert_seated_is_right
):
    streams = {
        segment: replace(stream, acc_mps2=stream.acc_mps2 / GRAVITY_MPS2)
        for segment, stream in seated.streams.items()
    }
    outcome, document = analysed(replace(seated, streams=streams), name="session.csv")
    assert outcome.status == 0
    assert_seated_is_right(document, "left", "right")
    assert "acceleration of the left shin was in g, not in m/s²" in outcome.said
    assert sum("in g, not in" in warning for warning in document["warnings"]) == 4


def test_acceleration_in_an_impossible_unit_is_refused(seated, refused, saved):
    streams = {
        segment: replace(stream, acc_mps2=stream.acc_mps2 * 3.28)
        for segment, stream in seated.streams.items()
    }
    path = saved(replace(seated, streams=streams), "session.csv")
    refused("analyze", path, words=["session.csv", "left thigh", "32", "m/s²"])


@pytest.mark.parametrize("segment", [Segment.LEFT_SHIN, Segment.LEFT_THIGH])
def test_a_gap_is_told(seated, without, analysed, assert_seated_is_right, segment):
    """Ten seconds of the left leg while the right one is tested."""
    outcome, document = analysed(without(seated, 60.0, 70.0, (segment,)))
    assert outcome.status == 0
    assert f"The {segment.words} sensor was silent for 10.0 s from 60.0 s" in outcome.said
    assert_seated_is_right(document, "left", "right")


@pytest.mark.parametrize("segment", [Segment.LEFT_SHIN, Segment.LEFT_THIGH])
def test_a_gap_is_not_bridged(seated, without, analysed, angles_of, segment):
    analysed(without(seated, 60.0, 70.0, (segment,)), "--angles", "angles.csv")
    angles = angles_of(Path("angles.csv"))
    inside = (angles["time_s"] > 60.05) & (angles["time_s"] < 69.95)
    for name, values in angles.items():
        own = name == "left_thigh_elevation_deg"
        if own and segment == "left_shin":
            # The thigh sensor alone tells how the thigh is inclined.
            assert np.isfinite(values).all()
        elif name.startswith("left"):
            assert np.isnan(values[inside]).all(), name
            assert np.isfinite(values[~inside]).mean() > 0.99
        else:
            assert np.isfinite(values).all(), name


def test_a_gap_inside_the_test_invents_no_repetition(seated, without, analysed, by_side):
    whole = by_side(analysed(seated)[1], "seated")["left"]
    first = whole["repetitions"][0]
    recording = without(seated, first["start_s"] - 1.0, first["end_s"] + 9.0, ("left_shin",))
    _, document = analysed(recording)
    left = by_side(document, "seated").get("left", {"repetitions": []})
    for repetition in left["repetitions"]:
        assert any(
            repetition["peak_deg"] == pytest.approx(known["peak_deg"], abs=1.5)
            and abs(repetition["start_s"] - known["start_s"]) < 2.0
            for known in whole["repetitions"]
        )


def test_exchanged_sides_are_suspected(seated, cli, saved):
    recording = exchanged(seated, MarkerLabel.KNEE_EXTENSION)
    outcome = cli("analyze", saved(recording), "--json", "r.json")
    assert outcome.status == 2
    document = json.loads(Path("r.json").read_text(encoding="utf-8"))
    suspected = [w for w in document["warnings"] if w.startswith("Suspected wrong side")]
    assert len(suspected) == 2
    assert "Check which sensor sits on which leg" in outcome.said


def test_exchanged_sides_are_suspected_by_marked_knee_extensions(seated, cli, saved):
    outcome = cli("analyze", saved(exchanged(seated)))
    assert "Suspected wrong side" in f"{outcome.said} {outcome.complaint}"


@pytest.fixture(params=["marked", "unmarked"])
def begun_sitting(request, seated, without):
    """The seated session without its beginning."""
    markers = tuple(m for m in seated.markers if m.label != MarkerLabel.STAND)
    return replace(without(seated, -1.0, 6.5), markers=markers if request.param == "marked" else ())


def test_without_standing_no_pose_is_taken_for_it(begun_sitting, cli, saved, angles_of):
    """A recording that begins while the person sits: fewer results, or none, but no wrong ones."""
    outcome = cli("analyze", saved(begun_sitting), "--angles", "angles.csv")
    if outcome.status == 2:
        assert "quiet standing" in outcome.complaint
    if Path("angles.csv").exists():
        angles = angles_of(Path("angles.csv"))
        sitting = (angles["time_s"] > 7.0) & (angles["time_s"] < 10.0)
        knee_deg = angles["left_knee_flexion_deg"][sitting]
        assert np.isnan(knee_deg).all() or np.abs(np.nanmedian(knee_deg) - 90.0) < 10.0


def test_without_knee_extensions_it_is_said_what_to_record(seated, without, cli, saved):
    recording = replace(without(seated, 10.6, 31.0), markers=())
    outcome = cli("analyze", saved(recording))
    assert outcome.status == 2
    assert "three straightenings of each knee" in f"{outcome.said} {outcome.complaint}"


def test_a_walk_without_standing_is_measured_with_less_certainty(walk, without, analysed):
    documents = [analysed(r)[1] for r in (walk, replace(without(walk, -1.0, 6.0), markers=()))]
    first, second = (
        {leg["side"]: leg["uncertainty_deg"] for leg in document["calibration"]}
        for document in documents
    )
    assert all(second[side] >= first[side] for side in ("left", "right"))
    assert {leg["source"] for leg in documents[0]["calibration"]} != {
        leg["source"] for leg in documents[1]["calibration"]
    }
    assert len(documents[1]["results"]) == 2


@pytest.mark.parametrize("seconds", [0.06, 1.0, 2.0])
def test_a_recording_of_a_moment(seated, without, refused, saved, seconds):
    recording = replace(without(seated, seconds, 1e9), markers=())
    refused("analyze", saved(recording), words=["Record 5 s of quiet standing"])


def test_sensors_that_lie_still(refused, saved):
    refused("analyze", saved(still()), words=["Record 5 s of quiet standing"])


@pytest.mark.parametrize("name", ["seated", "walk"])
def test_ten_hertz_is_enough_to_be_right_or_refused(request, analysed, by_side, name):
    recording = request.getfixturevalue(name)
    streams = {
        segment: replace(
            stream,
            time_s=stream.time_s[::5],
            acc_mps2=stream.acc_mps2[::5],
            gyr_dps=stream.gyr_dps[::5],
            sampling_rate_hz=10.0,
        )
        for segment, stream in recording.streams.items()
    }
    _, full = analysed(recording)
    outcome, slow = analysed(replace(recording, streams=streams))
    assert outcome.status == 0
    assert {sensor["sampling_rate_hz"] for sensor in slow["sensors"]} == {10.0}
    for side, result in by_side(full, name).items():
        other = by_side(slow, name)[side]
        key = "internal_deg" if name == "seated" else "excursion_deg"
        assert other[key] == pytest.approx(result[key], abs=2.0)


def test_markers_outside_the_recording_are_told(seated, cli, saved):
    saved(seated, "session.csv")
    text = "label,side,start_s,end_s\nseated,left,500,600"
    Path("session.markers.csv").write_text(text, encoding="utf-8")
    outcome = cli("analyze", "session.csv")
    assert "marker seated from 500 to 600 s lies outside the recording" in outcome.said


def test_nothing_measured_is_exit_status_2_with_advice(seated, without, cli, saved):
    """Standing, sitting and knee extensions, but no test."""
    outcome = cli("analyze", saved(replace(without(seated, 30.0, 1e9), markers=())))
    assert outcome.status == 2
    assert "No test, walk or run was found" in outcome.complaint
    assert "NAME.markers.csv" in outcome.complaint
    assert "Measure" not in outcome.said
