"""Times qmt's heading correction; run by an interpreter that has qmt, which this project has not.

`python peer_qmt.py DATA.npz` prints JSON: CPU seconds per second of data of each constraint.
"""

import json
import sys
import time

import numpy as np
import qmt

CONSTRAINTS = ("1d_corr", "proj", "euler_1d")
ROUNDS = 3


def main(path: str) -> None:
    """Correct the heading of one knee with every constraint, all other settings as they come."""
    data = np.load(path)
    time_s = data["time_s"] - data["time_s"][0]
    hinge = np.array([0.0, 0.0, 1.0])
    gyr_thigh, gyr_shin = (np.deg2rad(data[f"gyr_right_{s}_dps"]) for s in ("thigh", "shin"))
    q_thigh, q_shin = data["q_right_thigh"], data["q_right_shin"]
    cost = {}
    for constraint in CONSTRAINTS:
        times = []
        for _ in range(ROUNDS):
            start = time.process_time()
            qmt.headingCorrection(
                gyr_thigh, gyr_shin, q_thigh, q_shin, time_s, hinge, {}, {"constraint": constraint}
            )
            times.append(time.process_time() - start)
        cost[constraint] = float(np.median(times)) / float(time_s[-1])
    print(json.dumps(cost))


if __name__ == "__main__":
    main(sys.argv[1])
