"""What a guided session looks like in a terminal: pictures of text, made of views and frames."""

from collections.abc import Sequence
from typing import Final

from rich.console import Group, RenderableType
from rich.panel import Panel
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from imu_hip.guidance.view import OVER, Command, ResultView, SessionView
from imu_hip.live.messages import LegFrame, LiveFrame, SensorHealth
from imu_hip.measures.deficit import TARGET_DEG
from imu_hip.names import FOOT, TURN, Direction, Side, Task
from imu_hip.report.wording import TEST_NAME, degrees, with_error

WIDEST_DEG: Final = 60.0
BAR_WIDTH: Final = 61
COLOUR: Final = {Side.LEFT: "blue", Side.RIGHT: "dark_orange3"}

KEY_OF: Final = {
    Command.CONTINUE: "Enter",
    Command.KEEP: "k",
    Command.REDO: "r",
    Command.SKIP: "s",
    Command.PAIN: "x",
    Command.PAUSE: "space",
    Command.RESUME: "space",
    Command.RECALIBRATE: "c",
    Command.RETEST: "t",
    Command.STOP: "q",
}
MEASURE_WORDS: Final = {
    "internal": f"{TURN[Direction.INTERNAL]} turn, {FOOT[Direction.INTERNAL]}",
    "external": f"{TURN[Direction.EXTERNAL]} turn, {FOOT[Direction.EXTERNAL]}",
    "total_arc": "both turns together",
    "shin_slope": "slope of the shin",
}


def session_page(
    view: SessionView,
    frame: LiveFrame | None,
    sensors: Sequence[SensorHealth],
    *,
    keys: bool,
) -> RenderableType:
    """Everything that is shown at one moment."""
    parts: list[RenderableType] = [_head(view), _cue(view)]
    if view.side is not None and frame is not None and view.side in frame.legs:
        parts.append(leg_bar(view, view.side, frame.legs[view.side]))
    parts += _progress(view)
    parts.append(_counts(view))
    parts += [Text(f"• {rule}") for rule in view.stop_rules]
    if view.notice:
        parts.append(Text(view.notice, style="bold"))
    over = view.stage in OVER
    faults = [] if over else _faults(sensors)
    parts += [Text(text, style="bold red") for text in (view.warning, *faults) if text]
    if keys and not over:
        parts.append(_keys(view))
    return Group(*parts)


def _head(view: SessionView) -> Text:
    head = Text(view.title, style="bold")
    head.append(f"   {view.person}", style="dim")
    if view.simulated:
        head.append("   simulated", style="dim")
    if view.paused:
        head.append("   paused", style="bold")
    return head


def _cue(view: SessionView) -> RenderableType:
    style = f"bold {COLOUR[view.side]}" if view.side is not None else "bold"
    return Panel(Text(view.cue.text, style=style, justify="center"), padding=(1, 2))


