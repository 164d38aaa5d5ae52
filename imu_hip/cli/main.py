"""The `imu-hip` command."""

import io
import os
import sys

import typer

from imu_hip.cli import history, sensor
from imu_hip.cli.analyze import analyze
from imu_hip.cli.assign import assign
from imu_hip.cli.cohort import cohort
from imu_hip.cli.compare import compare
from imu_hip.cli.convert import convert
from imu_hip.cli.demo import demo
from imu_hip.cli.doctor import doctor
from imu_hip.cli.export import export
from imu_hip.cli.guided import guided_stretch, guided_test
from imu_hip.cli.info import info
from imu_hip.cli.record import record
from imu_hip.cli.recover import recover
from imu_hip.cli.reliability import reliability
from imu_hip.cli.scan import scan
from imu_hip.cli.serve import serve
from imu_hip.cli.trend import trend
from imu_hip.cli.validate import validate
from imu_hip.errors import ImuHipError
from imu_hip.names import printable

BAD_INPUT = 2
"""Exit status for bad input and bad arguments."""

_PEOPLE = "Measure a person"
_RECORDINGS = "Recordings"
_OTHERS = "Many people and other programs"
_SENSORS = "Sensors"

app = typer.Typer(
    name="imu-hip",
    help="Hip rotation from sensors on the thighs and shins: measured tests, runs, left against "
    "right. Not a medical device.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
# In the order in which somebody new meets them; the README's table has the same.
app.command(rich_help_panel=_PEOPLE)(serve)
app.command("test", rich_help_panel=_PEOPLE)(guided_test)
app.command("stretch", rich_help_panel=_PEOPLE)(guided_stretch)
app.command(rich_help_panel=_PEOPLE)(compare)
app.command(rich_help_panel=_PEOPLE)(trend)
app.add_typer(history.app, name="history", rich_help_panel=_PEOPLE)
app.command(rich_help_panel=_RECORDINGS)(analyze)
app.command(rich_help_panel=_RECORDINGS)(info)
app.command(rich_help_panel=_RECORDINGS)(convert)
app.command(rich_help_panel=_RECORDINGS)(demo)
app.command(rich_help_panel=_OTHERS)(cohort)
app.command(rich_help_panel=_OTHERS)(reliability)
app.command(rich_help_panel=_OTHERS)(export)
app.command(rich_help_panel=_OTHERS)(validate)
app.command(rich_help_panel=_SENSORS)(scan)
app.command(rich_help_panel=_SENSORS)(assign)
app.command(rich_help_panel=_SENSORS)(record)
app.command(rich_help_panel=_SENSORS)(recover)
app.add_typer(sensor.app, name="sensor", rich_help_panel=_SENSORS)
app.command(rich_help_panel=_SENSORS)(doctor)


@app.callback(invoke_without_command=True)
def imu_hip(
    *,
    version: bool = typer.Option(False, "--version", help="Print the version and stop."),
) -> None:
    """Hip rotation from sensors on the thighs and shins. Not a medical device."""
    if version:
        from imu_hip import __version__  # noqa: PLC0415

        typer.echo(f"imu-hip {__version__}")
        raise typer.Exit


def run() -> None:
    """Run the command; an expected failure becomes one message and exit status 2."""
    # Matrices here are narrow: several threads only wait for each other, for a quarter of the time.
    # The library reads this once, when numpy is first imported, which is later than here.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    for stream in (sys.stdout, sys.stderr):
        # A terminal that cannot show a degree sign shows a question mark, not a traceback.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
    try:
        app()
    except ImuHipError as error:
        _fail(str(error))
    except OSError as error:
        where = f" ({error.filename})" if error.filename else ""
        _fail(f"The system refused: {error.strerror or error}{where}. Check space and permissions.")


def _fail(message: str) -> None:
    # A message may repeat a name of a file, or what a sensor said.
    shown = "\n".join(printable(line) for line in message.split("\n"))
    typer.echo(f"imu-hip: {shown}", err=True)
    sys.exit(BAD_INPUT)
