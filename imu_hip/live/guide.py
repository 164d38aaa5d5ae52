"""The session machine with a clock: events in; who wants to know hears what has changed."""

from collections.abc import Callable
from dataclasses import replace
from time import perf_counter

from imu_hip.guidance.events import Event, Passed, Told
from imu_hip.guidance.plan import Progress, SessionPlan
from imu_hip.guidance.session import advance, begin, to_json, view_of, watching
from imu_hip.guidance.session_state import SessionState
from imu_hip.guidance.view import Asked, Command, SessionView
from imu_hip.guidance.watching import Watching
from imu_hip.live.kept import slope_of

ViewHeard = Callable[[SessionView], None]


class Guide:
    """Leads through one session.

    Parameters
    ----------
    on_view
        Told each view that differs from the one before.
    on_asked
        Told what the person is to do, whenever that changes.
    on_progress
        Told what was finished before and after, whenever that changes.
    """

    def __init__(
        self,
        plan: SessionPlan,
        *,
        on_view: ViewHeard,
        on_asked: Callable[[Asked], None],
        on_progress: Callable[[Progress, Progress], None],
    ) -> None:
        self._on_view = on_view
        self._on_asked = on_asked
        self._on_progress = on_progress
        self._state = begin(plan, perf_counter())
        self.troubles: dict[str, str] = {}
        """What keeps something from being saved, as sentences, by what it is; shown as warnings."""
        self.view = self._viewed(perf_counter())

    def begin(self) -> None:
        """Tell the first view and what is asked first."""
        if self.view.asked is not None:
            self._on_asked(self.view.asked)
        self._on_view(self.view)

    @property
    def state(self) -> SessionState:
        """Where the session is."""
        return self._state

    @property
    def watching(self) -> Watching:
        """What is to be watched now."""
        return watching(self._state)

    def as_json(self) -> str:
        """What the session needs to be resumed."""
        return to_json(self._state)

    def kept_as(self, session: int) -> None:
        """From now on the session has this number in the history."""
        self._state = replace(self._state, plan=replace(self._state.plan, session=session))

    def tell(self, event: Event) -> None:
        """Something happened."""
        now_s = perf_counter()
        before, self._state = self._state, advance(self._state, event, now_s)
        if self._state.progress != before.progress:
            self._on_progress(before.progress, self._state.progress)
        self._show(now_s)

    def command(self, command: Command) -> None:
        """The person commands something."""
        self.tell(Told(command))

    def passed(self) -> None:
        """Time went by."""
        self.tell(Passed())

    def _show(self, now_s: float) -> None:
        before, view = self.view, self._viewed(now_s)
        if view == before:
            return
        self.view = view
        if view.asked is not None and view.asked != before.asked:
            self._on_asked(view.asked)
        self._on_view(view)

    def _viewed(self, now_s: float) -> SessionView:
        view = view_of(self._state, now_s)
        if any(self.troubles.values()):
            warnings = filter(None, (view.warning, *self.troubles.values()))
            view = replace(view, warning=" ".join(warnings))
        if view.stretch is not None:
            # Shown beside the shin's slope, so told as one.
            best_deg = slope_of(view.stretch.best_deg)
            view = replace(view, stretch=replace(view.stretch, best_deg=best_deg))
        return view
