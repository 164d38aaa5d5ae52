"""Make the recordings of this folder again: `python recordings/make_recordings.py [ISEN_CSV]`.

The simulated sessions are made from fixed seeds. `isen.parquet` is converted from the sensor export
of the package biomdp (MIT, see LICENSE_isen_MIT.txt) where its path is given.
"""

import sys
from dataclasses import replace
from pathlib import Path

from imu_hip.names import Direction, Side, Task
from imu_hip.recording.formats import open_recording, write_recording
from imu_hip.simulation import (
    TYPICAL,
    Fault,
    FaultKind,
    LegPlan,
    StaticSession,
    simulate_static_session,
)

FOLDER = Path(__file__).parent
RATE_HZ = 60.0

STIFF_LEFT = {
    Side.LEFT: LegPlan((27.0, 28.5, 28.0), (43.0, 44.5, 44.0), (31.0, 30.0, 32.0)),
    Side.RIGHT: LegPlan((38.0, 39.5, 39.0), (45.0, 46.0, 47.0), (19.0, 18.0, 20.0)),
}

SESSIONS = {
    "simulated_seated": StaticSession(
        task=Task.SEATED,
        legs=STIFF_LEFT,
        knee_flexion_deg=92.0,
        thigh_elevation_deg=3.0,
        faults=(Fault(FaultKind.THIGH_LIFTED, Side.RIGHT, Direction.INTERNAL, 2),),
    ),
    "simulated_prone": StaticSession(task=Task.PRONE, legs=STIFF_LEFT, knee_flexion_deg=90.0),
    "simulated_cross_legged": StaticSession(task=Task.CROSS_LEGGED, legs=STIFF_LEFT),
}


def main() -> None:
    """Write every recording of this folder."""
    for seed, (name, session) in enumerate(SESSIONS.items(), start=1):
        simulated = simulate_static_session(session, TYPICAL, RATE_HZ, seed)
        write_recording(simulated.recording, FOLDER / f"{name}.parquet")
    if len(sys.argv) > 1:
        isen = open_recording(sys.argv[1])
        write_recording(
            replace(isen, source="iSen, standing leg moves and jogging (biomdp)"),
            FOLDER / "isen.parquet",
        )


if __name__ == "__main__":
    main()
