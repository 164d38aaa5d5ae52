"""Views that wait until what they show as finished is safe."""

from collections.abc import Callable
from dataclasses import replace
from time import perf_counter
from typing import Final

from imu_hip.guidance.view import SessionView

LONGEST_HELD_S: Final = 0.5
"""A view waits no longer than this for what it shows to be saved."""

NOT_YET: Final = "What was done last is not saved yet."


class HeldViews:
    """Passes the newest view on once everything is saved, or says that it is not.

    Parameters
    ----------
    is_saving
        Whether something is being saved.
    show
        Is given the views.
    clock
        In seconds; it never goes back.
    """

    def __init__(
        self,
        is_saving: Callable[[], bool],
        show: Callable[[SessionView], None],
        clock: Callable[[], float] = perf_counter,
    ) -> None:
        self._is_saving = is_saving
        self._show = show
        self._clock = clock
        self._held: SessionView | None = None
        self._is_new = False
        self._until_s = 0.0

    def hold(self, view: SessionView) -> None:
        """Take a new view in place of the one that waits."""
        if self._held is None:
            self._until_s = self._clock() + LONGEST_HELD_S
        self._held, self._is_new = view, True
        self.look()

    def look(self) -> None:
        """Pass on what may be seen by now; to be called often."""
        view = self._held
        if view is None:
            return
        if not self._is_saving():
            self._held = None
            self._show(view)
        elif self._is_new and self._clock() >= self._until_s:
            # It is kept, to be shown once more when it is true.
            self._is_new, self._until_s = False, self._clock() + LONGEST_HELD_S
            self._show(replace(view, warning=" ".join(filter(None, (view.warning, NOT_YET)))))
