"""Floor 3: a body with known angles and imperfect sensors on it, the truth for tests and demos."""

from imu_hip.simulation.gait import simulate_run, simulate_walk
from imu_hip.simulation.gait_plan import GaitPlan, StandingBreak, Turn
from imu_hip.simulation.measuring import record
from imu_hip.simulation.motion import BodyMotion, LegAngles
from imu_hip.simulation.sensor_errors import HARSH, PERFECT, TYPICAL, SensorErrors, SensorSlip
from imu_hip.simulation.static_plan import Fault, FaultKind, LegPlan, StaticSession
from imu_hip.simulation.static_sessions import simulate_static_session
from imu_hip.simulation.truth import SimulatedSession, TrueRepetition, Truth

__all__ = [
    "HARSH",
    "PERFECT",
    "TYPICAL",
    "BodyMotion",
    "Fault",
    "FaultKind",
    "GaitPlan",
    "LegAngles",
    "LegPlan",
    "SensorErrors",
    "SensorSlip",
    "SimulatedSession",
    "StandingBreak",
    "StaticSession",
    "TrueRepetition",
    "Truth",
    "Turn",
    "record",
    "simulate_run",
    "simulate_static_session",
    "simulate_walk",
]
