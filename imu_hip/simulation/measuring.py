"""Measuring a body motion with imperfect sensors, as hardware would have recorded it."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Final

import numpy as np

import imu_hip
from imu_hip.kinematics.quaternion import (
    FloatArray,
    IntArray,
    from_axis_angle,
    interpolate,
    multiply,
    normalise,
)
from imu_hip.names import THIGH, Segment, Side
from imu_hip.recording.recording import LogEntry, Marker, Recording, SensorInfo, SensorStream
from imu_hip.simulation.motion import BodyMotion
from imu_hip.simulation.sensor_errors import PERFECT, SensorErrors
from imu_hip.simulation.virtual_sensor import (
    SIDE_OF,
    SensorMotion,
    SensorPlacement,
    default_offset_m,
    sensor_motion,
)

LEG_SEGMENTS: Final = tuple(segment for segment in Segment if segment is not Segment.PELVIS)

_BLOCK_SAMPLES = 8192
"""Blocks that fit the processor's cache; an hour's motion would not fit memory several times."""


def record(
    body: BodyMotion,
    sampling_rate_hz: float,
    errors: SensorErrors = PERFECT,
    seed: int = 0,
    *,
    segments: Iterable[Segment] = LEG_SEGMENTS,
    markers: tuple[Marker, ...] = (),
    source: str = "simulated motion",
    details: Mapping[str, object] | None = None,
) -> Recording:
    """Measure a motion with imperfect sensors.

    Parameters
    ----------
    body
        The motion, sampled at least twice as finely as the sensors.
    sampling_rate_hz
        Nominal rate of the sensors.
    seed
        The same seed gives the same recording; a sensor's draws do not depend on which other
        sensors are worn.
    details
        What else the log should tell about the motion.

    Returns
    -------
    Recording
        Marked as simulated, with every parameter in its log. Drifting clocks are left as they
        are: times are those of each sensor's own clock.
    """
    streams: dict[Segment, SensorStream] = {}
    mountings: dict[str, list[float]] = {}
    for segment in segments:
        rng = np.random.default_rng((seed, list(Segment).index(segment)))
        neutral_deg = body.neutral_rotation_deg.get(SIDE_OF.get(segment, Side.LEFT), 0.0)
        placement = placed(segment, errors, rng, neutral_deg)
        mountings[segment.value] = placement.q_segment_sensor.tolist()
        streams[segment] = _stream(body, placement, sampling_rate_hz, errors, rng)
    about = {**(details or {}), "seed": seed, "sampling_rate_hz": sampling_rate_hz}
    about |= {"sensor_errors": asdict(errors), "q_segment_sensor": mountings}
    entry = LogEntry("simulated", imu_hip.__version__, about)
    return Recording(streams, markers, f"{source} (simulated)", simulated=True, log=(entry,))


def placed(
    segment: Segment,
    errors: SensorErrors,
    rng: np.random.Generator,
    neutral_rotation_deg: float = 0.0,
) -> SensorPlacement:
    """Put a sensor on its segment; the thigh's skin is not twisted at the neutral rotation."""
    mounting = random_orientation(rng) if errors.random_mounting else np.array([1.0, 0, 0, 0])
    offset_m = default_offset_m(segment)
    slips = tuple(slip for slip in errors.slips if slip.segment is segment)
    if segment not in THIGH.values():
        return SensorPlacement(segment, offset_m, mounting, slips=slips)
    return SensorPlacement(
        segment,
        offset_m,
        mounting,
        skin_gain=errors.thigh_skin_gain,
        neutral_rotation_deg=neutral_rotation_deg,
        wobble_deg=errors.wobble_deg,
        slips=slips,
    )


def random_orientation(rng: np.random.Generator) -> FloatArray:
    """A unit quaternion, shape (4,), uniform over all orientations."""
    return normalise(rng.normal(size=4))


