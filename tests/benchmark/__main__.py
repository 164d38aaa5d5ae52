"""Print the accuracy and speed tables of the README: `python -m tests.benchmark [PART ...]`.

Parts are accuracy, gait, sides, speed, live, person, clocks, air, page, sensors, history, million
(the history with a million results), cohort and peers; all without a name, but million and cohort
not, and peers only where others' tools are at hand. Those that need the reference recordings say so
where they are absent.
"""

import os
import sys
from pathlib import Path

from tests.benchmark import (
    accuracy,
    cohort,
    gait,
    gait_events,
    history,
    live,
    on_sensor,
    on_the_air,
    page,
    peers,
    person,
    speed,
    time_alignment,
)

Row = tuple[str, str, str]


def _references() -> Path | None:
    given = os.environ.get("IMU_HIP_REFERENCE_DATA")
    data = Path(given) if given else Path(__file__).parents[3] / "shared" / "data"
    if data.is_dir():
        return data
    print(f"No reference recordings in {data}; set IMU_HIP_REFERENCE_DATA to measure them.")
    return None


def _accuracy() -> list[Row]:
    rows = [*accuracy.simulated_tests(), *accuracy.invariance()]
    data = _references()
    return rows if data is None else rows + accuracy.reference_recordings(data)


def _gait() -> list[Row]:
    data = _references()
    if data is None:
        return []
    return [
        *gait.on_references(data),
        *gait.calibrations(data),
        *gait_events.events_against_force_plates(data),
        *gait_events.jogging(data),
        *gait_events.plausible(data),
    ]


PARTS = {
    "accuracy": _accuracy,
    "gait": _gait,
    "sides": gait.left_against_right,
    "speed": lambda: [*speed.hour_of_five_sensors(), *speed.help_page()],
    "live": live.block_times,
    "clocks": time_alignment.pairwise_time_errors,
    "person": person.guided_person,
    "air": on_the_air.everything,
    "page": page.sample_to_pixel,
    "sensors": on_sensor.ten_minutes_on_four_sensors,
    "history": history.answers,
    "million": history.many_answers,
    "cohort": cohort.everything,
    "peers": peers.heading_correction,
}


def main(names: list[str]) -> None:
    """Measure what is named and print one line a figure: what, measured, bar."""
    unknown = [name for name in names if name not in PARTS]
    if unknown:
        sys.exit(f"There is no part {unknown[0]!r}. The parts are {', '.join(PARTS)}.")
    if not names:
        names = [name for name in PARTS if name not in {"million", "cohort", "peers"}]
        names += ["peers"] if peers.at_hand() else []
    rows = [row for name in names for row in PARTS[name]()]
    width = max((len(what) for what, _, _ in rows), default=0)
    for what, measured, bar in rows:
        print(f"{what:<{width}}  {measured:>18}  {bar}")


if __name__ == "__main__":
    main(sys.argv[1:])
