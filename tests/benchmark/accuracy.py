"""How far the measured angles are from the truth."""

from dataclasses import replace

import numpy as np
import pandas as pd
from scipy.io import loadmat
from scipy.spatial.transform import Rotation

from imu_hip.analysis.analyze import analyze
from imu_hip.measures.rotation_test import RotationTest
from imu_hip.names import Direction, Segment, Side, Task
from imu_hip.recording.formats import open_recording
from imu_hip.recording.recording import Recording, SensorStream
from imu_hip.simulation import HARSH, PERFECT, LegPlan, StaticSession, simulate_static_session

Row = tuple[str, str, str]

QMT_SEGMENTS = {
    Segment.LEFT_THIGH: "upper_leg_left",
    Segment.LEFT_SHIN: "lower_leg_left",
    Segment.RIGHT_THIGH: "upper_leg_right",
    Segment.RIGHT_SHIN: "lower_leg_right",
}


def drawn_session(task, seed, twist_deg):
    """A session with everything drawn at random that a person varies."""
    rng = np.random.default_rng(seed)

    def peaks(low, high):
        return tuple(rng.uniform(low, high) + rng.uniform(-3.0, 3.0, 3))

    slopes = {side: tuple(rng.uniform(8.0, 35.0) + rng.uniform(-3.0, 3.0, 3)) for side in Side}
    return StaticSession(
        task=task,
        legs={side: LegPlan(peaks(18, 50), peaks(20, 55), slopes[side]) for side in Side},
        knee_flexion_deg=rng.uniform(75.0, 105.0),
        thigh_elevation_deg=rng.uniform(-15.0, 15.0),
        tibial_rotation_deg=twist_deg,
    )


def errors_of(session, seed, *, marked):
    """Errors of all ranges of a simulated session, and whether every repetition was found."""
    simulated = simulate_static_session(session, HARSH, 100.0, seed)
    recording = simulated.recording if marked else replace(simulated.recording, markers=())
    results = {result.side: result for result in analyze(recording).results}
    errors, exact = [], True
    for side in Side:
        true = [r for r in simulated.truth.repetitions if r.side is side]
        found = results[side]
        exact &= len(found.repetitions) == len(true) == sum(r.valid for r in found.repetitions)
        if isinstance(found, RotationTest):
            for direction in Direction:
                peaks = [r.peak_deg for r in true if r.direction is direction]
                errors.append(found.range(direction).mean_deg - np.mean(peaks))
        else:
            errors.append(found.shin_slope_deg - np.mean([r.peak_deg for r in true]))
            elevations = [r.thigh_elevation_deg for r in true]
            errors.append(found.thigh_elevation_deg - np.mean(elevations))
    return errors, exact


def simulated_tests(seeds=20) -> list[Row]:
    """Static tests on harsh simulated sensors, with and without markers, with and without twist."""
    rows = []
    for task in (Task.SEATED, Task.PRONE, Task.CROSS_LEGGED):
        for twists, bar in (((0.0,), 1.0), ((10.0, -10.0), 2.5)):
            errors, exact = [], 0
            for seed in range(seeds):
                session = drawn_session(task, seed, twists[seed % len(twists)])
                found, all_found = errors_of(session, seed, marked=bool(seed % 2))
                errors += found
                exact += all_found
            twist = "" if twists == (0.0,) else ", tibia twisted by 10°"
            rows.append(
                (
                    f"simulated {task}{twist}: largest error",
                    f"{np.max(np.abs(errors)):.2f}°",
                    f"<= {bar}°; repetitions exact in {exact} of {seeds}",
                )
            )
    return rows


def mirrored(recording) -> Recording:
    """The same motion by the other leg: everything seen in a mirror between the legs.

    A mirror turns the z component of an acceleration around, and the x and y components of an
    angular velocity.
    """
    other = {
        Segment.LEFT_THIGH: Segment.RIGHT_THIGH,
        Segment.LEFT_SHIN: Segment.RIGHT_SHIN,
        Segment.RIGHT_THIGH: Segment.LEFT_THIGH,
        Segment.RIGHT_SHIN: Segment.LEFT_SHIN,
    }
    streams = {
        other[segment]: replace(
            stream,
            segment=other[segment],
            acc_mps2=stream.acc_mps2 * (1.0, 1.0, -1.0),
            gyr_dps=stream.gyr_dps * (-1.0, -1.0, 1.0),
        )
        for segment, stream in recording.streams.items()
    }
    markers = tuple(replace(m, side=m.side and m.side.other) for m in recording.markers)
    return replace(recording, streams=streams, markers=markers)


def remounted(recording, seed) -> Recording:
    """Every sensor turned on its segment at random."""
    turns = Rotation.random(len(recording.streams), np.random.default_rng(seed))
    streams = {
        segment: replace(
            stream, acc_mps2=turn.apply(stream.acc_mps2), gyr_dps=turn.apply(stream.gyr_dps)
        )
        for (segment, stream), turn in zip(recording.streams.items(), turns, strict=True)
    }
    return replace(recording, streams=streams)


