"""Joint angles over a stride of running and of walking, as short Fourier series."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from imu_hip.kinematics.quaternion import FloatArray


@dataclass(frozen=True, slots=True)
class PeriodicCurve:
    """A mean with cosine and sine amplitudes of the harmonics 1, 2, 3 ..., in degrees."""

    mean_deg: float
    harmonics_deg: tuple[tuple[float, float], ...]

    def at(self, cycles: FloatArray) -> FloatArray:
        """Values at `cycles`, shape (n,), where whole numbers are foot strikes."""
        turn = np.exp(2j * np.pi * cycles)
        total = np.zeros(len(cycles), dtype=np.complex128)
        # Horner's scheme needs one exponential instead of one for each harmonic.
        for cosine_deg, sine_deg in reversed(self.harmonics_deg):
            total = (total + (cosine_deg - 1j * sine_deg)) * turn
        values: FloatArray = self.mean_deg + total.real
        return values

    @property
    def range_deg(self) -> float:
        """Difference between the highest and the lowest value."""
        return float(np.ptp(self.at(np.arange(1000) / 1000.0)))


@dataclass(frozen=True, slots=True)
class GaitPattern:
    """The shape of a gait.

    Parameters
    ----------
    angles
        Curves of the hip and knee under the names of `LegAngles` without their unit.
    stride_s
        Usual stride time.
    contact_fraction
        Part of the stride from foot strike to toe-off.
    impact
        Strength of the foot strike as a part of running's.
    rotation_excursion_deg
        Usual range of hip rotation over a stride.
    pelvis_yaw_deg, pelvis_list_deg, pelvis_tilt_deg
        Amplitudes of turning and listing once a stride, and constant forward tilt.
    bounce_m, lowest_at, sway_m
        Vertical amplitude twice a stride and the part of the stride where the pelvis is lowest;
        sideways amplitude.
    """

    angles: Mapping[str, PeriodicCurve]
    stride_s: float
    contact_fraction: float
    impact: float
    rotation_excursion_deg: float
    pelvis_yaw_deg: float
    pelvis_list_deg: float
    pelvis_tilt_deg: float
    bounce_m: float
    lowest_at: float
    sway_m: float


RUNNING: Final = GaitPattern(
    # Hip flexion, hip rotation and knee flexion: mean of 46 runners at 2.5 m/s, from R. K.
    # Fukuchi, M. Duarte and R. Ferber, "3D kinematics dataset of running - interlaboratory
    # comparison" (CC-BY 4.0), reduced to five harmonics; hip adduction and tibial rotation
    # follow the usual shape only.
    angles={
        "hip_flexion": PeriodicCurve(
            12.29, ((18.78, -11.39), (-6.02, 2.29), (-2.11, 1.16), (-0.03, 0.04), (-0.19, -0.05))
        ),
        "hip_adduction": PeriodicCurve(
            2.93, ((5.08, 2.71), (-1.67, 1.57), (-0.92, 0.09), (-0.22, 0.0))
        ),
        "hip_rotation": PeriodicCurve(
            3.26, ((5.67, 1.92), (-1.07, -0.63), (-0.53, 0.03), (0.10, 0.10), (-0.76, 0.47))
        ),
        "knee_flexion": PeriodicCurve(
            42.16, ((-10.70, -25.55), (-16.60, 17.56), (-3.29, 2.20), (-0.66, 1.21), (-0.33, 0.23))
        ),
        "tibial_rotation": PeriodicCurve(0.0, ((1.36, 2.97), (-2.47, 1.01), (-0.53, -0.18))),
    },
    stride_s=0.72,
    contact_fraction=0.36,
    impact=1.0,
    rotation_excursion_deg=14.0,
    pelvis_yaw_deg=4.0,
    pelvis_list_deg=3.5,
    pelvis_tilt_deg=10.0,
    bounce_m=0.035,
    lowest_at=0.16,
    sway_m=0.01,
)
WALKING: Final = GaitPattern(
    # Hip rotation through the values of M. H. Schwartz et al., J. Biomech. 41(8), 2008, at free
    # speed; the others through rounded textbook values of level walking.
    angles={
        "hip_flexion": PeriodicCurve(
            13.84, ((20.34, -4.93), (-3.45, -1.46), (-0.34, 1.02), (-0.34, -0.02))
        ),
        "hip_adduction": PeriodicCurve(0.72, ((0.97, 4.87), (-0.72, -0.52), (-0.89, 0.33))),
        "hip_rotation": PeriodicCurve(
            -1.13, ((1.69, 1.41), (-2.42, -0.45), (-0.61, 0.51), (-0.11, 0.08))
        ),
        "knee_flexion": PeriodicCurve(
            22.40,
            ((-3.23, -19.95), (-13.85, 7.66), (-1.26, 4.27), (0.03, 0.64), (0.09, 0.19)),
        ),
        "tibial_rotation": PeriodicCurve(0.0, ((1.4, 2.0), (-1.5, 0.8))),
    },
    stride_s=1.08,
    contact_fraction=0.62,
    impact=0.3,
    rotation_excursion_deg=8.0,
    pelvis_yaw_deg=4.0,
    pelvis_list_deg=4.0,
    pelvis_tilt_deg=8.0,
    bounce_m=0.018,
    lowest_at=0.06,
    sway_m=0.02,
)
