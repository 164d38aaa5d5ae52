"""The live table of a recording, and its summary."""

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.table import Table
from rich.text import Text

from imu_hip.bluetooth.recorder import RecordingView
from imu_hip.bluetooth.status import SensorStatus
from imu_hip.recording.recording import Recording

MOST_NEWS = 5


class LiveTable:
    """Shows a recording while it is made: rate, loss, longest gap, latency and charge of sensors.

    Where the output is no terminal, only the news are printed, a line each.
    """

    def __init__(self, console: Console) -> None:
        self._console = console
        self._live = Live(console=console, auto_refresh=False, transient=False)
        self._news: list[str] = []
        self._begun = False

    def __enter__(self) -> "LiveTable":
        if self._console.is_terminal:
            self._live.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._console.is_terminal:
            self._live.stop()

    def show(self, view: RecordingView) -> None:
        """Show how the recording is now."""
        self._news.extend(view.news)
        if self._console.is_terminal:
            self._live.update(live_page(view, self._news[-MOST_NEWS:]), refresh=True)
            return
        if not self._begun:
            # Not before there is a first view: until then nothing is recorded yet.
            self._begun = True
            self._console.print("Recording; Ctrl-C ends it.", highlight=False)
        for text in view.news:
            self._console.print(text, highlight=False, markup=False, soft_wrap=True)


def live_page(view: RecordingView, news: list[str]) -> RenderableType:
    """Everything that is shown at one moment."""
    head = Text(f"Recording {_clock(view.elapsed_s)}", style="bold")
    if view.duration_s is not None:
        head.append(f" of {_clock(view.duration_s)}")
    head.append("   Ctrl-C ends it", style="dim")
    parts: list[RenderableType] = [head, status_table(view.sensors)]
    if view.trouble:
        parts.append(Text(f"{view.held_rows} samples wait: {view.trouble}", style="bold red"))
    parts.extend(Text(text) for text in news)
    return Group(*parts)


def status_table(sensors: tuple[SensorStatus, ...]) -> Table:
    """One line a sensor, in 60 columns where all is well."""
    table = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0))
    for heading in ("segment", "state"):
        table.add_column(heading, overflow="fold")
    for heading in ("rate\nHz", "kept", "lost\n%", "gap\ns", "latency\nms", "battery\n%"):
        table.add_column(heading, justify="right", overflow="fold")
    for sensor in sensors:
        table.add_row(
            sensor.segment.words,
            Text(sensor.state, style="" if sensor.state == "streaming" else "bold red"),
            f"{sensor.rate_hz:.0f}",
            str(sensor.kept),
            _lost_percent(sensor),
            f"{sensor.gap_max_s:.2f}" if sensor.gap_max_s else "-",
            "-" if sensor.latency_p95_ms is None else f"{sensor.latency_p95_ms:.0f}",
            _battery(sensor),
        )
    return table


def summary(recording: Recording) -> RenderableType:
    """What was recorded, in a few lines."""
    count = len(recording.streams)
    head = Text(f"{recording.duration_s:.1f} s of {count} sensor{'s' if count != 1 else ''}")
    table = Table(box=None, pad_edge=False)
    table.add_column("segment")
    for heading in ("samples", "lost", "gaps"):
        table.add_column(heading, justify="right")
    for stream in recording.streams.values():
        table.add_row(
            stream.segment.words,
            str(len(stream.time_s)),
            str(stream.lost_samples()),
            str(len(stream.gaps())),
        )
    return Group(head, table)


def _clock(seconds: float) -> str:
    return f"{int(seconds) // 60}:{int(seconds) % 60:02d}"


def _lost_percent(sensor: SensorStatus) -> str:
    if sensor.lost is None or sensor.lost_percent is None:
        return "-"
    if 0.0 < sensor.lost_percent < 0.05:
        return "<0.1"
    return f"{sensor.lost_percent:.1f}" if sensor.lost else "0"


def _battery(sensor: SensorStatus) -> str:
    if sensor.battery is None:
        return "-"
    return f"{sensor.battery.level_percent}{'+' if sensor.battery.charging else ''}"