def random_heading(errors: SensorErrors, rng: np.random.Generator) -> FloatArray:
    """By how much a sensor's reported orientation is turned about the vertical, shape (4,)."""
    heading_deg = errors.facing_deg + errors.heading_spread_deg * rng.uniform(-1.0, 1.0)
    return from_axis_angle(np.array([0.0, 0.0, 1.0]), np.deg2rad(heading_deg))


def _stream(
    body: BodyMotion,
    placement: SensorPlacement,
    rate_hz: float,
    errors: SensorErrors,
    rng: np.random.Generator,
) -> SensorStream:
    pace = 1.0 + 1e-6 * errors.clock_drift_ppm.get(placement.segment, 0.0)
    duration_s = float(body.time_s[-1] - body.time_s[0])
    clock_s = np.arange(int(duration_s * pace * rate_hz + 1e-6) + 1) / rate_hz
    ideal = _sampled(body, placement, clock_s / pace)
    n = len(clock_s)
    bias_dps = errors.gyr_bias_dps * normalise(rng.normal(size=3))
    offset_mps2 = errors.acc_offset_mps2 * normalise(rng.normal(size=3))
    gyr_dps = ideal.gyr_dps + bias_dps + errors.gyr_noise_dps * rng.normal(size=(n, 3))
    acc_mps2 = ideal.acc_mps2 + offset_mps2 + errors.acc_noise_mps2 * rng.normal(size=(n, 3))
    turn = random_heading(errors, rng)
    kept = _kept(n, errors.lost_fraction, errors.lost_burst_s * rate_hz, rng)
    return SensorStream(
        placement.segment,
        clock_s[kept],
        rate_hz,
        multiply(turn, ideal.q_earth_sensor[kept]) if errors.orientation else None,
        acc_mps2[kept] if errors.raw else None,
        gyr_dps[kept] if errors.raw else None,
        sensor=SensorInfo("simulated", f"SIM-{list(Segment).index(placement.segment):02d}"),
    )


def _sampled(body: BodyMotion, placement: SensorPlacement, at_s: FloatArray) -> SensorMotion:
    """Faultless signals at any times, block by block."""
    parts: list[tuple[FloatArray, FloatArray, FloatArray]] = []
    last = len(body.time_s) - 1
    for first in range(0, len(at_s), _BLOCK_SAMPLES):
        place = at_s[first : first + _BLOCK_SAMPLES] * body.sampling_rate_hz
        # Rounding must not push a sample that sits on the fine grid to the row before.
        index = np.minimum(np.floor(place + 1e-6).astype(np.intp), last - 1)
        fraction = np.clip(place - index, 0.0, 1.0)
        begin = max(int(index[0]) - 1, 0)
        fine = sensor_motion(body.part(slice(begin, int(index[-1]) + 3)), placement)
        row = index - begin
        parts.append(
            (
                interpolate(fine.q_earth_sensor, row, fraction),
                _linear(fine.gyr_dps, row, fraction),
                _linear(fine.acc_mps2, row, fraction),
            )
        )
    q, gyr, acc = (np.concatenate(columns) for columns in zip(*parts, strict=True))
    return SensorMotion(q, gyr, acc)


def _linear(values: FloatArray, row: IntArray, fraction: FloatArray) -> FloatArray:
    part = fraction[:, None]
    between: FloatArray = (1.0 - part) * values[row] + part * values[row + 1]
    return between


def _kept(n: int, fraction: float, mean_burst: float, rng: np.random.Generator) -> IntArray:
    """Rows that were not lost; exactly the asked fraction is, in bursts, never at the ends."""
    lost = round(n * fraction)
    if lost == 0:
        return np.arange(n)
    bursts = max(1, min(round(lost / max(mean_burst, 1.0)), n - lost - 1))
    lengths = 1 + rng.multinomial(lost - bursts, np.full(bursts, 1.0 / bursts))
    before = np.sort(rng.choice(np.arange(1, n - lost), size=bursts, replace=False))
    shift = np.zeros(n - lost, dtype=np.intp)
    shift[before] = lengths
    kept: IntArray = np.arange(n - lost) + np.cumsum(shift)
    return kept
