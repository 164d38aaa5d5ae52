"""Sensors that turn on their segment during a walk or run: found, said and turned back."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import reduce

import numpy as np

from imu_hip.analysis.stride_views import BLOCK_STRIDES, WINDOW_BLOCKS, BlockViews, StrideViews
from imu_hip.kinematics.quaternion import BoolArray, FloatArray, from_matrix, multiply
from imu_hip.kinematics.slip import (
    change,
    hinge,
    mean_up,
    phase_samples,
    ramp,
    scaled,
    share_of_turn,
    stride_views,
    turns_between,
)
from imu_hip.names import SHIN, THIGH, Segment, Side
from imu_hip.recording.timeline import Timeline

SMALLEST_SLIP_DEG = 8.0
"""Views of twenty strides turned by 1 to 3°, and never by more than 6°, from one twenty to the
next in walkers and runners whose sensors held. A thigh that swings by 40° shows 6° of rotation
that is none when its sensor sits 8° off."""

SMALLEST_LEAN_DEG = 15.0
"""A sensor that tips forward or back looks like a segment that leans: the shin leans by some 15°
more in running than in walking, the trunk by 10° on a slope. It moves flexion, not rotation."""

TIMES_USUAL = 3.0
"""A slip is this many times what the views of the sensor usually turn by."""

ROUGHLY = 0.7
"""What turns by less than this part of the smallest slip, roughly taken, is not looked at."""

EXPLAINED = 1.0 / 3.0
EXPLAINED_LEAN = 0.8
"""Part of the change in the views that the turn must explain. It explains nearly all of a slip and
under a third of the scatter of strides; of the change from walking to running 0.1 to 0.6."""

ALONE = 1.0 / 3.0
"""Other sensors may turn by this part of the slip at the same time. A leg that comes to rotate
otherwise turns the shin's sensor in full and the thigh's, over its soft tissue, by half."""

STAYS = 0.8
"""Part of the later blocks that must fit the turned view better than the old one."""


@dataclass(frozen=True, slots=True, eq=False)
class Slip:
    """A sensor that turned on its segment in `[time_s, settled_s)` and stayed so.

    `r_before_after`, shape (3, 3), turns vectors of the sensor frame after the slip into the one
    before.
    """

    segment: Segment
    time_s: float
    settled_s: float
    angle_deg: float
    r_before_after: FloatArray

    @property
    def words(self) -> str:
        """One sentence for people."""
        return (
            f"The {self.segment.words} sensor slipped: it turned by {self.angle_deg:.0f}° on the "
            f"leg between {self.time_s:.1f} and {self.settled_s:.1f} s. What came after was turned "
            "back, and the strides in between are left out; fasten the strap better."
        )


def find_slips(timeline: Timeline, strides: StrideViews) -> tuple[Slip, ...]:
    """Slips of all sensors, in order of time.

    A slip takes place in or beside a block of five strides, needs one block before it and one
    after it, and shows in one sensor alone.
    """
    slips = [
        _slip(timeline, strides, segment, block)
        for segment in strides.seen
        for block in _slipping_blocks(strides.seen, segment)
    ]
    return tuple(sorted(slips, key=lambda slip: slip.time_s))


def _slipping_blocks(seen: Mapping[Segment, BlockViews], segment: Segment) -> list[int]:
    """Blocks in which one sensor slips, strongest first."""
    own = seen[segment]
    smallest_deg = max(SMALLEST_SLIP_DEG, TIMES_USUAL * own.usual_deg)
    candidates = np.flatnonzero(own.roughly_deg > ROUGHLY * smallest_deg)
    if not len(candidates):
        return []
    turns = turns_between(own.before[candidates], own.after[candidates])
    found: list[int] = []
    order = np.argsort(-turns.angle_deg * turns.explained)
    for index in order.tolist():
        block = int(candidates[index])
        if any(abs(block - other) <= WINDOW_BLOCKS + 1 for other in found):
            continue
        across_deg = turns.angle_deg[index] * _across(turns.axis[index], own, block, segment)
        explained = turns.explained[index]
        slips = across_deg > smallest_deg and explained > EXPLAINED
        leans = turns.angle_deg[index] > SMALLEST_LEAN_DEG and explained > EXPLAINED_LEAN
        if (slips or leans) and _alone(seen, segment, block, float(turns.angle_deg[index])):
            found.append(block)
    return [block for block in found if _stays(own, block, found)]


def _across(axis: FloatArray, seen: BlockViews, block: int, segment: Segment) -> float:
    """Part of a turn that is no change of posture."""
    if segment is Segment.PELVIS:
        return abs(float(axis @ mean_up(seen.before[block])))
    along = float(axis @ hinge(seen.before[block]))
    return float(np.sqrt(max(1.0 - along**2, 0.0)))


def _alone(
    seen: Mapping[Segment, BlockViews], segment: Segment, block: int, angle_deg: float
) -> bool:
    for other, own in seen.items():
        if other is segment or own.roughly_deg[block] == 0.0:
            continue
        before, after = own.before[block : block + 1], own.after[block : block + 1]
        if float(turns_between(before, after).angle_deg[0]) > ALONE * angle_deg:
            return False
    return True


def _stays(seen: BlockViews, block: int, found: list[int]) -> bool:
    """Whether the blocks until the next slip fit the turned view better than the old one."""
    end = min((other for other in found if other > block), default=len(seen.blocks))
    later = seen.blocks[block + 1 : end][seen.measured[block + 1 : end]]
    before = seen.before[block]
    turns = turns_between(before[None], seen.after[block][None])
    turned = before @ turns.r_before_after[0]
    fits = change(turned, later) < change(before, later)
    return bool(np.mean(fits) >= STAYS)


def _slip(timeline: Timeline, strides: StrideViews, segment: Segment, block: int) -> Slip:
    """Where in the strides around a block the sensor slipped, and by how much."""
    first = max(block - WINDOW_BLOCKS, 0) * BLOCK_STRIDES
    last = min(block + 1 + WINDOW_BLOCKS, strides.blocks) * BLOCK_STRIDES
    at = phase_samples(strides.strike[first:last], strides.end[first:last])
    views = stride_views(timeline.q_earth_sensor[segment], timeline.gyr_dps[segment], at)
    known = first + np.flatnonzero(np.isfinite(views[:, 0, 0]))
    views = scaled(views[known - first])
    begins, ends = np.searchsorted(known, [block * BLOCK_STRIDES, (block + 1) * BLOCK_STRIDES])
    clear = min(BLOCK_STRIDES, int(begins), len(known) - int(ends))
    # Once more with the strides that the first look shows to be clear of the slip.
    for _ in range(2):
        before, after = views[:begins].mean(axis=0), views[ends:].mean(axis=0)
        old, new = ramp(share_of_turn(views, before, after), clear)
        begins, ends = old + 1, new
    before, after = views[:begins].mean(axis=0), views[ends:].mean(axis=0)
    turns = turns_between(before[None], after[None])
    begin, settled = np.rint([strides.strike[known[old]], strides.end[known[new]]])
    return Slip(
        segment=segment,
        time_s=float(timeline.time_s[int(begin)]),
        settled_s=float(timeline.time_s[int(settled)]),
        angle_deg=float(turns.angle_deg[0]),
        r_before_after=turns.r_before_after[0],
    )


def without_slips(timeline: Timeline, slips: tuple[Slip, ...]) -> Timeline:
    """The same orientations and angular velocities as if every sensor had stayed in place.

    What a sensor measured after a slip is turned into its frame before; what it measured while it
    slipped is left empty.
    """
    q = dict(timeline.q_earth_sensor)
    gyr_dps = dict(timeline.gyr_dps)
    for segment in {slip.segment for slip in slips}:
        own = [slip for slip in slips if slip.segment is segment]
        q[segment] = q[segment].copy(order="F")
        gyr_dps[segment] = gyr_dps[segment].copy(order="F")
        for slip, following in zip(own, [*own[1:], None], strict=True):
            end = None if following is None else timeline.index(following.time_s)
            after = slice(timeline.index(slip.settled_s), end)
            so_far = own[: own.index(slip) + 1]
            r_first_after = reduce(np.matmul, [one.r_before_after for one in so_far])
            q_after_first = from_matrix(r_first_after.T)
            q[segment][after] = multiply(q[segment][after], q_after_first)
            gyr_dps[segment][after] = gyr_dps[segment][after] @ r_first_after.T
            during = timeline.span(slip.time_s, slip.settled_s)
            q[segment][during] = np.nan
            gyr_dps[segment][during] = np.nan
    return replace(timeline, q_earth_sensor=q, gyr_dps=gyr_dps)


def slipping(timeline: Timeline, slips: tuple[Slip, ...], side: Side) -> BoolArray:
    """Samples in which a sensor of one leg is slipping, shape (n,)."""
    during = np.zeros(len(timeline.time_s), dtype=np.bool_)
    for slip in slips:
        if slip.segment in {THIGH[side], SHIN[side]}:
            during[timeline.span(slip.time_s, slip.settled_s)] = True
    return during
