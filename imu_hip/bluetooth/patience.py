"""How long the reader waits for what."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Patience:
    """Times after which the reader does something about a sensor.

    Parameters
    ----------
    connect_s
        For one connection with everything that the system does for it.
    first_meeting_s
        For connection and identity of a sensor that was not met before; one that does not answer
        is tried again last, with `connect_s`.
    search_s
        For one scan for a sensor whose link was lost.
    first_backoff_s, longest_backoff_s
        Wait before the first attempt to come back; it doubles up to the longest.
    silence_s
        Without data for so long, a connected sensor is started again; another time, reconnected.
    battery_s
        Between two looks at the battery.
    stop_s
        For stopping a stream, and again for letting go of the connection.
    """

    connect_s: float = 10.0
    first_meeting_s: float = 4.0
    search_s: float = 5.0
    first_backoff_s: float = 0.5
    longest_backoff_s: float = 10.0
    silence_s: float = 1.0
    battery_s: float = 30.0
    stop_s: float = 1.5
