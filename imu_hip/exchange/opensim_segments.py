"""OpenSense `.sto` files with the orientations of the body segments instead of their sensors."""

from pathlib import Path
from typing import Final

import numpy as np

from imu_hip import __version__
from imu_hip.analysis.segments import SegmentOrientations
from imu_hip.errors import NothingMeasuredError
from imu_hip.recording.formats.opensense_sto import write_quaternions

NOTES: Final = (
    f"Written by imu_hip {__version__}: orientations of calibrated segments, earth z up.",
    "Segment axes are those of OpenSim's bodies: x anterior, y up in standing, z to the right.",
    "The shin is a hinge on the femur, bent by the measured knee flexion.",
)


def write_segments_sto(segments: SegmentOrientations, path: Path) -> int:
    """Write segment orientations as OpenSense reads them, one column a segment.

    Only times at which every segment was measured are written.

    Returns
    -------
    int
        How many times were left out.

    Raises
    ------
    NothingMeasuredError
        Where the segments were never measured all at the same time.
    OutputError
        Where the file cannot be written.
    """
    orientations = segments.q_earth_segment
    # OpenSense takes every column of a row; one without sense would bend the whole model.
    whole = np.isfinite(np.concatenate(list(orientations.values()), axis=1)).all(axis=1)
    if not whole.any():
        raise NothingMeasuredError(
            f"{', '.join(segment.words for segment in orientations)} were never measured at the "
            "same time.",
            "Export the sensors' own orientations, or record again.",
        )
    write_quaternions(
        path,
        segments.time_s[whole],
        segments.sampling_rate_hz,
        {segment: q[whole] for segment, q in orientations.items()},
        notes=NOTES,
    )
    return int(len(whole) - whole.sum())
