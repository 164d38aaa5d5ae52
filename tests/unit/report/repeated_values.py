"""Repeated values of people as they come out of a history or a table."""

import numpy as np

from imu_hip.names import Side
from imu_hip.report.reliability_reading import Value


def value(degrees, day=0, person="anna", session=None, side=Side.LEFT, **changes):
    values = {"task": "seated", "measure": "internal", "unit": "°", "repetitions": 3}
    values |= changes
    name = str(day) if session is None else session
    return Value(person=person, session=name, day=day, side=side, value=degrees, **values)


def of_people(people=8, sessions=4, error_deg=2.0, step_deg=0.0, seed=5, **changes):
    """Values of both legs of several people, every second day."""
    random = np.random.default_rng(seed)
    found = []
    for number in range(people):
        level = dict(zip(Side, random.normal(38.0, 6.0, 2).round(1), strict=True))
        for session in range(sessions):
            for side in Side:
                degrees = level[side] + random.normal(0.0, error_deg) + step_deg * session
                found.append(value(degrees, 2 * session, f"person {number}", side=side, **changes))
    return found