def leg_bar(view: SessionView, side: Side, leg: LegFrame) -> RenderableType:
    """The angle of one leg with its target and last time's range."""
    if view.task is Task.CROSS_LEGGED:
        last = [_last(view, side, "shin_slope")]
        return Group(
            angle_bar(leg.shin_slope_deg, (0.0, 90.0), (), last),
            Text(f"{side} shin {degrees(leg.shin_slope_deg)} from level"),
        )
    external = _last(view, side, "external")
    last = [_last(view, side, "internal"), None if external is None else -external]
    bar = angle_bar(leg.rotation_deg, (-WIDEST_DEG, WIDEST_DEG), (-TARGET_DEG, TARGET_DEG), last)
    ends = Table.grid(expand=False, padding=0)
    ends.add_column(width=BAR_WIDTH // 2)
    ends.add_column(width=BAR_WIDTH // 2 + 1, justify="right")
    ends.add_row(f"◀ {MEASURE_WORDS['external']}", f"{MEASURE_WORDS['internal']} ▶")
    legend = f"{side} thigh {turn_words(leg.rotation_deg)}   │ target 45°"
    if any(mark is not None for mark in last):
        legend += "   ┆ last time"
    return Group(ends, bar, Text(legend))


def turn_words(rotation_deg: float | None) -> str:
    """A rotation as a person reads it, such as '31° inward'."""
    if rotation_deg is None:
        return degrees(None)
    if abs(rotation_deg) < 0.5:
        return degrees(0.0)
    direction = Direction.INTERNAL if rotation_deg > 0 else Direction.EXTERNAL
    return f"{degrees(abs(rotation_deg))} {TURN[direction]}"


def angle_bar(
    angle_deg: float | None,
    ends_deg: tuple[float, float],
    targets_deg: Sequence[float],
    last_deg: Sequence[float | None],
) -> Text:
    """A bar from zero, or from the low end where zero is none, to the angle, with marks on it."""
    low, high = ends_deg

    def cell(value_deg: float) -> int:
        part = (min(max(value_deg, low), high) - low) / (high - low)
        return round(part * (BAR_WIDTH - 1))

    cells = ["─"] * BAR_WIDTH
    if angle_deg is not None:
        first, last = sorted((cell(0.0), cell(angle_deg)))
        cells[first : last + 1] = ["█"] * (last - first + 1)
    for mark, places in (("┆", last_deg), ("│", targets_deg)):
        for place in places:
            if place is not None:
                cells[cell(place)] = mark
    return Text("".join(cells))


def _last(view: SessionView, side: Side, measure: str) -> float | None:
    found = (
        one.value_deg
        for one in view.last_time
        if (one.task, one.side, one.measure) == (view.task or Task.SEATED, side, measure)
    )
    return next(found, None)


def _progress(view: SessionView) -> list[RenderableType]:
    if view.stretch is not None:
        one = view.stretch
        best = "" if one.best_deg is None else f"   best {degrees(one.best_deg)}"
        text = f"Bout {one.bout} of {one.bouts}, {one.side} leg   {one.left_s:.0f} s left{best}"
        return [Text(text), _bar(view.fraction or 0.0)]
    return [] if view.fraction is None else [_bar(view.fraction)]


def _bar(fraction: float) -> RenderableType:
    return ProgressBar(total=1.0, completed=fraction, width=BAR_WIDTH)


def _counts(view: SessionView) -> Text:
    """Repetitions of the legs in the test that goes on."""
    parts = [
        f"{one.side} {TURN[one.direction] if one.direction else 'crossed'} "
        f"{one.counted} of {one.wanted}"
        for one in view.done
        if one.task is view.task
    ]
    return Text(" · ".join(parts), style="dim")


def _faults(sensors: Sequence[SensorHealth]) -> list[str]:
    return [
        f"{one.segment.words}: {one.state}{f' ({one.problem})' if one.problem else ''}"
        for one in sensors
        if not one.streams
    ]


def _keys(view: SessionView) -> Text:
    keys = Text(style="dim")
    offered = {button.command: button.words for button in view.buttons}
    offered.setdefault(Command.STOP, "Stop")
    for command, words in offered.items():
        keys.append(f"{KEY_OF[command]} ", style="bold")
        keys.append(f"{words}   ")
    return keys


def results_table(results: Sequence[ResultView]) -> Table:
    """One row a measure, left and right beside each other, each with its standard uncertainty."""
    table = Table(box=None, pad_edge=False)
    table.add_column("", overflow="fold")
    for side in Side:
        table.add_column(side.value, justify="right", style=COLOUR[side])
    names = dict.fromkeys((one.task, one.measure) for one in results)
    several = len({task for task, _ in names}) > 1
    for task, measure in names:
        of_side = {o.side: o for o in results if (o.task, o.measure) == (task, measure)}
        name = MEASURE_WORDS.get(measure, measure)
        table.add_row(
            f"{TEST_NAME[task]}: {name}" if several else name,
            *(_value(of_side.get(side)) for side in Side),
        )
    return table


def _value(result: ResultView | None) -> str:
    if result is None:
        return degrees(None)
    return with_error(result.value_deg, result.sem_deg)
