"""Small valid recordings, made anew each time so that none has to be kept in the project."""

from collections.abc import Callable
from functools import cache
from pathlib import Path

import numpy as np

from imu_hip.kinematics.quaternion import from_axis_angle
from imu_hip.names import GRAVITY_MPS2, MarkerLabel, Segment, Side
from imu_hip.recording.formats import write_recording
from imu_hip.recording.formats.parquet_metadata import to_json
from imu_hip.recording.journal import JournalEvent, JournalHeader, JournalRow, JournalSensor
from imu_hip.recording.journal_writer import JournalWriter
from imu_hip.recording.recording import LogEntry, Marker, Recording, SensorInfo, SensorStream
from tests.faults.fuzz_target import packed, scratch, unpacked

COUNT = 24
RATE_HZ = 60.0
LEG = (Segment.LEFT_THIGH, Segment.LEFT_SHIN)


@cache
def small_recording(*, raw: bool = True, oriented: bool = True) -> Recording:
    """A leg that turns slowly for less than half a second."""
    time_s = np.arange(COUNT) / RATE_HZ
    q = from_axis_angle(np.array([0.0, 0.0, 1.0]), 0.3 * time_s)
    acc = np.tile([0.05, -0.1, GRAVITY_MPS2], (COUNT, 1))
    gyr = np.tile([0.0, 0.0, np.degrees(0.3)], (COUNT, 1))
    streams = {
        segment: SensorStream(
            segment,
            time_s,
            RATE_HZ,
            q if oriented else None,
            acc if raw else None,
            gyr if raw else None,
            np.tile([0.4, 0.1, -0.2], (COUNT, 1)) if raw else None,
            SensorInfo("Movella DOT", f"D4-{i}", "3.0.0"),
        )
        for i, segment in enumerate(LEG)
    }
    return Recording(
        streams,
        markers=(Marker(MarkerLabel.STAND, 0.0, 0.2), Marker(MarkerLabel.SIT, 0.2, 0.4, Side.LEFT)),
        source="small",
        warnings=("A warning.",),
        log=(LogEntry("read", "1.0", {"file": "a.csv"}),),
    )


def bytes_of(write: Callable[[Path], object], name: str) -> bytes:
    """What a function writes into a file."""
    with scratch() as folder:
        write(folder / name)
        return (folder / name).read_bytes()


def written_as(name: str, *, raw: bool = True, oriented: bool = True) -> bytes:
    """The small recording in the format that the name of a file means."""
    recording = small_recording(raw=raw, oriented=oriented)
    return bytes_of(lambda path: write_recording(recording, path), name)


def footer() -> bytes:
    """What the footer of a Parquet file tells of the small recording."""
    return to_json(small_recording()).encode()


MARKERS = (
    b"label,side,start_s,end_s\nstand,,0.0,0.2\nsit,left,0.2,0.35\nknee extension,both,0.3,0.4\n"
)


def journal_header(tick_s: float | None = 1e-6, clock_group: str = "") -> JournalHeader:
    """The header of a journal of two sensors."""
    info = SensorInfo("Movella DOT", "D4", "3.0.0")
    sensors = tuple(JournalSensor(s, RATE_HZ, info, tick_s, clock_group, "careful") for s in LEG)
    return JournalHeader("2026-03-01T09:30:00+00:00", sensors, "small", details={"mode": "full"})


def journal(tick_s: float | None = 1e-6, clock_group: str = "") -> bytes:
    """A journal of two sensors whose samples arrive a little late."""

    def write(path: Path) -> None:
        with JournalWriter(path, journal_header(tick_s, clock_group)) as writer:
            for batch in range(3):
                rows = [
                    _journal_row(sensor, batch * 8 + i) for i in range(8) for sensor in range(2)
                ]
                writer.write(rows, [JournalEvent(batch * 10**8, 0, "The link was lost.")])

    return bytes_of(write, "a.journal")


