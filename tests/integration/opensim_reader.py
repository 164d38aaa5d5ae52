"""What OpenSim makes of exported files, as JSON in a file.

Run by the Python of an environment that has opensim, not by that of the tests:
`python opensim_reader.py ANGLES.mot SENSORS.sto SEGMENTS.sto START_S END_S RESULT.json`.
"""

import json
import math
import sys
from pathlib import Path

import opensim as osim

BODY_FIXED = 0
QUARTER_TURN = 1.5707963267948966


def both_readers(mot):
    """The columns of a file through `TimeSeriesTable` and through the older `Storage`."""
    table, storage = osim.TimeSeriesTable(mot), osim.Storage(mot)
    found = {"in_degrees": storage.isInDegrees(), "time": list(table.getIndependentColumn())}
    found["table"], found["storage"] = {}, {}
    for name in table.getColumnLabels():
        found["table"][name] = table.getDependentColumn(name).to_numpy().tolist()
        values = osim.ArrayDouble()
        storage.getDataColumn(name, values)
        found["storage"][name] = [values.get(i) for i in range(values.getSize())]
    return found


def relative_angles(sto):
    """Body-fixed Z, X, Y angles in radians of each segment in the one above it."""
    table = osim.TimeSeriesTableQuaternion(sto)
    names = list(table.getColumnLabels())
    axes = [osim.CoordinateAxis(axis) for axis in (2, 0, 1)]
    found = {"time": list(table.getIndependentColumn()), "columns": names}
    for i in range(table.getNumRows()):
        row = table.getRowAtIndex(i)
        turned = [osim.Rotation(row.getElt(0, place)) for place in range(len(names))]
        for side in "rl":
            above = "pelvis_imu"
            for joint, below in (("hip", f"femur_{side}_imu"), ("knee", f"tibia_{side}_imu")):
                first, second = turned[names.index(above)], turned[names.index(below)]
                relative = osim.Rotation(first.transpose()).multiply(second)
                angles = relative.convertThreeAxesRotationToThreeAngles(BODY_FIXED, *axes)
                found.setdefault(f"{joint}_{side}", []).append([angles.get(k) for k in range(3)])
                above = below
    return found


def orientations(sto):
    """Quaternions of every column, scalar first, and the rate that the header tells."""
    table = osim.TimeSeriesTableQuaternion(sto)
    columns = {name: [] for name in table.getColumnLabels()}
    for i in range(table.getNumRows()):
        row = table.getRowAtIndex(i)
        for place, own in enumerate(columns.values()):
            own.append([row.getElt(0, place).get(part) for part in range(4)])
    rate_hz = float(table.getTableMetaDataString("DataRate"))
    return {"time": list(table.getIndependentColumn()), "columns": columns, "rate": rate_hz}


def body(model, name):
    """A body with a sensor on it whose axes are the body's own."""
    made = osim.Body(name, 1.0, osim.Vec3(0), osim.Inertia(0.1, 0.1, 0.1))
    model.addBody(made)
    made.addComponent(osim.PhysicalOffsetFrame(f"{name}_imu", made, osim.Transform()))
    return made


def joint(model, name, parent, child, turns):
    """A joint that turns about three axes one after the other; None is an axis that is locked."""
    transform = osim.SpatialTransform()
    for place, (coordinate, axis) in enumerate(turns):
        own = transform.updTransformAxis(place)
        own.setAxis(osim.Vec3(*axis))
        if coordinate:
            own.setCoordinateNames(osim.ArrayStr(coordinate, 1))
            own.set_function(osim.LinearFunction(1, 0))
    below = osim.Vec3(0, 0.4, 0)
    made = osim.CustomJoint(
        name, parent, osim.Vec3(0), osim.Vec3(0), child, below, osim.Vec3(0), transform
    )
    model.addJoint(made)


def legs_model(path):
    """Pelvis, femurs and tibias with the joint axes of Rajagopal's model.

    Rajagopal et al., IEEE Trans. Biomed. Eng. 63 (2016) 2068-2079: the hip turns about z, x and y,
    on the left about -x and -y; the knee flexes about -z.
    """
    model = osim.Model()
    pelvis = body(model, "pelvis")
    model.addJoint(osim.FreeJoint("ground_pelvis", model.getGround(), pelvis))
    for side, sign in (("r", 1), ("l", -1)):
        femur, tibia = body(model, f"femur_{side}"), body(model, f"tibia_{side}")
        hip = (
            (f"hip_flexion_{side}", (0, 0, 1)),
            (f"hip_adduction_{side}", (sign, 0, 0)),
            (f"hip_rotation_{side}", (0, sign, 0)),
        )
        joint(model, f"hip_{side}", pelvis, femur, hip)
        knee = ((f"knee_angle_{side}", (0, 0, -1)), (None, (1, 0, 0)), (None, (0, 1, 0)))
        joint(model, f"knee_{side}", femur, tibia, knee)
    model.finalizeConnections()
    model.printToXML(path)


def inverse_kinematics(sto, start_s, end_s):
    """Joint angles in degrees from OpenSense's own inverse kinematics over a part of a file."""
    legs_model("legs.osim")
    model = osim.Model("legs.osim")
    table = osim.TimeSeriesTableQuaternion(sto)
    # From z up to OpenSim's y up, as OpenSense has it for every file of its sensors.
    to_y_up = osim.Rotation()
    to_y_up.setRotationFromAngleAboutX(-QUARTER_TURN)
    osim.OpenSenseUtilities.rotateOrientationTable(table, to_y_up)
    rotations = osim.OpenSenseUtilities.convertQuaternionsToRotations(table)
    state = model.initSystem()
    solver = osim.InverseKinematicsSolver(
        model,
        osim.MarkersReference(),
        osim.OrientationsReference(rotations),
        osim.SimTKArrayCoordinateReference(),
        1e3,
    )
    # IMUInverseKinematicsTool leaves this coarse, which stops it 0.1 degrees short of the best fit.
    solver.setAccuracy(1e-9)
    times = [t for t in table.getIndependentColumn() if start_s <= t < end_s]
    state.setTime(times[0])
    solver.assemble(state)
    every = model.getCoordinateSet()
    coordinates = [every.get(i) for i in range(every.getSize())]
    found = {"time": times, "table": {}}
    for time_s in times:
        state.setTime(time_s)
        solver.track(state)
        for one in coordinates:
            value = math.degrees(one.getValue(state))
            found["table"].setdefault(one.getName(), []).append(value)
    return found


def main(mot, sensors, sto, start_s, end_s, result):
    osim.Logger.setLevelString("Warn")
    found = {
        "mot": both_readers(mot),
        "sensors": orientations(sensors),
        "sto": relative_angles(sto),
        "ik": inverse_kinematics(sto, float(start_s), float(end_s)),
    }
    Path(result).write_text(json.dumps(found), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
