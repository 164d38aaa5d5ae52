"""Saving beside the event loop."""

import asyncio
import threading

import pytest

from imu_hip.errors import OutputError
from imu_hip.live import saver as saver_module
from imu_hip.live.saver import Saver


@pytest.fixture(autouse=True)
def _impatient(monkeypatch):
    monkeypatch.setattr(saver_module, "AGAIN_S", 0.01)


async def test_work_is_done_in_order_and_in_another_thread():
    saver, done = Saver(), []
    task = asyncio.ensure_future(saver.run())
    for number in range(20):
        saver.do(lambda n=number: done.append((n, threading.current_thread())))
    await saver.drained()
    task.cancel()
    assert [number for number, _ in done] == list(range(20))
    assert all(thread is not threading.main_thread() for _, thread in done)


async def test_work_that_fails_is_tried_again_and_nothing_overtakes_it():
    troubles, done = [], []
    saver = Saver(troubles.append)
    task = asyncio.ensure_future(saver.run())
    tries = iter((True, True, False))

    def sometimes():
        if next(tries):
            raise OutputError("The disk is full.", "Free some space.")
        done.append("first")

    saver.do(sometimes)
    saver.do(lambda: done.append("second"))
    await saver.drained()
    task.cancel()
    assert done == ["first", "second"]
    assert "The disk is full. Free some space." in troubles[0]
    assert troubles[-1] == ""


async def test_what_never_succeeds_is_told_in_the_end():
    saver = Saver()
    task = asyncio.ensure_future(saver.run())

    def never():
        raise OutputError("The disk is gone.", "Connect it.")

    saver.do(never)
    with pytest.raises(OutputError, match="The disk is gone"):
        await saver.drained()
    task.cancel()


async def test_a_mistake_in_the_program_is_told_too(caplog):
    troubles = []
    saver = Saver(troubles.append)
    task = asyncio.ensure_future(saver.run())
    saver.do(lambda: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        await saver.drained()
    task.cancel()
    assert "division by zero" in troubles[0]
    assert "could not be saved" in caplog.text
