"""The sensors that a person has on: found by what is remembered, else told by movement."""

from collections.abc import Mapping, Sequence

from imu_hip.bluetooth.by_movement import Step, Told, tell
from imu_hip.bluetooth.errors import SensorsMissingError
from imu_hip.bluetooth.meeting import KnownSensor
from imu_hip.bluetooth.moving import MOVING_S, MovingSensors
from imu_hip.bluetooth.roster import DEADLINE_S, meet_all
from imu_hip.bluetooth.visit import Worn
from imu_hip.bluetooth.wanted import missing_error, raise_if_ambiguous
from imu_hip.errors import ImuHipError
from imu_hip.guidance.events import Assigned
from imu_hip.guidance.watching import WatchKind
from imu_hip.live.air import Air
from imu_hip.live.guide import Guide
from imu_hip.names import Segment

STEP_OF = {step.segment: step for step in Step}


class UnplacedSensorsError(ImuHipError):
    """Enough sensors are on, but not all are known to sit anywhere; `sensors` are all of them."""

    def __init__(self, sensors: Sequence[KnownSensor], unknown: Sequence[Segment]) -> None:
        self.sensors = tuple(sensors)
        names = " and the ".join(segment.words for segment in unknown)
        super().__init__(
            f"{len(sensors)} sensors are on, but it is not known which sits on the {names}.",
            "Each is told by moving one leg at a time.",
        )


async def find_worn(air: Air, segments: Sequence[Segment]) -> tuple[Worn, ...]:
    """Find the sensors of segments; a pelvis sensor is done without where it is not on.

    Raises
    ------
    UnplacedSensorsError
        Where there are enough sensors, but they have to be told by movement.
    BluetoothError
        Where Bluetooth cannot be used, or a sensor is missing or claimed twice.
    """
    wanted = air.wanted(segments)
    if wanted.by_serial_only:
        try:
            return await air.find(segments)
        except SensorsMissingError:
            legs = [segment for segment in segments if segment is not Segment.PELVIS]
            if len(legs) == len(segments):
                raise
            return await air.find(legs)
    roster = await meet_all(air.central, air.drivers)
    places = wanted.placed(roster.known)
    raise_if_ambiguous(places)
    missing = [s for s in segments if not places[s] and s is not Segment.PELVIS]
    if missing and len(roster.known) < len(segments) - (Segment.PELVIS in segments):
        raise missing_error(missing, roster, DEADLINE_S)
    if missing:
        raise UnplacedSensorsError(roster.known, missing)
    return tuple(Worn(segment, places[segment][0]) for segment in segments if places[segment])


async def tell_by_movement(
    air: Air, sensors: Sequence[KnownSensor], guide: Guide
) -> Mapping[Segment, KnownSensor]:
    """Tell where sensors sit from the movements that a session asks for, until it asks no more.

    Raises
    ------
    ImuHipError
        Where there are more sensors than segments, or one does not stream.
    """
    serials: dict[Segment, str] = {}
    async with MovingSensors(air.central, sensors) as moving:
        air.begin()
        while (watched := guide.watching).kind is WatchKind.ASSIGN and watched.segment is not None:
            motion = await moving.during(MOVING_S)
            if guide.watching != watched:
                continue
            answer = tell(STEP_OF[watched.segment], motion, serials)
            if isinstance(answer, Told):
                serials[answer.segment] = answer.serial
            guide.tell(Assigned(watched.segment, "" if isinstance(answer, Told) else answer.why))
    by_serial = {sensor.serial: sensor for sensor in sensors}
    return {segment: by_serial[serial] for segment, serial in serials.items()}
