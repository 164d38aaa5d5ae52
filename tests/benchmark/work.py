"""The two pieces of work that the speed table compares."""

from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
from vqf import offlineVQF

from imu_hip.analysis.analyze import analyze
from imu_hip.names import Segment
from imu_hip.recording.formats import open_recording


def floor(path: Path) -> None:
    """Read the file and run the filter over the five sensors, and nothing else."""
    file = pq.ParquetFile(path)
    for sensor in range(len(Segment)):
        own = file.read_row_group(sensor)
        acc, gyr = (
            np.column_stack([np.from_dlpack(_column(own, kind, axis, unit)) for axis in "xyz"])
            for kind, unit in (("acc", "mps2"), ("gyr", "dps"))
        )
        offlineVQF(np.deg2rad(gyr), np.ascontiguousarray(acc), None, 0.01)


def results(path: Path) -> None:
    """From the file to results."""
    analyze(open_recording(path))


def _column(table, kind, axis, unit):
    return table[f"{kind}_{axis}_{unit}"].combine_chunks()
