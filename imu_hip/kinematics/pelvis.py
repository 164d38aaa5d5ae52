"""Which way a pelvis sensor faces, told by how the pelvis lists in gait."""

from dataclasses import dataclass

import numpy as np

from imu_hip.kinematics.gravity import SegmentAxes
from imu_hip.kinematics.quaternion import FloatArray

HIGHEST_AT = 0.2
"""Part of the right leg's stride at which the right side of the pelvis stands highest: early
stance, when the side in the air sinks, in walking and running alike (T. F. Novacheck, Gait &
Posture 7 (1998) 77-95)."""


@dataclass(frozen=True, slots=True)
class PelvisFacing:
    """Axes of the pelvis in its sensor and the amplitude of the list that showed them."""

    axes: SegmentAxes
    list_deg: float


def facing_from_list(
    up_sensor: FloatArray, y_sensor: FloatArray, right_stride: FloatArray
) -> PelvisFacing:
    """Pelvis axes from the tilting of the pelvis once a stride.

    Leaning forward and back comes twice a stride, sinking to the side once. So whatever "up" does
    in the sensor once a stride lies along the pelvis' z, and it points to the right when the right
    leg carries the body. Gravity shows it, so no heading and no acceleration is needed.

    Parameters
    ----------
    up_sensor
        Up in the pelvis sensor in gait, shape (n, 3), finite.
    y_sensor
        Long axis of the pelvis in its sensor: up in standing, shape (3,).
    right_stride
        How far the right leg is through its stride, in strides, shape (n,).
    """
    first = np.cross(y_sensor, np.eye(3)[int(np.argmin(np.abs(y_sensor)))])
    first /= np.linalg.norm(first)
    second = np.cross(y_sensor, first)
    sideways = up_sensor @ first + 1j * (up_sensor @ second)
    once = np.exp(2j * np.pi * (right_stride - HIGHEST_AT))
    there, back = np.mean(sideways * np.conj(once)), np.mean(sideways * once)
    # An oscillation along one line is two equal circles; the line lies midway between them.
    line = np.exp(0.5j * np.angle(there * back))
    amplitude = np.abs(there) + np.abs(back)
    if (there * np.conj(line)).real < 0.0:
        line = -line
    z = line.real * first + line.imag * second
    axes = SegmentAxes.from_y_and_z(y_sensor, z)
    return PelvisFacing(axes, float(np.rad2deg(amplitude)))
