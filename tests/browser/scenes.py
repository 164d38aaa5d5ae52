"""Moments of sessions as the page gets them: one view, the angles and the sensors of each."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime

from imu_hip.guidance.protocol import Cue, ProtocolKind
from imu_hip.guidance.protocol_file import protocols, read_protocol
from imu_hip.guidance.view import (
    Asked,
    Button,
    Command,
    Done,
    RepetitionView,
    ResultView,
    SessionView,
    Stage,
    StretchView,
    Tone,
)
from imu_hip.history.records import Mode, Person, SessionRecord, SessionState
from imu_hip.live.messages import LegFrame, LiveFrame, SensorHealth
from imu_hip.names import Direction, Doing, Segment, Sex, Side, Task
from imu_hip.web import outgoing
from imu_hip.web.outgoing import Offer, Unfinished

TOKEN = "token-of-the-test"
IN, OUT = Direction.INTERNAL, Direction.EXTERNAL
LEFT, RIGHT = Side.LEFT, Side.RIGHT
BORN = datetime(2026, 11, 2, 9, 30, tzinfo=UTC)

PAUSE = Button(Command.PAUSE, "Pause")
STOP = Button(Command.STOP, "Stop here")
PAIN = Button(Command.PAIN, "It hurts")
SKIP = Button(Command.SKIP, "Skip this movement")
KEEP = Button(Command.KEEP, "Take this angle", main=True)
REDO = Button(Command.REDO, "Do the last one again")
GO_ON = Button(Command.CONTINUE, "Go on", main=True)


@dataclass(frozen=True)
class Scene:
    """What is on the page at one moment."""

    view: SessionView
    left: LegFrame | None = None
    right: LegFrame | None = None
    sensors: tuple[SensorHealth, ...] = ()

    def messages(self) -> tuple[str, ...]:
        """What the server sends for it."""
        legs = {s: leg for s, leg in ((LEFT, self.left), (RIGHT, self.right)) if leg is not None}
        frames = [frame(t / 60.0, legs) for t in (0, 1)] if legs else []
        return outgoing.sensors(self.sensors or SENSORS), outgoing.view(self.view), *frames


def frame(time_s: float, legs: dict[Side, LegFrame], sampled_unix_s: float = 0.0) -> str:
    """A frame of angles as text."""
    return outgoing.frame(LiveFrame(time_s, sampled_unix_s, legs))


def leg(rotation_deg: float | None, shin_slope_deg: float | None = 88.0) -> LegFrame:
    """A leg that sits still but for its rotation."""
    return LegFrame(rotation_deg, 2.0, 88.0, shin_slope_deg)


def sensor(segment: Segment, **changes: object) -> SensorHealth:
    """A sensor that does well, but for the changes."""
    well = SensorHealth(segment, "streams", True, 60.0, 0.1, 82.0, "")
    return replace(well, **changes)  # type: ignore[arg-type]


SENSORS = tuple(sensor(segment) for segment in Segment if segment is not Segment.PELVIS)


def hello(
    *, drives: bool = True, virtual: bool = True, unfinished: bool = True, people: bool = True
) -> str:
    """The first message to a tab."""
    anna = Person(1, "Anna", Sex.FEMALE, BORN)
    record = SessionRecord(
        7, anna, "seated", Mode.ACTIVE, BORN, None, SessionState.RUNNING, (), "0.5", True, "", ""
    )
    return outgoing.hello(
        Offer(
            protocols(),
            (anna, Person(2, "Ben", None, BORN)) if people else (),
            (Unfinished(record, "Seated test", 4),) if unfinished else (),
            virtual,
        ),
        drives=drives,
        token=TOKEN,
    )


LAST_TIME = tuple(
    ResultView(Task.SEATED, side, direction.value, value_deg, 2.2, 6.1, 3)
    for side, direction, value_deg in (
        (LEFT, IN, 31.0), (LEFT, OUT, 38.0), (RIGHT, IN, 37.0), (RIGHT, OUT, 36.0),
    )
)  # fmt: skip
COUNTED = (
    RepetitionView(Task.SEATED, LEFT, IN, 1, 35.2, True, ""),
    RepetitionView(Task.SEATED, LEFT, OUT, 1, 40.6, True, ""),
    RepetitionView(Task.SEATED, LEFT, IN, 2, 36.9, True, ""),
    RepetitionView(Task.SEATED, LEFT, OUT, 2, 41.5, False, "the thigh lifted by 14°"),
)


def done(task: Task, *counts: int) -> tuple[Done, ...]:
    """Counted repetitions: left in, left out, right in, right out."""
    pairs = ((LEFT, IN), (LEFT, OUT), (RIGHT, IN), (RIGHT, OUT))
    return tuple(Done(task, *pair, count, 3) for pair, count in zip(pairs, counts, strict=True))


BASE = SessionView(
    session=12,
    person="Anna",
    protocol="seated",
    title="Seated test",
    kind=ProtocolKind.TEST,
    simulated=True,
    stage=Stage.CONNECT,
    paused=False,
    task=None,
    side=None,
    asked=None,
    cue=Cue("Switch the sensors on", "Switch the sensors on."),
    cue_number=1,
    tone=None,
    tone_number=0,
    notice="",
    warning="",
    fraction=None,
    picture="",
    buttons=(STOP,),
    done=(),
    repetitions=(),
    results=(),
    last_time=(),
    stretch=None,
    sentences=(),
    report="",
)
MEASURE = replace(
    BASE,
    stage=Stage.MEASURE,
    task=Task.SEATED,
    side=LEFT,
    asked=Asked(Doing.TURN, LEFT, IN),
    cue=Cue("Inward turn: left foot moves out, and hold", "Now turn the left leg inward."),
    cue_number=9,
    picture="seated",
    buttons=(KEEP, REDO, SKIP, PAIN, PAUSE, STOP),
    done=done(Task.SEATED, 2, 1, 0, 0),
    repetitions=COUNTED,
    last_time=LAST_TIME,
)
RESULTS = tuple(
    ResultView(Task.SEATED, side, measure, value_deg, 2.1, 5.9, 3)
    for side, measure, value_deg in (
        (LEFT, "internal", 35.8), (LEFT, "external", 40.9), (LEFT, "total_arc", 76.7),
        (RIGHT, "internal", 44.2), (RIGHT, "external", 37.4), (RIGHT, "total_arc", 81.6),
    )
)  # fmt: skip

SCENES = {
    "connect": Scene(
        replace(BASE, stop_rules=read_protocol("seated").stop_rules), sensors=(SENSORS[0],)
    ),
    "calibrate": Scene(
        replace(
            BASE,
            stage=Stage.CALIBRATE,
            asked=Asked(Doing.STRAIGHTEN_KNEE, LEFT),
            cue=Cue("Straighten your left knee", "Straighten your left knee."),
            notice="Keep still: the left thigh moves.",
            fraction=0.6,
            buttons=(PAUSE, STOP),
        )
    ),
    "position": Scene(
        replace(
            MEASURE,
            stage=Stage.POSITION,
            asked=Asked(Doing.SIT),
            cue=Cue("Sit tall, let the left lower leg hang", ""),
            buttons=(
                replace(GO_ON, words="Start"),
                SKIP,
                PAIN,
                PAUSE,
                Button(Command.RECALIBRATE, "Calibrate again"),
                STOP,
            ),
        )
    ),
    "familiarise": Scene(
        replace(
            MEASURE,
            stage=Stage.FAMILIARISE,
            asked=Asked(Doing.BE_READY, LEFT),
            cue=Cue("Let the leg hang", "Let the leg hang."),
            repetitions=(),
            done=done(Task.SEATED, 0, 0, 0, 0),
            buttons=(SKIP, PAIN, PAUSE, STOP),
        ),
        leg(0.4),
        leg(-1.2),
    ),
    "measure": Scene(MEASURE, leg(24.0), leg(-2.0)),
    "holding": Scene(
        replace(
            MEASURE,
            asked=Asked(Doing.HOLD, LEFT, IN),
            cue=Cue("Hold: inward turn, foot out", "Hold."),
            fraction=0.45,
            tone=Tone.PLATEAU,
            tone_number=3,
        ),
        leg(36.4),
        leg(-2.0),
    ),
    "not counted": Scene(
        replace(
            MEASURE,
            asked=Asked(Doing.RETURN, LEFT, OUT),
            cue=Cue("Slowly back, let the foot hang", "Slowly back."),
            notice="Not counted: the thigh lifted by 14°.",
            tone=Tone.NOT_COUNTED,
            tone_number=4,
        ),
        leg(-28.0),
        leg(3.0),
    ),
    "lost sensor": Scene(
        replace(
            MEASURE,
            asked=Asked(Doing.BE_READY, LEFT),
            cue=Cue("Waiting for a sensor", "Let the leg rest."),
            warning="The left shin sensor sends nothing. It goes on by itself once that is back.",
            buttons=(Button(Command.SKIP, "Go on without it"), PAUSE, STOP),
        ),
        leg(None, None),
        leg(-2.0),
        (
            SENSORS[0],
            sensor(Segment.LEFT_SHIN, streams=False, state="connecting again", rate_hz=0.0),
            sensor(Segment.RIGHT_THIGH, battery_percent=9.0),
            SENSORS[3],
        ),
    ),
    "paused": Scene(
        replace(
            MEASURE,
            paused=True,
            asked=None,
            cue=Cue("Paused", "Paused."),
            buttons=(
                Button(Command.RESUME, "Go on", main=True),
                Button(Command.RECALIBRATE, "Calibrate again"),
                STOP,
            ),
        ),
        leg(1.0),
        leg(-2.0),
    ),
    "prone": Scene(
        replace(
            MEASURE,
            title="Full test",
            task=Task.PRONE,
            side=RIGHT,
            asked=Asked(Doing.TURN, RIGHT, OUT),
            cue=Cue("Outward turn: right foot moves in, and hold", ""),
            picture="prone",
            done=done(Task.SEATED, 3, 3, 3, 3) + done(Task.PRONE, 3, 3, 1, 0),
            repetitions=(RepetitionView(Task.PRONE, RIGHT, IN, 1, 41.0, True, ""),),
            last_time=(),
        ),
        leg(1.0),
        leg(-31.0),
    ),
    "cross-legged": Scene(
        replace(
            MEASURE,
            title="Cross-legged test",
            task=Task.CROSS_LEGGED,
            side=RIGHT,
            asked=Asked(Doing.CROSS_LEG, RIGHT),
            cue=Cue("Put the right ankle on the left knee, and hold", ""),
            picture="cross_legged",
            done=(
                Done(Task.CROSS_LEGGED, LEFT, None, 3, 3),
                Done(Task.CROSS_LEGGED, RIGHT, None, 1, 3),
            ),
            repetitions=(
                *(
                    RepetitionView(Task.CROSS_LEGGED, LEFT, None, n, 24.0 + n, True, "")
                    for n in (1, 2, 3)
                ),
                RepetitionView(Task.CROSS_LEGGED, RIGHT, None, 1, 33.0, True, ""),
            ),
            last_time=(ResultView(Task.CROSS_LEGGED, RIGHT, "shin_slope", 38.0, 2.4, 6.6, 3),),
        ),
        leg(None, 86.0),
        leg(None, 35.0),
    ),
    "stretch": Scene(
        replace(
            BASE,
            protocol="stretch",
            title="Stretch",
            kind=ProtocolKind.STRETCH,
            stage=Stage.STRETCH,
            task=Task.CROSS_LEGGED,
            side=LEFT,
            asked=Asked(Doing.STRETCH, LEFT),
            cue=Cue("Trunk straight, hinge forward from the hips", ""),
            cue_number=30,
            notice="",
            fraction=0.4,
            picture="stretch",
            buttons=(
                Button(Command.SKIP, "End this bout"),
                PAIN,
                PAUSE,
                STOP,
            ),
            stretch=StretchView(3, 9, LEFT, {LEFT: 6, RIGHT: 3}, 27.0, 28.0, 5, 225.0),
        ),
        leg(None, 31.0),
        leg(None, 84.0),
    ),
    "retest": Scene(
        replace(
            BASE,
            protocol="stretch",
            title="Stretch",
            kind=ProtocolKind.STRETCH,
            stage=Stage.RETEST,
            cue=Cue("Measure again now?", ""),
            notice="A gain right after stretching may be no more than warm-up; what counts is "
            "the change over weeks.",
            buttons=(
                Button(Command.RETEST, "Measure again", main=True),
                Button(Command.CONTINUE, "Finish"),
                STOP,
            ),
        )
    ),
    "result": Scene(
        replace(
            MEASURE,
            stage=Stage.RESULT,
            side=None,
            asked=None,
            cue=Cue("Done", "Done."),
            buttons=(),
            results=RESULTS,
            sentences=(
                "Your left hip turns inward 8° less than your right, more than the error of 6°.",
                "Outward, no measurable difference between left and right.",
                "Since last time: no measurable difference.",
            ),
            report="session_12",
        )
    ),
    "stopped": Scene(
        replace(
            MEASURE,
            stage=Stage.STOPPED,
            side=None,
            asked=None,
            cue=Cue("Stopped", "Stopped. What was measured is kept."),
            buttons=(),
        )
    ),
}
