"""Which columns of the angle table the report draws."""

from imu_hip.analysis.results import AngleTable
from imu_hip.names import Side
from imu_hip.report.figures import Trace


def quantity_of(angles: AngleTable) -> str:
    """'hip rotation' where a pelvis sensor gives one, else 'femoral rotation'."""
    hip = traces_of(angles, "hip_rotation").values()
    return "hip rotation" if any(trace.measured() for trace in hip) else "femoral rotation"


def rotation_traces(angles: AngleTable) -> dict[Side, Trace]:
    """The rotation of each leg over time."""
    return traces_of(angles, quantity_of(angles).replace(" ", "_"))


def traces_of(angles: AngleTable, quantity: str) -> dict[Side, Trace]:
    """The column `<side>_<quantity>_deg` of each leg that has one."""
    return {
        side: Trace(angles.time_s, angles.columns[name])
        for side in Side
        if (name := f"{side}_{quantity}_deg") in angles.columns
    }
