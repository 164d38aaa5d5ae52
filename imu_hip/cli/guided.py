"""`imu-hip test` and `imu-hip stretch`: guided sessions in the terminal."""

from typing import TYPE_CHECKING, Annotated

import typer

from imu_hip.cli.record import INTERRUPTED, VirtualOption
from imu_hip.history.records import Mode
from imu_hip.names import Sex

if TYPE_CHECKING:
    from imu_hip.cli.guided_run import GuidedWish

PersonArgument = Annotated[
    str | None,
    typer.Argument(metavar="PERSON", help="A name or any other alias; else me, or who resumes."),
]
ModeOption = Annotated[
    Mode,
    typer.Option(
        metavar="MODE",
        help="Who moves the leg: the person (active), the person with the hands "
        "(self-assisted) or somebody else (passive). Ranges of different modes are never "
        "compared.",
    ),
]
SexOption = Annotated[Sex | None, typer.Option(help="For the norms in the report.")]
SoundOption = Annotated[bool, typer.Option("--no-sound", help="No bell at the end of a turn.")]
ResumeOption = Annotated[
    bool, typer.Option("--resume", help="Go on with the newest session that was cut off.")
]
ProtocolOption = Annotated[
    str | None,
    typer.Option(metavar="NAME|FILE", help="A protocol by its name, or your own .toml file."),
]


def guided_test(
    person: PersonArgument = None,
    *,
    protocol: ProtocolOption = None,
    virtual: VirtualOption = None,
    mode: ModeOption = Mode.ACTIVE,
    sex: SexOption = None,
    no_sound: SoundOption = False,
    resume: ResumeOption = False,
) -> None:
    """Lead one person through a measured test, in the terminal.

    Keys: k take this angle, r again, s skip, x it hurts, space pause, q stop.
    Everything finished is kept at once. imu-hip serve shows the same in a
    browser, with sound and speech.

    Examples: imu-hip test Anna

    imu-hip test Anna --protocol prone --sex female

    imu-hip test --virtual dot,play=guided
    """
    from imu_hip.cli.guided_run import GuidedWish  # noqa: PLC0415

    wish = GuidedWish(person, protocol, mode, sex, virtual, resume=resume, stretches=False)
    _lead(wish, sound=not no_sound)


def guided_stretch(
    person: PersonArgument = None,
    *,
    protocol: ProtocolOption = None,
    virtual: VirtualOption = None,
    mode: ModeOption = Mode.ACTIVE,
    sex: SexOption = None,
    no_sound: SoundOption = False,
    resume: ResumeOption = False,
) -> None:
    """Lead one person through a stretch of several bouts, in the terminal.

    The side that turned less in the last test gets more bouts. Keys: s next bout,
    x it hurts, space pause, q stop.

    Examples: imu-hip stretch Anna

    imu-hip stretch --virtual dot,play=guided
    """
    from imu_hip.cli.guided_run import GuidedWish  # noqa: PLC0415

    wish = GuidedWish(person, protocol, mode, sex, virtual, resume=resume, stretches=True)
    _lead(wish, sound=not no_sound)


def _lead(wish: "GuidedWish", *, sound: bool) -> None:
    from rich.console import Console  # noqa: PLC0415

    from imu_hip.cli.guided_run import lead  # noqa: PLC0415
    from imu_hip.cli.running import run_async  # noqa: PLC0415

    if not run_async(lead(wish, Console(), sound=sound)):
        typer.echo("Stopped before anything was measured.", err=True)
        raise typer.Exit(INTERRUPTED)
