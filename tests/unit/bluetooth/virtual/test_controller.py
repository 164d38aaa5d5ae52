"""The host stack of a virtual adapter."""

import asyncio

from bumble import hci

from imu_hip.bluetooth.virtual.controller import QuietHost

ANSWER = hci.HCI_Command_Complete_Event(
    num_hci_command_packets=1,
    command_opcode=hci.HCI_RESET_COMMAND,
    return_parameters=hci.HCI_StatusReturnParameters(hci.HCI_ErrorCode.SUCCESS),
)


async def test_the_answer_to_a_cancelled_command_is_dropped():
    host = QuietHost()
    host.pending_response = asyncio.get_running_loop().create_future()
    host.pending_response.cancel()
    host.on_command_processed(ANSWER)
    assert host.pending_response.cancelled()


async def test_the_answer_to_a_command_is_handed_on():
    host = QuietHost()
    host.pending_command = hci.HCI_Reset_Command()
    host.pending_response = asyncio.get_running_loop().create_future()
    host.on_command_processed(ANSWER)
    assert await host.pending_response is ANSWER
