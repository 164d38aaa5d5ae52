"""The end of a session: its recordings analysed, results, sentences and report."""

import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from imu_hip.analysis.analyze import analyze
from imu_hip.analysis.results import Analysis
from imu_hip.errors import ImuHipError
from imu_hip.guidance.provisional import calibration_errors_deg
from imu_hip.guidance.view import ResultView
from imu_hip.history.records import (
    Moment,
    RepetitionRecord,
    ResultRecord,
    SessionRecord,
    SessionState,
)
from imu_hip.history.store import History
from imu_hip.live.session_files import report_path
from imu_hip.measures.comparison import task_of
from imu_hip.measures.repetitions import Repetition
from imu_hip.measures.running import GaitTest
from imu_hip.names import Side, Task
from imu_hip.recording.formats import open_recording
from imu_hip.report.from_history import result_records, result_views
from imu_hip.report.session_page import write_session_report
from imu_hip.report.session_sentences import result_sentences

LEAST_OVERLAP = 0.5

_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a session came to; `report` is None where there is nothing to report."""

    results: tuple[ResultView, ...]
    sentences: tuple[str, ...]
    report: Path | None


def conclude(
    history: History,
    session: int,
    state: SessionState,
    *,
    title: str,
    calibration_deg: Mapping[Side, float],
    notes: Sequence[str] = (),
) -> Outcome:
    """Measure a session that is over, write down its end, and write its report; blocks.

    Peaks are those of the recordings, analysed as `imu-hip analyze` does, where they hold the
    repetition; else those that were measured live.

    Parameters
    ----------
    calibration_deg
        Standard uncertainty that the calibration of each leg gave live.
    notes
        What a reader should know, in sentences.

    Raises
    ------
    HistoryError
        Where the history cannot be used.
    """
    record = history.session(session)
    analyses, problems = _analysed(record)
    repetitions = _refined(history, session, analyses)
    errors_deg = _calibration_deg(analyses.values(), calibration_deg)
    results = result_records(repetitions, errors_deg)
    last = history.last_results(
        record.person,
        {one.task for one in results},
        record.mode,
        before=session,
        simulated=record.simulated,
    )
    told = (*notes, *problems)
    history.finish_session(session, state, results, " ".join(told))
    has_bouts = bool(history.session_bouts(session))
    report = None
    if record.recordings and (repetitions or has_bouts):
        report = report_path(Path(record.recordings[-1]))
        try:
            write_session_report(history, session, report, title, errors_deg)
            history.add_report(session, str(report))
        except Exception as error:
            # The results are kept; a report that cannot be made must not hide them.
            if not isinstance(error, ImuHipError):
                _logger.exception("the report of session %d could not be made", session)
            told, report = (*told, f"The report could not be made: {error}"), None
    own = history.own_errors(record.person, record.mode, simulated=record.simulated)
    sentences = result_sentences(results, last, own)
    return Outcome(_shown(results), (*sentences, *told), report)


def _shown(results: Sequence[ResultRecord]) -> tuple[ResultView, ...]:
    """The test, or what was tested after a stretch where there was no test before it."""
    test = [one for one in results if one.moment is Moment.TEST]
    return result_views(test or results)


def _analysed(record: SessionRecord) -> tuple[dict[str, Analysis], list[str]]:
    analyses: dict[str, Analysis] = {}
    problems: list[str] = []
    for name in record.recordings:
        try:
            analyses[name] = analyze(open_recording(name), sex=record.person.sex)
        except ImuHipError as error:
            problems.append(f"{Path(name).name} could not be analysed: {error.what}")
    return analyses, problems


def _refined(
    history: History, session: int, analyses: Mapping[str, Analysis]
) -> tuple[RepetitionRecord, ...]:
    """The repetitions of a session, those that count with the peaks of their recordings."""
    refined: list[RepetitionRecord] = []
    for one in history.repetitions(session):
        analysis = analyses.get(one.recording)
        better = one if analysis is None else with_peak_of(one, analysis)
        if better != one:
            history.correct_repetition(session, better)
        refined.append(better)
    return tuple(refined)


def with_peak_of(record: RepetitionRecord, analysis: Analysis) -> RepetitionRecord:
    """A repetition with what the analysis of its recording measured at the same time.

    One that does not count, or that the analysis does not find or does not accept, stays as it is.
    """
    if not record.counted:
        return record
    found = [
        repetition
        for repetition in _repetitions_of(analysis, record.task, record.side)
        if repetition.valid
        and repetition.direction is record.direction
        and overlap(repetition, record) >= LEAST_OVERLAP
    ]
    if not found:
        return record
    best = max(found, key=lambda repetition: overlap(repetition, record))
    return replace(
        record,
        peak_deg=best.peak_deg,
        plateau_s=best.plateau_s,
        thigh_elevation_deg=best.thigh_elevation_deg,
        knee_flexion_deg=best.knee_flexion_deg,
    )


def overlap(repetition: Repetition, record: RepetitionRecord) -> float:
    """Part of the shorter of two repetitions during which the other lasts, too."""
    common_s = min(repetition.end_s, record.end_s) - max(repetition.start_s, record.start_s)
    shorter_s = min(repetition.end_s - repetition.start_s, record.end_s - record.start_s)
    return max(common_s, 0.0) / shorter_s if shorter_s > 0.0 else 0.0


def _repetitions_of(analysis: Analysis, task: Task, side: Side) -> Iterable[Repetition]:
    for result in analysis.results:
        if isinstance(result, GaitTest):
            continue
        if task_of(result) is task and result.side is side:
            yield from result.repetitions


def _calibration_deg(
    analyses: Iterable[Analysis], live_deg: Mapping[Side, float]
) -> dict[Side, float]:
    """Uncertainty of each leg's calibration, the worst of all recordings of the session."""
    found: dict[Side, list[float]] = {side: [] for side in Side}
    for analysis in analyses:
        for leg in analysis.calibration:
            found[leg.side].append(leg.uncertainty_deg)
    errors_deg = calibration_errors_deg(live_deg)
    return {side: max(values) if values else errors_deg[side] for side, values in found.items()}