def _journal_row(sensor: int, i: int) -> JournalRow:
    tick = round(1e6 * i / RATE_HZ)
    arrival_ns = 1000 * tick + 10_000_000 + 1_000_000 * (i % 3)
    q = (1.0, 0.0, 0.0, 0.0)
    return JournalRow(sensor, 0, tick, i, arrival_ns, q, (0.0, 0.0, 9.8), (0.0, 1.0, 0.0), None)


def dot_csv(serial: str = "D4", *, header: bool = True, mode: str = "quaternion") -> bytes:
    """An export of a Movella DOT."""
    lines = []
    if header:
        lines = [
            f"DeviceTag:,{serial}", "FirmwareVersion:,2.0.0", "AppVersion:,2020.2.0",
            "SyncStatus:,Synced", "OutputRate:,60Hz", "FilterProfile:,General",
            "Measurement Mode:,Sensor fusion Mode - Extended (Quaternion)",
            "StartTime:,2026-03-01_09:30:00_123 GMT", "",
        ]  # fmt: skip
    columns = {
        "quaternion": (
            "Quat_W,Quat_X,Quat_Y,Quat_Z,FreeAcc_X,FreeAcc_Y,FreeAcc_Z",
            "1,0,0,0,0,0,0",
        ),
        "increments": ("dq_W,dq_X,dq_Y,dq_Z,dv[1],dv[2],dv[3]", "1,0,0,0,0.0,0.0,0.16"),
        "euler": ("Euler_X,Euler_Y,Euler_Z,Acc_X,Acc_Y,Acc_Z", "1.5,2.5,-3.5,0.1,0.2,9.7"),
    }
    names, values = columns[mode]
    lines.append(f"PacketCounter,SampleTimeFine,{names}")
    lines += [f"{i},{1000 + i * 16667},{values}" for i in range(COUNT)]
    return "\n".join(lines).encode() + b"\n"


def dot_folder(mode: str = "quaternion") -> bytes:
    """A folder of two exports, with markers."""
    return packed(
        {
            "left_thigh.csv": dot_csv("left thigh", mode=mode),
            "left_shin.csv": dot_csv("left shin", mode=mode),
            "markers.csv": MARKERS,
        }
    )


def xsens_folder(
    columns: str = "Quat_q0\tQuat_q1\tQuat_q2\tQuat_q3", values: str = "1\t0\t0\t0"
) -> bytes:
    """A folder of two MT text exports with a map of sensors."""
    lines = ["// Start Time: Unknown", "// Update Rate: 60.0Hz", "// Firmware Version: 4.0.2"]
    lines.append(
        f"PacketCounter\tSampleTimeFine\tAcc_X\tAcc_Y\tAcc_Z\tGyr_X\tGyr_Y\tGyr_Z\t{columns}"
    )
    lines += [
        f"{65530 + i if i < 6 else i - 6}\t\t0.1\t0.2\t9.8\t0\t0.01\t0\t{values}"
        for i in range(COUNT)
    ]
    text = "\n".join(lines).encode() + b"\n"
    return packed(
        {
            "MT_00B421.txt": text,
            "MT_00B422.txt": text,
            "segments.csv": b"sensor,segment\n00B421,left_thigh\n00B422,left_shin\n",
        }
    )


def xsens_with_xml() -> bytes:
    """A folder whose map of sensors is that of OpenSense."""
    matrix = "\t".join(f"Mat[{i}][{j}]" for i in (1, 2, 3) for j in (1, 2, 3))
    files = unpacked(xsens_folder(matrix, "1\t0\t0\t0\t1\t0\t0\t0\t1"))
    files.pop("segments.csv")
    xml = (
        b'<?xml version="1.0" encoding="UTF-8"?>\n<OpenSimDocument Version="40000">\n'
        b'<ExperimentalSensors><ExperimentalSensor name="00B421">'
        b"<name_in_model>femur_l_imu</name_in_model></ExperimentalSensor>\n"
        b'<ExperimentalSensor name="00B422"><name_in_model>tibia_l_imu</name_in_model>'
        b"</ExperimentalSensor></ExperimentalSensors></OpenSimDocument>\n"
    )
    return packed(files | {"myIMUMappings.xml": xml})


