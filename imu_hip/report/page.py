"""What the report's page shows, ready for the template."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from markupsafe import Markup

from imu_hip import __version__
from imu_hip.analysis.results import Analysis
from imu_hip.measures.comparison import task_of
from imu_hip.names import DEVICE_WORDING, RUNNING_WORDING, Segment, Task
from imu_hip.recording.recording import LogEntry
from imu_hip.report.figures import overview_figure
from imu_hip.report.json_document import all_warnings
from imu_hip.report.sections import Section, sections
from imu_hip.report.tables import Grid, calibration_grid, sensor_grid
from imu_hip.report.traces import quantity_of, rotation_traces
from imu_hip.report.wording import TEST_NAME, duration

_FEMORAL: Final = (
    "so the angles are femoral rotation: against gravity when sitting or prone, against the mean "
    "heading of the legs when walking or running. A rolling pelvis adds degree for degree."
)
_HIP: Final = (
    "A pelvis sensor was worn: hip rotation, drawn over the whole recording, is relative to the "
    "pelvis. Ranges and strides are femoral rotation, against gravity when sitting or prone and "
    "against the mean heading of the legs when walking or running."
)


@dataclass(frozen=True, slots=True)
class Page:
    """Everything on the page."""

    source: str
    facts: tuple[str, ...]
    simulated: bool
    warnings: tuple[str, ...]
    sections: tuple[Section, ...]
    quantity: str
    overview: Markup | None
    calibration: Grid
    sensors: Grid
    pelvis_note: str
    log: tuple[str, ...]
    version: str
    running_wording: str
    device_wording: str


def page_of(analysis: Analysis) -> Page:
    """Arrange an analysis for the page."""
    tasks = {task_of(result) for result in analysis.results}
    quantity = quantity_of(analysis.angles)
    return Page(
        source=analysis.recording.source or "Recording without a name",
        facts=_facts(analysis),
        simulated=analysis.recording.simulated,
        warnings=all_warnings(analysis),
        sections=sections(analysis),
        quantity=quantity,
        overview=overview_figure(
            rotation_traces(analysis.angles),
            analysis.phases,
            "overview",
            f"{quantity.capitalize()} over the whole recording",
        ),
        calibration=calibration_grid(analysis.calibration),
        sensors=sensor_grid(analysis.sensors),
        pelvis_note=_pelvis_note(analysis, quantity),
        log=_log_lines(analysis.recording.log),
        version=__version__,
        running_wording=RUNNING_WORDING if tasks & {Task.WALK, Task.RUN} else "",
        device_wording=DEVICE_WORDING,
    )


def _pelvis_note(analysis: Analysis, quantity: str) -> str:
    if quantity == "hip rotation":
        return _HIP
    worn = Segment.PELVIS in analysis.recording.streams
    why = "The pelvis sensor gave no hip angles" if worn else "No pelvis sensor was worn"
    return f"{why}, {_FEMORAL}"


def _facts(analysis: Analysis) -> tuple[str, ...]:
    measured = [task for task in Task if task in {task_of(r) for r in analysis.results}]
    names = [TEST_NAME[task] for task in measured]
    worn = ", ".join(segment.words for segment in Segment if segment in analysis.recording.streams)
    sex = f"norms of {analysis.sex} athletes" if analysis.sex else ""
    return tuple(
        filter(
            None,
            (" and ".join(names), duration(analysis.recording.duration_s), f"sensors: {worn}", sex),
        )
    )


def _log_lines(log: Sequence[LogEntry]) -> tuple[str, ...]:
    return tuple(
        f"{entry.step} (version {entry.version})"
        + "".join(f"; {name}: {_readable(value)}" for name, value in entry.details.items())
        for entry in log
    )


def _readable(value: object) -> str:
    """A value of a log as a person reads it: no braces, names in words, three digits."""
    if isinstance(value, Mapping):
        parts = (f"{str(k).replace('_', ' ')} {_readable(v)}" for k, v in value.items())
        return f"({', '.join(parts)})"
    if isinstance(value, list | tuple):
        return ", ".join(_readable(part) for part in value)
    return f"{value:.3g}" if isinstance(value, float) else str(value)
