"""What `imu-hip export` writes, and the refusal of options that do not fit a format."""

from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Final

from imu_hip.analysis.analyze import analyze
from imu_hip.analysis.results import Analysis, AngleTable
from imu_hip.cli.export import ExportFormat
from imu_hip.errors import CalibrationError, NothingMeasuredError, OutputError, RecordingError
from imu_hip.exchange.angle_columns import notes_of, of_side, part_of
from imu_hip.measures.comparison import task_of
from imu_hip.names import Sex, Side
from imu_hip.recording.recording import Recording

ANY_TASK: Final = "hiprotation"
"""Label of a recording in which several tasks, or none, were found."""


@dataclass(frozen=True, slots=True)
class Part:
    """Which angles are asked for; None means all."""

    side: Side | None = None
    between: tuple[float, float] | None = None

    @property
    def is_all(self) -> bool:
        """Whether nothing is left out."""
        return self.side is None and self.between is None

    def of(self, angles: AngleTable) -> AngleTable:
        """The angles that are asked for."""
        if self.side is not None:
            angles = of_side(angles, self.side)
        return angles if self.between is None else part_of(angles, *self.between)


@dataclass(frozen=True, slots=True)
class Labels:
    """What a Motion-BIDS dataset is told of a recording; None where nothing was said."""

    subject: str | None = None
    session: str | None = None
    run: int | None = None
    task: str | None = None
    sex: Sex | None = None

    @property
    def options(self) -> list[str]:
        """The options that were given, such as `--run`."""
        return [f"--{one.name}" for one in fields(self) if getattr(self, one.name) is not None]


def chosen_format(to: ExportFormat | None, target: Path) -> ExportFormat:
    """The format that was named, else the one that the target's ending means.

    Raises
    ------
    OutputError
        Where neither says which.
    """
    if to is not None:
        return to
    ending = target.suffix.lower().removeprefix(".")
    if ending in set(ExportFormat):
        return ExportFormat(ending)
    raise OutputError(
        f"{target.name or target} does not say which format is meant.",
        "End it with .mot, .sto, .c3d or .csv, or name the format with --to.",
    )


def require_fitting(chosen: ExportFormat, labels: Labels, part: Part, *, segments: bool) -> None:
    """Refuse options that the chosen format has no use for, rather than ignore them.

    Raises
    ------
    OutputError
        Naming the option.
    """
    if chosen is not ExportFormat.MOTION_BIDS and labels.options:
        raise OutputError(f"{labels.options[0]} is only for --to motion-bids.", "Leave it out.")
    if chosen is not ExportFormat.STO and segments:
        raise OutputError("--segments is only for .sto files.", "Leave it out.")
    if chosen in {ExportFormat.MOTION_BIDS, ExportFormat.STO} and not part.is_all:
        raise OutputError(
            f"--side and --between choose among angles, but {chosen} takes the whole recording.",
            "Leave them out.",
        )
    if chosen is ExportFormat.MOTION_BIDS and labels.subject is None:
        raise OutputError(
            "A Motion-BIDS dataset needs a label for the person.",
            "Name one that tells nobody's name, for example --subject 01.",
        )


def write_dataset(recording: Recording, folder: Path, labels: Labels) -> tuple[str, ...]:
    """Add a recording to a Motion-BIDS dataset; without angles where none can be measured."""
    from imu_hip.exchange.bids_names import BidsNames  # noqa: PLC0415
    from imu_hip.exchange.motion_bids import write_motion_bids  # noqa: PLC0415

    # Wrong labels are told before anything is computed.
    names = BidsNames(labels.subject or "", labels.task or ANY_TASK, labels.session, labels.run)
    analysis, notes = _analysed(recording)
    if analysis is None:
        write_motion_bids(recording, None, folder, names, sex=labels.sex)
        return notes
    if labels.task is None:
        names = replace(names, task=_task_label(analysis))
    told = notes_of(analysis)
    write_motion_bids(recording, analysis.angles, folder, names, sex=labels.sex, notes=told)
    return notes


def _analysed(recording: Recording) -> tuple[Analysis | None, tuple[str, ...]]:
    try:
        return analyze(recording), ()
    except (CalibrationError, NothingMeasuredError, RecordingError) as error:
        return None, (f"Only the sensors were written, no angles: {error}",)


def _task_label(analysis: Analysis) -> str:
    found = {task_of(result) for result in analysis.results}
    return found.pop().value.replace("-", "") if len(found) == 1 else ANY_TASK


def write_orientations(recording: Recording, path: Path, *, segments: bool) -> tuple[str, ...]:
    """Write an OpenSense file of the sensors, or of the calibrated segments."""
    if not segments:
        from imu_hip.recording.formats.opensense_sto import write_sto  # noqa: PLC0415

        write_sto(recording, path)
        return ()
    from imu_hip.analysis.segments import segment_orientations  # noqa: PLC0415
    from imu_hip.exchange.opensim_segments import write_segments_sto  # noqa: PLC0415

    return _left_out(write_segments_sto(segment_orientations(recording), path), "a segment")


def write_angles_as(
    chosen: ExportFormat, recording: Recording, path: Path, part: Part
) -> tuple[str, ...]:
    """Write the angles of a recording as `.mot`, `.c3d` or tidy `.csv`."""
    analysis = analyze(recording)
    angles = part.of(analysis.angles)
    lost = 0
    if chosen is ExportFormat.MOT:
        from imu_hip.exchange.opensim_mot import write_mot  # noqa: PLC0415

        lost = write_mot(angles, path, notes_of(analysis))
    elif chosen is ExportFormat.C3D:
        from imu_hip.exchange.c3d_angles import write_c3d  # noqa: PLC0415

        write_c3d(angles, path, notes_of(analysis))
    else:
        from imu_hip.exchange.tidy_csv import write_tidy_csv  # noqa: PLC0415

        write_tidy_csv(angles, path)
    return (*analysis.warnings, *_left_out(lost, "an angle"))


def _left_out(count: int, what: str) -> tuple[str, ...]:
    if not count:
        return ()
    return (f"{count} rows were left out in which {what} was not measured.",)
