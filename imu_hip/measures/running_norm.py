"""The published band of hip rotation in runners, to lay behind a measured curve."""

import csv
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np

from imu_hip.kinematics.quaternion import FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class PublishedBand:
    """Mean and 5 to 95 % of runners through the stride, each runner's mean removed.

    Arrays have shape (101,), foot strike to foot strike; + is internal rotation of the hip.
    """

    percent: FloatArray
    mean_deg: FloatArray
    low_deg: FloatArray
    high_deg: FloatArray
    source: str
    licence: str
    n: int


@cache
def runners_band() -> PublishedBand:
    """Hip rotation of 46 healthy runners on a treadmill at 2.5 m/s, from markers on the skin.

    It is rotation against the pelvis, which the femur's rotation alone is not. The data set counts
    external rotation positive; the sign is changed here.
    """
    with files("imu_hip.measures").joinpath("running_norm.csv").open(encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines))

    def column(name: str) -> FloatArray:
        values = np.array([float(row[name]) for row in rows])
        values.setflags(write=False)
        return values

    return PublishedBand(
        percent=column("percent"),
        mean_deg=column("mean_deg"),
        low_deg=column("low_deg"),
        high_deg=column("high_deg"),
        source="R. K. Fukuchi, M. Duarte, R. Ferber: 3D kinematics dataset of running, "
        "interlaboratory comparison; 46 runners at 2.5 m/s "
        "(github.com/regifukuchi/BMC-RIC-running-biomechanics)",
        licence="CC BY 4.0",
        n=46,
    )
