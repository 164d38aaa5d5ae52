"""Print the accuracy and speed tables of the README: `python -m tests.benchmark`.

Parts that need the reference recordings say so where those are absent.
"""

import os
from pathlib import Path

from tests.benchmark import accuracy, speed


def main() -> None:
    """Measure everything and print one line a figure: what, measured, bar."""
    given = os.environ.get("IMU_HIP_REFERENCE_DATA")
    data = Path(given) if given else Path(__file__).parents[3] / "shared" / "data"
    rows = [*accuracy.simulated_tests(), *accuracy.invariance()]
    if data.is_dir():
        rows += accuracy.reference_recordings(data)
    else:
        print(f"No reference recordings in {data}; set IMU_HIP_REFERENCE_DATA to measure them.")
    rows += speed.hour_of_five_sensors()
    rows += speed.help_page()
    width = max(len(what) for what, _, _ in rows)
    for what, measured, bar in rows:
        print(f"{what:<{width}}  {measured:>18}  {bar}")


if __name__ == "__main__":
    main()
