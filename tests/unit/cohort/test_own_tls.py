"""Workers of a cohort take work from the run that started them and from nobody else."""

import socket
from contextlib import suppress
from pathlib import Path

import distributed
import psutil
import pytest

from imu_hip.cohort.engine import workers
from imu_hip.cohort.own_tls import own_security


@pytest.mark.slow
def test_only_who_has_the_key_of_the_run_commands_its_workers():
    with workers(None, 1) as client:
        address = client.scheduler.address
        # The port is open to all users of this computer, and to no other computer.
        assert address.startswith("tls://127.0.0.1:")
        assert client.submit(sum, (1, 2), pure=False).result(timeout=30) == 3
        # Nobody else can put modules where the workers look for them.
        (folder,) = client.run(lambda dask_worker: dask_worker.local_directory).values()
        above = [Path(folder), *Path(folder).parents]
        assert any(each.stat().st_mode & 0o077 == 0 for each in above)
        me = psutil.Process()
        listening = [
            each.laddr.ip
            for process in (me, *me.children(recursive=True))
            for each in process.net_connections("inet")
            if each.status == psutil.CONN_LISTEN
        ]
        assert listening
        assert set(listening) == {"127.0.0.1"}
        with pytest.raises((OSError, TimeoutError)):
            distributed.Client(address, security=own_security(), timeout=3)
        host, port = address.removeprefix("tls://").split(":")
        with pytest.raises((OSError, TimeoutError, ValueError)):
            distributed.Client(f"tcp://{host}:{port}", timeout=3)
        answer = b""
        with suppress(ConnectionError), socket.create_connection((host, int(port)), 5) as plain:
            plain.sendall(b"hello\r\n" * 20)
            answer = plain.recv(100)
        # Whoever speaks without the key is told no more than that this is TLS.
        assert len(answer) < 10
    assert not Path(folder).exists()


def test_each_run_has_a_key_of_its_own():
    one, other = own_security(), own_security()
    assert one.tls_client_key != other.tls_client_key
    assert one.require_encryption
    assert "PRIVATE KEY" in one.tls_worker_key
    assert "PRIVATE KEY" not in repr(one)
