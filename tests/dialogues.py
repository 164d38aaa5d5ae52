"""Running a driver's dialogue against a virtual sensor's profile, in imagined time."""

from collections import defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass, field

from imu_hip.bluetooth.drivers.dialogue import (
    Dialogue,
    Expect,
    Keep,
    Pause,
    Read,
    RefusedError,
    Request,
    T,
    Write,
)
from imu_hip.bluetooth.virtual.profile import AttributeRefusedError, Notification, Profile


@dataclass
class Conversation:
    """A host without Bluetooth: it talks to one profile and lets time pass only while it waits.

    Parameters
    ----------
    lose
        Which notifications never arrive.
    """

    profile: Profile
    now_s: float = 0.0
    step_s: float = 0.005
    lose: Callable[[Notification], bool] = lambda _: False
    requests: list[Request] = field(default_factory=list)
    kept: list[Keep] = field(default_factory=list)
    heard: dict[str, deque[bytes]] = field(default_factory=lambda: defaultdict(deque))

    def run(self, dialogue: Dialogue[T]) -> T:
        """Run a dialogue to its end; notifications from before it are forgotten."""
        self.listen()
        self.heard.clear()
        try:
            request = next(dialogue)
            while True:
                self.requests.append(request)
                try:
                    answer = self._answer(request)
                except AttributeRefusedError as error:
                    request = dialogue.throw(RefusedError(str(error)))
                else:
                    request = dialogue.send(answer)
        except StopIteration as end:
            return end.value

    def listen(self) -> list[Notification]:
        """Take what the sensor has to say now."""
        came = [n for n in self.profile.notifications(self.now_s) if not self.lose(n)]
        for notification in came:
            self.heard[notification.uuid].append(notification.value)
        return came

    def listen_until(self, end_s: float) -> list[Notification]:
        """Let time pass and collect everything that the sensor says."""
        came = []
        while self.now_s < end_s:
            self.now_s = min(self.now_s + self.step_s, end_s)
            came.extend(self.listen())
        return came

    def _answer(self, request: Request) -> bytes | None:
        match request:
            case Read(uuid):
                return self.profile.read(uuid, self.now_s)
            case Write(uuid, value):
                self.profile.write(uuid, value, self.now_s)
                self.listen()
            case Expect(uuid, timeout_s):
                return self._wait_for(uuid, timeout_s)
            case Pause(duration_s):
                self.listen_until(self.now_s + duration_s)
            case Keep():
                self.kept.append(request)
        return b""

    def _wait_for(self, uuid: str, timeout_s: float) -> bytes | None:
        end_s = self.now_s + timeout_s
        while not self.heard[uuid]:
            if self.now_s >= end_s:
                return None
            self.listen_until(min(self.now_s + self.step_s, end_s))
        return self.heard[uuid].popleft()
