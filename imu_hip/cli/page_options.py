"""Options of the commands that show results as a page."""

from pathlib import Path
from typing import Annotated

import typer

from imu_hip.cli.analyze import DEFAULT_FOLDER

OutOption = Annotated[
    Path | None,
    typer.Option(
        "--out",
        help="Folder for the HTML page. Without --out, --csv, --json and --pdf it goes to "
        f"{DEFAULT_FOLDER}.",
    ),
]
CsvOption = Annotated[
    Path | None, typer.Option("--csv", help="Write the numbers to this CSV file.")
]
JsonOption = Annotated[
    Path | None, typer.Option("--json", help="Write all of it to this JSON file.")
]
PdfOption = Annotated[
    Path | None,
    typer.Option("--pdf", help="Write the page to this PDF file; needs the extra `pdf`."),
]
