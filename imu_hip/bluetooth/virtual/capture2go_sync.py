"""Clocks of virtual Capture2Go, and the radio by which they follow one of them."""

from dataclasses import dataclass, field

from imu_hip.bluetooth.virtual.clockwork import Clockwork

LISTENING_S = 1.0
"""How long a receiver needs to hear before it follows; undocumented, so chosen here."""


class SensorTime:
    """What a sensor writes into its packages: nanoseconds of its own clock, set or followed.

    Parameters
    ----------
    own
        Its own clock, which paces its samples and shows the time since power-on.
    """

    def __init__(self, own: Clockwork) -> None:
        self.own = own
        self._ahead_ns = 0
        self._jumps = 0
        self._leader: SensorTime | None = None

    @property
    def follows(self) -> bool:
        """Whether another clock's time is taken."""
        return self._leader is not None

    @property
    def jumps(self) -> int:
        """Grows with each change that the time line does not survive."""
        return self._jumps + (self._leader.jumps if self._leader else 0)

    def reading_ns(self, now_s: float) -> int:
        """The time at a true time; whole numbers, as a time of day in floats has 0.2 µs steps."""
        if self._leader is not None:
            return self._leader.reading_ns(now_s)
        return round(self.own.reading_s(now_s) * 1e9) + self._ahead_ns

    def set_ns(self, now_s: float, reading_ns: int) -> None:
        """Show a time from now on."""
        self._leader = None
        self._ahead_ns += reading_ns - self.reading_ns(now_s)
        self._jumps += 1

    def follow(self, leader: "SensorTime") -> None:
        """Take the time of another sensor."""
        self._leader = leader
        self._jumps += 1

    def let_go(self, now_s: float) -> None:
        """Go on alone from the time that was followed so far."""
        if self._leader is not None:
            # The time goes on where it was, so this is no jump.
            jumps, reading_ns = self.jumps, self.reading_ns(now_s)
            self.set_ns(now_s, reading_ns)
            self._jumps = jumps

    def reboot(self, now_s: float) -> None:
        """Begin anew at power-on."""
        self._leader = None
        self._ahead_ns = 0
        self._jumps += 1
        self.own = self.own.restarted(now_s)


@dataclass(slots=True)
class _Sender:
    time: SensorTime
    since_s: float


@dataclass(slots=True)
class _Receiver:
    time: SensorTime
    group_id: int
    since_s: float


@dataclass(slots=True)
class SharedAir:
    """The air between virtual sensors; everybody hears everybody, without error.

    How exact real sensors are is not documented, so none is invented.
    """

    _senders: dict[int, _Sender] = field(default_factory=dict)
    _receivers: list[_Receiver] = field(default_factory=list)

    def send(self, group_id: int, time: SensorTime, now_s: float) -> None:
        """Let a sensor send its time to a group; a group listens to its latest sender."""
        self.leave(time, now_s)
        self._senders[group_id] = _Sender(time, now_s)

    def receive(self, group_id: int, time: SensorTime, now_s: float) -> None:
        """Let a sensor listen to a group."""
        self.leave(time, now_s)
        self._receivers.append(_Receiver(time, group_id, now_s))

    def leave(self, time: SensorTime, now_s: float) -> None:
        """End a sensor's part; who followed it goes on alone."""
        for group_id, sender in list(self._senders.items()):
            if sender.time is time:
                del self._senders[group_id]
                for receiver in self._receivers:
                    if receiver.group_id == group_id:
                        receiver.time.let_go(now_s)
        for receiver in self._receivers:
            if receiver.time is time:
                time.let_go(now_s)
        self._receivers = [r for r in self._receivers if r.time is not time]

    def settle(self, now_s: float) -> None:
        """Let everybody who has listened long enough follow."""
        for receiver in self._receivers:
            sender = self._senders.get(receiver.group_id)
            if sender is None or receiver.time.follows:
                continue
            if now_s - max(sender.since_s, receiver.since_s) >= LISTENING_S:
                receiver.time.follow(sender.time)
