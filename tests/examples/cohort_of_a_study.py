"""Measure all recordings of a study, and compare its groups with pandas.

python cohort_of_a_study.py [FOLDER PEOPLE.csv]

FOLDER holds a folder a person, PEOPLE.csv the columns `person,group`. Without them a small study
is simulated: two people of each group, of whom the runners turn 8° less inward. It needs imu_hip
with its extra `[cohort]`. A second call measures only what is new.
"""

import csv
import sys
from pathlib import Path

from imu_hip.cohort.measure import measure_cohort
from imu_hip.cohort.plan import CohortPlan
from imu_hip.errors import ImuHipError
from imu_hip.names import Side
from imu_hip.recording.formats import write_recording
from imu_hip.simulation import TYPICAL, LegPlan, StaticSession, simulate_static_session

INWARD_DEG = {"anna": 40.0, "ben": 38.0, "cora": 31.0, "dan": 31.0}
GROUPS = {"anna": "walkers", "ben": "walkers", "cora": "runners", "dan": "runners"}


def simulate_a_study(folder: Path) -> Path:
    """Write one seated test of each person, and the table of people."""
    for seed, (person, inward_deg) in enumerate(INWARD_DEG.items()):
        turns = LegPlan((inward_deg, inward_deg + 1.0, inward_deg), (42.0, 43.0, 42.0))
        session = StaticSession(legs=dict.fromkeys(Side, turns), stand_s=4.0, sit_s=4.0)
        recording = simulate_static_session(session, TYPICAL, 60.0, seed).recording
        (folder / person).mkdir(parents=True, exist_ok=True)
        write_recording(recording, folder / person / "first.parquet")
    people = folder / "people.csv"
    with people.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([("person", "group"), *GROUPS.items()])
    return people


def main(folder: str = "study", people: str | None = None) -> None:
    named = Path(people) if people else simulate_a_study(Path(folder))
    plan = CohortPlan((folder,), Path("study.parquet"), named, workers=2)
    result = measure_cohort(plan)
    anew = result.recordings - result.kept - result.failed
    print(f"{anew} recordings measured, {result.kept} kept from before, {result.failed} failed")
    if result.failed:
        print(f"why: {result.problems}")

    table = result.to_frame()
    inward = table[(table["task"] == "seated") & (table["measure"] == "internal")]
    # Both legs and all sessions of a person first: a person counts once, however often measured.
    persons = inward.groupby(["group", "person"])["value"].mean()
    for group, values in persons.groupby("group"):
        print(f"{group}: {values.mean():.0f}° inward turn, {len(values)} people")


if __name__ == "__main__":
    if len(sys.argv) not in {1, 3}:
        sys.exit(__doc__)
    try:
        main(*sys.argv[1:])
    except ImuHipError as error:
        sys.exit(f"{error.what}\n{error.advice}")
