"""What a kill cost, and where a program that is killed keeps its things."""

import os
from dataclasses import dataclass
from pathlib import Path

WITHIN_S = 120.0
"""A program that says nothing for so long hangs, also on a busy machine."""


@dataclass(frozen=True, slots=True)
class Toll:
    """What one kill cost.

    Parameters
    ----------
    results
        What the program had said, shown or printed is kept, and what is not there any more.
    samples_s
        Time of samples that sensors sent and that cannot be recovered.
    restarted
        Whether everything worked again afterwards, without anything done by hand.
    told
        What went wrong, to find the fault by.
    """

    results: int = 0
    samples_s: float = 0.0
    restarted: bool = True
    told: str = ""


def environment_in(folder: Path, **more: str) -> dict[str, str]:
    """Folders of its own for all that a program keeps, and nothing held back in its output."""
    own = {
        "IMU_HIP_DATA": str(folder / "data"),
        "IMU_HIP_CONFIG": str(folder / "config"),
        "PYTHONUNBUFFERED": "1",
        "PYTHONPATH": str(Path(__file__).parents[2]),
    }
    return {**os.environ, **own, **more}
