"""What gravity alone says of a segment: exact, free of drift and of heading."""

from dataclasses import dataclass

import numpy as np

from imu_hip.kinematics.quaternion import FloatArray, columns, from_matrix


def up_in_sensor(q_earth_sensor: FloatArray) -> FloatArray:
    """Direction "up" in sensor coordinates, shape (n, 3), of orientations, shape (n, 4)."""
    w, x, y, z = q_earth_sensor.T
    return columns(2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y))


def axis_in_earth(q_earth_sensor: FloatArray, axis_sensor: FloatArray) -> FloatArray:
    """Earth coordinates, shape (n, 3), of one sensor-fixed axis, shape (3,)."""
    w, x, y, z = q_earth_sensor.T
    a, b, c = (float(component) for component in axis_sensor)
    return columns(
        a + 2 * (-a * (y * y + z * z) + b * (x * y - w * z) + c * (x * z + w * y)),
        b + 2 * (a * (x * y + w * z) - b * (x * x + z * z) + c * (y * z - w * x)),
        c + 2 * (a * (x * z - w * y) + b * (y * z + w * x) - c * (x * x + y * y)),
    )


@dataclass(frozen=True, slots=True)
class SegmentAxes:
    """A segment frame in sensor coordinates: unit vectors x anterior, y proximal, z right."""

    x: FloatArray
    y: FloatArray
    z: FloatArray

    @classmethod
    def from_y_and_z(cls, y: FloatArray, z: FloatArray) -> "SegmentAxes":
        """Frame with exactly this y and the z nearest to the given one."""
        y = y / np.linalg.norm(y)
        z = z - (z @ y) * y
        z = z / np.linalg.norm(z)
        return cls(x=np.cross(y, z), y=y, z=z)

    @property
    def r_sensor_segment(self) -> FloatArray:
        """Rotation matrix, shape (3, 3), whose columns are the axes."""
        return np.stack((self.x, self.y, self.z), axis=-1)


def up_in_segment(q_earth_sensor: FloatArray, axes: SegmentAxes) -> FloatArray:
    """Direction "up" in segment coordinates, shape (n, 3)."""
    up: FloatArray = up_in_sensor(q_earth_sensor) @ axes.r_sensor_segment
    return up


@dataclass(frozen=True, slots=True)
class SegmentInEarth:
    """A segment over time: its y and z axes in earth, and "up" in the segment, shape (n, 3)."""

    y: FloatArray
    z: FloatArray
    up: FloatArray


def mounting(axes: SegmentAxes) -> FloatArray:
    """`q_sensor_segment` of a segment's axes, shape (4,)."""
    q_sensor_segment: FloatArray = from_matrix(axes.r_sensor_segment[None])[0]
    return q_sensor_segment


def segment_in_earth(q_earth_sensor: FloatArray, axes: SegmentAxes) -> SegmentInEarth:
    """Both axes and "up" at once, for two thirds of the time that they take one by one."""
    return mounted_in_earth(q_earth_sensor, mounting(axes))


def mounted_in_earth(q_earth_sensor: FloatArray, q_sensor_segment: FloatArray) -> SegmentInEarth:
    """The same with the mounting known, because a short block takes less time than finding it."""
    # Factors of sqrt(2) in the mounting save the twos of every product below.
    a, b, c, d = (np.sqrt(2.0) * q_sensor_segment).tolist()
    w0, x0, y0, z0 = q_earth_sensor.T
    w = a * w0 - b * x0 - c * y0 - d * z0
    x = b * w0 + a * x0 + d * y0 - c * z0
    y = c * w0 - d * x0 + a * y0 + b * z0
    z = d * w0 + c * x0 - b * y0 + a * z0
    from_xx, xz, wy, yz, wx = 1.0 - x * x, x * z, w * y, y * z, w * x
    y_vertical, z_vertical = yz + wx, from_xx - y * y
    return SegmentInEarth(
        y=columns(x * y - w * z, from_xx - z * z, y_vertical),
        z=columns(xz + wy, yz - wx, z_vertical),
        up=columns(xz - wy, y_vertical, z_vertical),
    )


def pitch_deg(up_segment: FloatArray) -> FloatArray:
    """Sagittal inclination of a segment, shape (n,); + is the distal end forward."""
    return np.rad2deg(np.arctan2(up_segment[:, 0], up_segment[:, 1]))


def elevation_deg(up_segment: FloatArray) -> FloatArray:
    """Angle of the distal direction over the horizontal, shape (n,); standing is −90."""
    return -np.rad2deg(np.arcsin(np.clip(up_segment[:, 1], -1.0, 1.0)))
