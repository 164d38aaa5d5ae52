"""`imu-hip trend`: one person's ranges over weeks."""

from enum import StrEnum
from typing import Annotated

import typer

from imu_hip.cli.history import DbOption
from imu_hip.cli.page_options import CsvOption, JsonOption, OutOption, PdfOption
from imu_hip.history.records import Mode
from imu_hip.names import Task


class StaticTask(StrEnum):
    """A measured test."""

    SEATED = "seated"
    PRONE = "prone"
    CROSS_LEGGED = "cross-legged"

    @property
    def task(self) -> Task:
        """The task."""
        return Task(self.value)


def trend(
    person: Annotated[str, typer.Argument(help="The person's alias.")],
    *,
    task: Annotated[
        StaticTask | None, typer.Option(help="One test; every test that has results if not given.")
    ] = None,
    mode: Annotated[Mode, typer.Option(help="Who moves the leg.")] = Mode.ACTIVE,
    out: OutOption = None,
    csv: CsvOption = None,
    json: JsonOption = None,
    pdf: PdfOption = None,
    db: DbOption = None,
) -> None:
    """Show how a person's ranges change over weeks, with the error between days.

    Examples: imu-hip trend anna

    imu-hip trend anna --task seated --csv anna.csv --pdf anna.pdf
    """
    from imu_hip.cli.compared_outputs import trends_named, write_trends  # noqa: PLC0415
    from imu_hip.cli.targets import targets_of  # noqa: PLC0415

    targets = targets_of(out, csv, json, pdf)
    number, trends = trends_named(person, task.task if task else None, mode, db)
    write_trends(number, trends, targets)
