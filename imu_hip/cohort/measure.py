"""From the names of recordings to the tidy table of a cohort."""

from collections.abc import Callable, Iterator
from dataclasses import astuple
from pathlib import Path

from imu_hip import __version__
from imu_hip.cohort.engine import workers
from imu_hip.cohort.errors import CohortError
from imu_hip.cohort.fetching import contents_of, only_here
from imu_hip.cohort.finding import find_recordings
from imu_hip.cohort.journal import Journal
from imu_hip.cohort.people import NOBODY, read_people
from imu_hip.cohort.people_of import Naming, name_recordings
from imu_hip.cohort.plan import CohortPlan, CohortResult, Problem, Progress
from imu_hip.cohort.table import require_ending, require_own, write_problems, write_table
from imu_hip.cohort.underway import outcomes
from imu_hip.cohort.work import Job, failure
from imu_hip.recording.formats.files import made_folder


def measure_cohort(
    plan: CohortPlan, watch: Callable[[Progress], None] | None = None
) -> CohortResult:
    """Measure many recordings and write one tidy table.

    What an earlier run has measured is not measured again, unless the recording, the version of
    imu_hip or the task changed. A recording that cannot be measured is listed and stops nothing.

    Parameters
    ----------
    plan
        What to measure, and where.
    watch
        Told how far it is: first when all recordings are found, then after each.

    Raises
    ------
    CohortError
        Where the cohort as a whole cannot be measured: no recording, people that cannot be read, no
        scheduler.

    Notes
    -----
    Without a scheduler this starts processes, which import the program that called: a script must
    call it under `if __name__ == "__main__":`.
    """
    require_ending(plan.table)
    require_own(plan.table)
    made_folder(plan.table.resolve().parent)
    people = NOBODY if plan.people is None else read_people(plan.people)
    with Journal(plan.journal) as journal:
        listed = journal.enlist(find_recordings(plan.recordings, _ours(plan)))
        if not listed:
            raise CohortError(
                f"There is no recording in {', '.join(plan.recordings)}.",
                "Check the names; folders are searched with all that is in them.",
            )
        # Before hours of measuring, as a table of people may not fit the recordings.
        naming = name_recordings(journal.recordings, people, plan.people)
        waiting = journal.count_waiting(__version__, plan.asked_for)
        kept = listed - waiting
        _tell(watch, Progress(listed, kept, 0, 0))
        if waiting:
            _measure_waiting(plan, journal, Progress(listed, kept, 0, 0), watch)
        # From the journal, also what is new: a run that is cut off and goes on gives the same table
        # as one that is not.
        failed = write_problems(_named_problems(journal, naming), plan.problems)
        rows = write_table(_named_rows(journal, naming), plan.table, naming.columns)
    return CohortResult(
        table=plan.table,
        problems=plan.problems,
        recordings=listed,
        kept=kept,
        failed=failed,
        rows=rows,
        columns_of_people=people.columns,
        notes=naming.notes,
    )


def _ours(plan: CohortPlan) -> list[Path]:
    own = [plan.table, plan.journal, plan.problems]
    return own if plan.people is None else [*own, plan.people]


def _tell(watch: Callable[[Progress], None] | None, progress: Progress) -> None:
    if watch is not None:
        watch(progress)


def _measure_waiting(
    plan: CohortPlan,
    journal: Journal,
    before: Progress,
    watch: Callable[[Progress], None] | None,
) -> None:
    measured = failed = 0
    with workers(plan.scheduler, plan.workers) as client:
        for job, outcome in outcomes(client, _jobs(plan, journal)):
            journal.keep(job.number, plan.asked_for, outcome)
            failed += bool(outcome.reason)
            measured += not outcome.reason
            _tell(watch, Progress(before.listed, before.kept, measured, failed))


def _jobs(plan: CohortPlan, journal: Journal) -> Iterator[Job]:
    for number, recording in journal.waiting(__version__, plan.asked_for):
        # Workers read all else themselves, so that samples do not pass through this program.
        contents = None
        if only_here(recording):
            try:
                contents = contents_of(recording)
            except Exception as error:  # Each file system has errors of its own.
                reason = f"It cannot be read: {error}"
                journal.keep(number, plan.asked_for, failure(reason))
                continue
        yield Job(number, recording, plan.task, contents)


def _named_rows(journal: Journal, naming: Naming) -> Iterator[tuple[object, ...]]:
    for measured in journal.measured():
        who, cells = naming.of(measured.recording)
        first = (who.person, who.session, naming.shown(measured.recording))
        for row in measured.rows:
            yield (*first, *astuple(row), measured.version, *cells)


def _named_problems(journal: Journal, naming: Naming) -> Iterator[Problem]:
    for problem in journal.problems():
        yield Problem(naming.shown(problem.recording), problem.reason)
