"""What others' tools take for the same work: qmt's heading correction and OpenSense.

They are no dependencies. They run in an interpreter of their own: the one that the environment
variable IMU_HIP_PEERS_PYTHON names, or else a temporary one, fetched when the part is asked for.
"""

import json
import os
import subprocess
import sys
import time
import venv
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from imu_hip.kinematics.calibration import CalibrationSource, LegCalibration
from imu_hip.kinematics.chain_windows import centred
from imu_hip.kinematics.gravity import SegmentAxes, segment_in_earth
from imu_hip.kinematics.heading import shin_to_thigh
from imu_hip.kinematics.pipeline import ChainParameters, leg_angles
from imu_hip.names import SHIN, THIGH, Side
from imu_hip.recording.timeline import Timeline, build_timeline
from imu_hip.simulation import TYPICAL, GaitPlan, simulate_run

Row = tuple[str, str, str]

PYTHON = "IMU_HIP_PEERS_PYTHON"
MODEL = "IMU_HIP_OPENSIM_MODEL"
REQUIREMENTS = ("qmt==0.2.4", "opensim==4.6")
HOW = (
    f"To compare with others' tools, set {PYTHON} to a Python that has them "
    f"(pip install {' '.join(REQUIREMENTS)}), or be online for `python -m tests.benchmark peers`."
)

RATE_HZ = 100.0
DURATION_S = 60.0
ROUNDS = 5
REPEATS = 20
WINDOW = round(3.0 * RATE_HZ)


def heading_correction() -> list[Row]:
    """CPU time per second of data: our leg chain and its heading part, and peers on the same."""
    errors = replace(TYPICAL, random_mounting=False)
    plan = GaitPlan(duration_s=DURATION_S)
    simulated = simulate_run(plan, errors, RATE_HZ, 1, pelvis_sensor=True)
    timeline = build_timeline(simulated.recording)
    chain, heading = _ours(timeline)
    rows = [
        ("leg chain of one leg, CPU per second of data", f"{1e3 * chain:.3f} ms", ""),
        ("the heading between shin and thigh alone", f"{1e3 * heading:.4f} ms", ""),
    ]
    with TemporaryDirectory() as folder:
        python = _interpreter(Path(folder))
        if python is None:
            print(HOW)
            return rows
        data = Path(folder) / "data.npz"
        _save(timeline, data)
        for constraint, cost in _run(python, "peer_qmt.py", data).items():
            what = f"qmt headingCorrection, one knee, {constraint}"
            rows.append(_row(what, cost, f"{cost / chain:.0f} / {cost / heading:.0f}"))
        given = os.environ.get(MODEL)
        model = [given] if given else []
        what = "OpenSense, five segments, " + (Path(given).stem if given else "bare skeleton")
        for cost in _run(python, "peer_opensense.py", data, folder, *model).values():
            rows.append(_row(what, cost, f"{cost / (2.0 * chain):.0f} (both legs)"))
        return rows + _not_measured(rows)


def _ours(timeline: Timeline) -> tuple[float, float]:
    axes = SegmentAxes(*np.eye(3))
    leg = LegCalibration(axes, axes, CalibrationSource.PROTOCOL, 0.0, 0.0)
    q_thigh, q_shin = (timeline.q_earth_sensor[place[Side.RIGHT]] for place in (THIGH, SHIN))
    z_thigh, z_shin = (segment_in_earth(q, axes).z for q in (q_thigh, q_shin))
    parameters = ChainParameters(RATE_HZ)
    duration_s = float(timeline.time_s[-1] - timeline.time_s[0])

    def chain() -> None:
        leg_angles(q_thigh, q_shin, leg, Side.RIGHT, parameters)

    def heading() -> None:
        shin_to_thigh(z_thigh, z_shin, centred(2 * WINDOW))

    return _cpu_s(chain) / duration_s, _cpu_s(heading) / duration_s


def _cpu_s(work: Callable[[], None]) -> float:
    times = []
    for _ in range(ROUNDS):
        start = time.process_time()
        for _ in range(REPEATS):
            work()
        times.append((time.process_time() - start) / REPEATS)
    return float(np.median(times))


def _save(timeline: Timeline, path: Path) -> None:
    q = {f"q_{segment}": rows for segment, rows in timeline.q_earth_sensor.items()}
    gyr_dps = {f"gyr_{segment}_dps": rows for segment, rows in timeline.gyr_dps.items()}
    np.savez(path, time_s=timeline.time_s, **q, **gyr_dps)


def at_hand() -> bool:
    """Whether the environment names an interpreter that has the peers; says how to name one."""
    if os.environ.get(PYTHON):
        return True
    print(HOW)
    return False


def _interpreter(folder: Path) -> Path | None:
    given = os.environ.get(PYTHON)
    if given:
        return Path(given)
    home = folder / "peers"
    venv.create(home, with_pip=True)
    python = home / ("Scripts" if os.name == "nt" else "bin") / "python"
    fetch = [python, "-m", "pip", "install", "--quiet", *REQUIREMENTS]
    done = subprocess.run(fetch, capture_output=True, text=True, check=False)
    return None if done.returncode else python


def _run(python: Path, script: str, *arguments: object) -> dict[str, float]:
    """What a script prints; nothing, and why, where its tool does not run there."""
    command = [str(python), str(Path(__file__).with_name(script)), *map(str, arguments)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    except OSError as error:
        sys.exit(f"{PYTHON} names {python}, which does not run: {error}")
    if done.returncode:
        print(f"{script}: {(done.stderr.strip() or 'failed').splitlines()[-1]}")
        return {}
    costs: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return costs


def _row(what: str, cost: float, ratio: str) -> Row:
    return (f"{what}: CPU per second of data", f"{1e3 * cost:.1f} ms", f"times ours: {ratio}")


def _not_measured(rows: list[Row]) -> list[Row]:
    measured = " ".join(what for what, _, _ in rows)
    return [
        (f"{tool}: CPU per second of data", "not measured", f"it needs pip install {requirement}")
        for tool, requirement in zip(("qmt", "OpenSense"), REQUIREMENTS, strict=True)
        if tool not in measured
    ]
