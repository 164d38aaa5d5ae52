"""How far simulated sensors are from ideal."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from imu_hip.names import Segment


@dataclass(frozen=True, slots=True)
class SensorSlip:
    """A sensor that turns on its segment, `at_s` after the recording began, and stays turned.

    Parameters
    ----------
    angle_deg, axis
        How far, and about which axis of the segment: (0, 1, 0), its long axis, for a strap that
        turns round the leg, another one for a sensor that tilts.
    duration_s
        Short for a jerk, several seconds for a strap that creeps.
    """

    segment: Segment
    at_s: float
    angle_deg: float
    axis: tuple[float, float, float] = (0.0, 1.0, 0.0)
    duration_s: float = 0.3


@dataclass(frozen=True, slots=True)
class SensorErrors:
    """How far the simulated sensors are from ideal; the default is ideal.

    Parameters
    ----------
    random_mounting
        Each sensor sits in an orientation drawn uniformly; else aligned with its segment.
    gyr_bias_dps, acc_offset_mps2
        Length of a constant error, whose direction is drawn for each sensor.
    gyr_noise_dps, acc_noise_mps2
        Standard deviation of white noise on each axis.
    facing_deg
        Direction the person faces in earth; visible in the reported orientation only.
    heading_spread_deg
        Half-width of the uniform heading offset of each sensor's reported orientation.
    clock_drift_ppm
        How much faster than true time each sensor's clock runs.
    lost_fraction, lost_burst_s
        Part of the samples that are absent, and the mean length of a burst of them.
    thigh_skin_gain
        Part of the femur's axial rotation that the thigh sensors follow; about 0.5 in life
        (T. A. L. Wren et al., Gait & Posture 27, 2008: 53 ± 10 %).
    wobble_deg
        Amplitude of the thigh's soft-tissue oscillation after foot strike.
    slips
        Sensors that do not stay where they were strapped on.
    orientation, raw
        Which channels the sensors report.
    """

    random_mounting: bool = False
    gyr_bias_dps: float = 0.0
    acc_offset_mps2: float = 0.0
    gyr_noise_dps: float = 0.0
    acc_noise_mps2: float = 0.0
    facing_deg: float = 0.0
    heading_spread_deg: float = 0.0
    clock_drift_ppm: Mapping[Segment, float] = field(default_factory=dict)
    lost_fraction: float = 0.0
    lost_burst_s: float = 0.05
    thigh_skin_gain: float = 1.0
    wobble_deg: float = 0.0
    slips: tuple[SensorSlip, ...] = ()
    orientation: bool = False
    raw: bool = True

    def __post_init__(self) -> None:
        if not 0.0 <= self.lost_fraction <= 0.9:
            raise ValueError(f"a lost fraction of {self.lost_fraction} cannot be simulated")


PERFECT: Final = SensorErrors()
TYPICAL: Final = SensorErrors(
    random_mounting=True,
    gyr_bias_dps=0.2,
    acc_offset_mps2=0.02,
    gyr_noise_dps=0.07,
    acc_noise_mps2=0.012,
    facing_deg=70.0,
    heading_spread_deg=180.0,
    thigh_skin_gain=0.7,
    wobble_deg=1.0,
)
HARSH: Final = SensorErrors(
    random_mounting=True,
    gyr_bias_dps=0.5,
    acc_offset_mps2=0.03,
    gyr_noise_dps=0.1,
    acc_noise_mps2=0.02,
    facing_deg=-140.0,
    heading_spread_deg=180.0,
    clock_drift_ppm=dict(zip(Segment, (0.0, 20.0, -20.0, 10.0, -10.0), strict=True)),
    lost_fraction=0.01,
    thigh_skin_gain=0.5,
    wobble_deg=2.0,
)