def facing(recording, seed) -> Recording:
    """Every sensor's own orientation in an earth frame of another heading."""
    rng = np.random.default_rng(seed)
    streams = {}
    for segment, stream in recording.streams.items():
        turn = Rotation.from_euler("z", rng.uniform(-180.0, 180.0), degrees=True)
        q = turn * Rotation.from_quat(stream.q_earth_sensor, scalar_first=True)
        streams[segment] = replace(stream, q_earth_sensor=q.as_quat(scalar_first=True))
    return replace(recording, streams=streams)


def ranges_of(recording) -> dict[tuple[Side, Direction], float]:
    """Every range of a recording's one test."""
    return {
        (result.side, direction): result.range(direction).mean_deg
        for result in analyze(recording).results
        for direction in Direction
    }


def invariance() -> list[Row]:
    """The same motion by the other leg, or with other mounting and facing."""
    quiet = replace(HARSH, random_mounting=False, lost_fraction=0.0, clock_drift_ppm={})
    raw = simulate_static_session(StaticSession(), quiet, 100.0, 1).recording
    plain = ranges_of(raw)
    other_leg = ranges_of(mirrored(raw))
    mirror = max(abs(plain[side, d] - other_leg[side.other, d]) for side, d in plain)
    mounting = max(
        abs(plain[key] - turned)
        for seed in range(5)
        for key, turned in ranges_of(remounted(raw, seed)).items()
    )
    reported = replace(PERFECT, orientation=True, raw=False)
    own = simulate_static_session(StaticSession(), reported, 100.0, 1).recording
    plain = ranges_of(own)
    heading = max(
        abs(plain[key] - turned)
        for seed in range(5)
        for key, turned in ranges_of(facing(own, seed)).items()
    )
    return [
        ("left and right mirrored: largest difference", f"{mirror:.3f}°", "<= 0.1°"),
        ("other mounting: largest change", f"{mounting:.3f}°", "<= 0.1°"),
        ("other facing direction: largest change", f"{heading:.3f}°", "<= 0.1°"),
    ]


def reference_recordings(data) -> list[Row]:
    """Real recordings against their references."""
    return [*isen(data), *running(data), *sitting(data)]


def isen(data) -> list[Row]:
    """Standing leg moves against the vendor's own angles."""
    analysis = analyze(open_recording(data / "isen" / "iSen_sensors.csv"))
    vendor = pd.read_csv(data / "isen" / "iSen_angles.csv")
    moving = (analysis.angles.time_s >= 6.0) & (analysis.angles.time_s < 26.0)
    rows = []
    for side, word in ((Side.LEFT, "izquierda"), (Side.RIGHT, "derecha")):
        for ours, theirs in (
            ("hip_rotation", "Rotación cadera"),
            ("knee_flexion", "Flexo-extensión rodilla"),
        ):
            angle = analysis.angles.columns[f"{side}_{ours}_deg"][moving]
            error = angle - vendor[f"{theirs} {word}::Y"].to_numpy()[moving]
            name = ours.replace("_", " ")
            rows.append((f"isen, {side} {name}, RMS", f"{np.std(error):.2f}°", "<= 3°"))
    return rows


def running(data) -> list[Row]:
    """A treadmill runner against optical inverse kinematics, without the pelvis sensor."""
    recording = open_recording(data / "running_virtual" / "sensors.csv")
    truth = pd.read_csv(data / "running_virtual" / "truth.csv")
    legs = {s: stream for s, stream in recording.streams.items() if s is not Segment.PELVIS}
    angles = analyze(replace(recording, streams=legs)).angles
    rows = []
    for side in Side:
        for name, bar in (("femoral_rotation", "<= 2.9°"), ("knee_flexion", "")):
            angle = np.interp(truth.time_s, angles.time_s, angles.columns[f"{side}_{name}_deg"])
            error = angle - truth[f"{side}_{name}_deg"]
            words = name.replace("_", " ")
            rows.append((f"runner, {side} {words}, RMS", f"{np.std(error):.2f}°", bar))
    return rows


def sitting(data) -> list[Row]:
    """A person who sits still: the rotation may neither scatter nor drift."""
    angles = analyze(qmt_recording(data)).angles
    still = (angles.time_s >= 54.0) & (angles.time_s < 78.0)
    rows = []
    for side in Side:
        rotation = angles.columns[f"{side}_femoral_rotation_deg"][still]
        drift = np.polyfit(angles.time_s[still], rotation, 1)[0] * 24.0
        rows.append(
            (
                f"sitting still 24 s, {side}: largest deviation, drift",
                f"{np.abs(rotation - rotation.mean()).max():.2f}°, {drift:+.2f}°",
                "<= 1°",
            )
        )
    return rows


def qmt_recording(data) -> Recording:
    """The legs of the full-body recording, raw samples only."""
    content = loadmat(
        data / "qmt_full_body" / "full_body_example_data.mat",
        squeeze_me=True,
        struct_as_record=False,
    )
    streams = {
        segment: SensorStream(
            segment,
            content["t"].astype(float),
            100.0,
            acc_mps2=content[name].acc.astype(float),
            gyr_dps=np.rad2deg(content[name].gyr.astype(float)),
        )
        for segment, name in QMT_SEGMENTS.items()
    }
    return Recording(streams, source="qmt full body")
