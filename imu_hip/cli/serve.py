"""`imu-hip serve`: the live page."""

from pathlib import Path
from typing import Annotated

import typer

from imu_hip.cli.history import DbOption

USUAL_PLAN = "dot,play=guided"


def serve(
    *,
    virtual: Annotated[
        bool,
        typer.Option("--virtual", help="Use virtual sensors, no hardware."),
    ] = False,
    plan: Annotated[
        str | None,
        typer.Option(
            metavar="PLAN",
            help=f"Which virtual sensors; else {USUAL_PLAN}. See imu-hip record --help.",
        ),
    ] = None,
    port: Annotated[
        int | None,
        typer.Option(min=1, max=65_535, help="Port; else 8765, or a free one where it is taken."),
    ] = None,
    no_browser: Annotated[
        bool, typer.Option("--no-browser", help="Only print the address; open no browser.")
    ] = False,
    lan: Annotated[
        bool,
        typer.Option(
            "--lan",
            help="Let other devices of the network in, such as a phone. Each needs the code that "
            "is printed. What they send can be read along in the network.",
        ),
    ] = False,
    db: DbOption = None,
    protocols: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="Protocols of your own, as .toml files.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="Where recordings and reports go.")
    ] = None,
) -> None:
    """Lead measured tests and stretches on a page in the browser, with live angles.

    The page is served to this computer only, until Ctrl-C. What was measured is
    kept, whatever happens.

    Examples: imu-hip serve

    imu-hip serve --virtual

    imu-hip serve --lan --protocols our_protocols
    """
    from imu_hip.cli.running import run_async  # noqa: PLC0415
    from imu_hip.cli.serving import ServeWish, serve_until_stopped  # noqa: PLC0415

    chosen = plan or (USUAL_PLAN if virtual else None)
    run_async(
        serve_until_stopped(
            ServeWish(chosen, port, not no_browser, lan, db, protocols, out), typer.echo
        )
    )