def isen() -> bytes:
    """An export of two sensors in two blocks, with a map of them."""
    header = ["Tiempo"] + [f"{name} {axis}::Y" for name in ("LEO", "other") for axis in "XYZ"]
    header += ["Tiempo", "LEO aX::Y"]
    rows = [",".join(header)]
    rows += [f"{i / RATE_HZ:.4f},1.5,-2.5,3.5,4,5,6,{i / RATE_HZ:.4f},0.1" for i in range(COUNT)]
    mapped = b"sensor,segment\nLEO,left_thigh\nother,left_shin\n"
    return packed({"a.csv": "\n".join(rows).encode(), "a.segments.csv": mapped})


SIDE_BY_SIDE_MAP = b"""separator = ","
skip_lines = 1
time = {column = "t", unit = "ms"}
[segments.left_thigh]
acc = {columns = ["ax", "ay", "az"], unit = "g"}
gyr = {columns = ["gx", "gy", "gz"], unit = "rad/s"}
[segments.left_shin]
quaternion = {columns = ["w", "x", "y", "z"]}
mag = {columns = ["ax", "ay", "az"]}
"""
ALTERNATING_MAP = b"""separator = ";"
decimal_point = ","
segment_column = "sensor"
sampling_rate_hz = 60
[columns]
acc = {columns = ["ax", "ay", "az"], unit = "m/s2"}
gyr = {columns = ["gx", "gy", "gz"], unit = "deg/s"}
[segments.left_thigh]
name = "one"
[segments.left_shin]
name = "two"
"""


def generic_side_by_side() -> bytes:
    """A CSV with all sensors in each row, and its map."""
    rows = ["made by hand", "t,ax,ay,az,gx,gy,gz,w,x,y,z"]
    rows += [f"{i * 16.667:.3f},0.01,0.02,0.99,0.1,0.2,0.3,1,0,0,0" for i in range(COUNT)]
    return packed({"a.csv": "\n".join(rows).encode(), "a.toml": SIDE_BY_SIDE_MAP})


def generic_alternating() -> bytes:
    """A CSV whose rows tell their sensor, and the map of its folder."""
    rows = ["sensor;ax;ay;az;gx;gy;gz"]
    rows += [f"{name};0,1;0,2;9,8;1,5;2,5;3,5" for _ in range(COUNT) for name in ("one", "two")]
    return packed({"a.csv": "\n".join(rows).encode(), "map.toml": ALTERNATING_MAP})


def ximu3_folder() -> bytes:
    """Two folders of x-IMU3 sensors, one with an orientation."""
    axes = [f"Gyroscope {axis} (deg/s)" for axis in "XYZ"]
    axes += [f"Accelerometer {axis} (g)" for axis in "XYZ"]
    inertial = [",".join(["Timestamp (us)", *axes])]
    inertial += [f"{900_000 + 10_000 * i},1.5,2.5,3.5,0.0,0.0,1.0" for i in range(COUNT)]
    q = ["Timestamp (us),W,X,Y,Z"]
    q += [f"{900_000 + 10_000 * i},1.0,0.0,0.0,0.0" for i in range(COUNT)]
    mag = ["Timestamp (us),X (a.u.),Y (a.u.),Z (a.u.)"]
    mag += [f"{900_000 + 50_000 * i},0.5,0.1,0.2" for i in range(COUNT // 5)]
    inside = {"Inertial.csv": inertial, "Quaternion.csv": q, "Magnetometer.csv": mag}
    files = {f"left_thigh|{name}": "\n".join(lines).encode() for name, lines in inside.items()}
    files["left_shin|Inertial.csv"] = "\n".join(inertial).encode()
    return packed(files)
