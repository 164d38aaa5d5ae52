"""The colours of every picture: a side is always named by a word beside its colour."""

from typing import Final

from imu_hip.names import Side

SIDE_COLOUR: Final = {Side.LEFT: "#0072B2", Side.RIGHT: "#D55E00"}
"""Okabe and Ito's blue and vermilion, which colour-blind eyes tell apart."""

INK: Final = "#1b1f23"
TARGET: Final = "#5f6670"
GRID: Final = "#d9dce0"
TRACK: Final = "#eceef0"
UNCERTAIN_OPACITY: Final = 0.38
