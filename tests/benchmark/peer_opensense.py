"""Times OpenSense; run by an interpreter that has opensim, which this project has not.

`python peer_opensense.py DATA.npz FOLDER [MODEL.osim]` prints JSON: CPU seconds per second of data
of the inverse kinematics of pelvis, thighs and shins. Without a model a bare skeleton of those
five segments is built, with a hinge for each knee: less work than any published model.
"""

import json
import sys
import time
from pathlib import Path

import numpy as np
import opensim

BODIES = {
    "pelvis": "pelvis",
    "right_thigh": "femur_r",
    "right_shin": "tibia_r",
    "left_thigh": "femur_l",
    "left_shin": "tibia_l",
}
MEASURED_S = 10.0
STILL_S = 0.1


def skeleton(path: Path) -> Path:
    """Write a model of five segments: a free pelvis, ball joints for hips, hinges for knees."""
    model = opensim.Model()
    model.setName("legs")
    bodies = {}
    for name in BODIES.values():
        bodies[name] = opensim.Body(name, 1.0, opensim.Vec3(0), opensim.Inertia(1))
        model.addBody(bodies[name])
    none = opensim.Vec3(0)
    model.addJoint(opensim.FreeJoint("ground_pelvis", model.getGround(), bodies["pelvis"]))
    for side, right in (("r", 0.1), ("l", -0.1)):
        thigh, shin = bodies[f"femur_{side}"], bodies[f"tibia_{side}"]
        hip, knee = opensim.Vec3(0, 0, right), opensim.Vec3(0, 0.4, 0)
        model.addJoint(
            opensim.BallJoint(f"hip_{side}", bodies["pelvis"], hip, none, thigh, knee, none)
        )
        model.addJoint(opensim.PinJoint(f"knee_{side}", thigh, none, none, shin, knee, none))
    model.finalizeConnections()
    model.printToXML(str(path))
    return path


def write_orientations(path: Path, data, part: slice) -> tuple[float, float]:
    """Write a part of the orientations as .sto, and return its first and last time."""
    time_s = data["time_s"][part] - data["time_s"][0]
    rate_hz = (len(time_s) - 1) / (time_s[-1] - time_s[0])
    header = f"DataRate={rate_hz:.6f}\nDataType=Quaternion\nversion=3\nendheader\n"
    names = "\t".join(["time", *(f"{body}_imu" for body in BODIES.values())])
    q = [data[f"q_{segment}"][part] for segment in BODIES]
    lines = [
        "\t".join([f"{at_s:.6f}", *(",".join(f"{v:.9f}" for v in one[row]) for one in q)])
        for row, at_s in enumerate(time_s)
    ]
    path.write_text(header + "\n".join([names, *lines]) + "\n", "utf-8")
    return float(f"{time_s[0]:.6f}"), float(f"{time_s[-1]:.6f}")


def main(data_path: str, folder_path: str, *model_path: str) -> None:
    """Place the sensors on the standing model, then follow ten seconds of gait."""
    opensim.Logger.setLevelString("off")
    data, folder = np.load(data_path), Path(folder_path)
    rate_hz = 1.0 / float(np.median(np.diff(data["time_s"])))
    model = Path(model_path[0]) if model_path else skeleton(folder / "skeleton.osim")
    still = slice(round(1.0 * rate_hz), round((1.0 + STILL_S) * rate_hz))
    write_orientations(folder / "still.sto", data, still)
    middle, half = len(data["time_s"]) // 2, round(0.5 * MEASURED_S * rate_hz)
    first_s, last_s = write_orientations(
        folder / "gait.sto", data, slice(middle - half, middle + half)
    )
    upright = opensim.Vec3(-np.pi / 2.0, 0, 0)
    placer = opensim.IMUPlacer()
    placer.set_model_file(str(model))
    placer.set_orientation_file_for_calibration(str(folder / "still.sto"))
    placer.set_sensor_to_opensim_rotations(upright)
    placer.set_base_imu_label("pelvis_imu")
    placer.set_base_heading_axis("z")
    placer.set_output_model_file(str(folder / "placed.osim"))
    placer.run(False)
    tool = opensim.IMUInverseKinematicsTool()
    tool.set_model_file(str(folder / "placed.osim"))
    tool.set_orientations_file(str(folder / "gait.sto"))
    tool.set_sensor_to_opensim_rotations(upright)
    tool.set_results_directory(str(folder))
    tool.set_report_errors(False)
    tool.set_time_range(0, first_s)
    tool.set_time_range(1, last_s)
    start = time.process_time()
    if not tool.run():
        sys.exit("OpenSense's inverse kinematics failed")
    print(json.dumps({"ik": (time.process_time() - start) / (last_s - first_s)}))


if __name__ == "__main__":
    main(*sys.argv[1:])
