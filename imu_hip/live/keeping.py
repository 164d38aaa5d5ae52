"""Everything finished goes into the history at once, and markers beside the recording."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from imu_hip.guidance.plan import Progress, changes
from imu_hip.history.store import History
from imu_hip.live.kept import bout_record_of, moment_of, record_of
from imu_hip.live.saver import Saver
from imu_hip.recording.formats.sidecars import markers_path, write_markers
from imu_hip.recording.recording import Marker


class Keeping:
    """Keeps what one session finishes while it makes one recording.

    Parameters
    ----------
    session
        Its number in the history.
    recording
        The recording that is being made; repetitions have its times.
    """

    def __init__(self, history: History, saver: Saver, session: int, recording: Path) -> None:
        self.session = session
        self.recording = recording
        self._history = history
        self._saver = saver

    def progressed(self, before: Progress, after: Progress, as_json: str) -> None:
        """Keep what was finished, or judged anew, between two moments."""
        history = self._history
        found = changes(before, after)
        now_utc = datetime.now(UTC)
        for gone in found.withdrawn:
            movement = (gone.task, gone.side, gone.direction)
            self._do(history.withdraw_repetition, *movement, moment_of(gone), gone.number)
        for new in found.added:
            self._do(history.add_repetition, record_of(new, str(self.recording)))
        for bout in found.bouts:
            if bout.duration_s > 0.0:
                self._do(history.add_bout, bout_record_of(bout, now_utc))
        self._do(history.save_progress, as_json)

    def marked(self, markers: Sequence[Marker]) -> None:
        """Keep the recording's markers beside it until they are in it."""
        self._saver.do(partial(write_markers, markers, markers_path(self.recording)))

    def _do(self, work: Callable[..., None], *arguments: object) -> None:
        self._saver.do(partial(work, self.session, *arguments))
