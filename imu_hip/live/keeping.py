"""Everything finished goes into the history at once, and markers beside the recording."""

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from imu_hip.guidance.plan import Progress, changes
from imu_hip.history.records import Step
from imu_hip.history.store import History
from imu_hip.live.kept import bout_record_of, record_of
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
        found = changes(before, after)
        now_utc = datetime.now(UTC)
        recording = str(self.recording)
        step = Step(
            withdrawn=tuple(record_of(gone, recording) for gone in found.withdrawn),
            added=tuple(record_of(new, recording) for new in found.added),
            bouts=tuple(bout_record_of(b, now_utc) for b in found.bouts if b.duration_s > 0.0),
            progress=as_json,
        )
        self._saver.do(partial(self._history.keep_step, self.session, step))

    def marked(self, markers: Sequence[Marker]) -> None:
        """Keep the recording's markers beside it until they are in it."""
        self._saver.do(partial(write_markers, markers, markers_path(self.recording)))
