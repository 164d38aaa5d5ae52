"""Motion-BIDS: one recording as part of a dataset that others can read.

The standard is BIDS 1.11 (https://bids-specification.readthedocs.io, Motion; S. Jeung et al.,
Scientific Data 11 (2024) 716). Nothing that exists in a dataset is ever replaced.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from imu_hip.analysis.results import AngleTable
from imu_hip.errors import OutputError
from imu_hip.exchange.angle_columns import SIMULATED
from imu_hip.exchange.bids_angles import angles_of
from imu_hip.exchange.bids_dataset import begin_dataset, place_together, require_dataset
from imu_hip.exchange.bids_names import BidsNames
from imu_hip.exchange.bids_sensors import LABEL as SENSORS
from imu_hip.exchange.bids_sensors import sensors_of
from imu_hip.exchange.bids_tables import add_rows
from imu_hip.exchange.bids_tracking import NOT_AVAILABLE, TrackingSystem, as_json
from imu_hip.names import MarkerLabel, Sex
from imu_hip.recording.recording import Marker, Recording

SEX: Final = {Sex.FEMALE: "F", Sex.MALE: "M", None: NOT_AVAILABLE}

TASKS: Final = {
    "seated": "Seated, the shin hanging: turn the thigh inward and outward as far as it goes.",
    "prone": "Lying face down, knee bent: turn the thigh inward and outward as far as it goes.",
    "crosslegged": "Seated, one leg crossed over the other: let the knee sink.",
    "walk": "Walking.",
    "run": "Running.",
}
"""What is said about tasks that imu_hip knows."""


def write_motion_bids(
    recording: Recording,
    angles: AngleTable | None,
    folder: Path,
    names: BidsNames,
    *,
    sex: Sex | None = None,
    notes: Sequence[str] = (),
) -> tuple[Path, ...]:
    """Add a recording to a Motion-BIDS dataset, or begin one in a new or empty folder.

    Parameters
    ----------
    recording
        What the sensors measured.
    angles
        Angles of this recording; None writes the sensors alone.
    folder
        The dataset.
    names
        Labels of subject, session, task and run.
    sex
        For participants.tsv, where the subject is new.
    notes
        Sentences that go with the angles.

    Returns
    -------
    tuple of Path
        The files of this recording.

    Raises
    ------
    OutputError
        Where the folder holds something other than a dataset, where it holds this recording
        already, or where it cannot be written.
    NothingMeasuredError
        Where `angles` holds no number.
    """
    # All is computed before anything is written, so that a failure leaves no half recording.
    systems = [sensors_of(recording)]
    if angles is not None:
        systems.append(angles_of(angles, recording.start_s, notes))
    require_dataset(folder)
    files = _files(systems, recording, names)
    place = folder / names.folder / "motion"
    _require_free(place, files, names)
    begin_dataset(folder)
    place_together(folder, place, files)
    # Last: a table must not name files that are not there yet.
    _list(folder, names, sex)
    return tuple(place / file for file in files)


def _list(folder: Path, names: BidsNames, sex: Sex | None) -> None:
    """List recording and subject, and whatever a run that was broken off did not get to list.

    Another process may replace a table by one without the new row in between, so each is looked at
    once more after every change.
    """
    session = folder / names.folder
    while add_rows(session / f"{names.prefix}_scans.tsv", _scans_in(session)):
        pass
    while add_rows(folder / "participants.tsv", _people_in(folder, names, sex)):
        pass


def _scans_in(session: Path) -> tuple[dict[str, str], ...]:
    motion = sorted(file.name for file in (session / "motion").glob("*_motion.tsv"))
    return tuple({"filename": f"motion/{file}", "acq_time": NOT_AVAILABLE} for file in motion)


def _people_in(folder: Path, names: BidsNames, sex: Sex | None) -> tuple[dict[str, str], ...]:
    # From the folders and not from memory: an earlier run may not have listed its own.
    people = sorted(found.name for found in folder.glob("sub-*") if found.is_dir())
    known = {names.participant: SEX[sex]}
    return tuple({"participant_id": x, "sex": known.get(x, NOT_AVAILABLE)} for x in people)


def _require_free(place: Path, files: Iterable[str], names: BidsNames) -> None:
    taken = next((place / file for file in files if (place / file).exists()), None)
    if taken is None:
        return
    # The next number that is free, so that the advice works as it is given.
    free = replace(names, run=(names.run or 0) + 1)
    while any(place.glob(f"{free.prefix}_task-{free.task}_*run-{free.run:02d}_*")):
        free = replace(free, run=(free.run or 0) + 1)
    raise OutputError(
        f"{taken} is there already, and nothing in a dataset is replaced.",
        f"Name another run, for example --run {free.run}, or another --session.",
    )


def _files(
    systems: Iterable[TrackingSystem], recording: Recording, names: BidsNames
) -> dict[str, Iterable[str]]:
    """Contents of the files of one recording by their names."""
    files: dict[str, Iterable[str]] = {}
    told = SIMULATED if recording.simulated else TASKS.get(names.task, NOT_AVAILABLE)
    task = {"TaskName": names.task, "TaskDescription": told}
    for system in systems:
        files[names.file("motion.tsv", system.label)] = system.motion_tsv()
        files[names.file("motion.json", system.label)] = (system.motion_json(task),)
        files[names.file("channels.tsv", system.label)] = (system.channels_tsv(),)
        files[names.file("channels.json", system.label)] = (system.channels_json(),)
    if recording.markers:
        events = _events_tsv(recording.markers, recording.start_s)
        # With several tracking systems, the standard wants the one whose clock events are told on.
        files[names.file("events.tsv", SENSORS)] = (events,)
        files[names.file("events.json", SENSORS)] = (_events_json(),)
    return files


def _events_tsv(markers: tuple[Marker, ...], start_s: float) -> str:
    rows = (
        f"{marker.start_s - start_s:.3f}\t{marker.end_s - marker.start_s:.3f}\t{marker.label}\t"
        f"{marker.side or 'both'}"
        for marker in markers
    )
    return "\n".join(("onset\tduration\ttrial_type\tside", *rows, ""))


def _events_json() -> str:
    labels = {label.value: label.value.replace("_", " ") for label in MarkerLabel}
    return as_json(
        {
            "trial_type": {"Description": "What was done.", "Levels": labels},
            "side": {
                "Description": "The leg that is meant.",
                "Levels": {"left": "left leg", "right": "right leg", "both": "both legs"},
            },
        }
    )
