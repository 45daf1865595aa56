"""Nothing listens: no process of the program can be reached from outside, over the network or by a socket of this machine."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import psutil
import pytest

from tests.live.writers import WAIT_S

pytestmark = [pytest.mark.live, pytest.mark.skipif(not sys.platform.startswith("linux"), reason="asks /proc which sockets listen")]

_ACCEPTS = 0x10000
"""Of the flags in ``/proc/net/unix``: it takes connections (``__SO_ACCEPTCON``)."""


def reachable(processes: list[psutil.Process]) -> list[str]:
    """Return all by which these can be reached: sockets of the network, and listening ones of the machine."""
    found = [f"{process.name()} {one.laddr}" for process in processes for one in process.net_connections(kind="inet")]
    table = [line.split() for line in Path("/proc/net/unix").read_text(encoding="utf-8").splitlines()[1:]]
    listening = {f"socket:[{fields[6]}]" for fields in table if int(fields[3], 16) & _ACCEPTS}
    for process in processes:
        held = {os.readlink(one) for one in Path(f"/proc/{process.pid}/fd").iterdir() if one.is_symlink()}
        found += [f"{process.name()} {one}" for one in held & listening]
    return found


def family(pid: int) -> list[psutil.Process]:
    own = psutil.Process(pid)
    return [own, *own.children(recursive=True)]


def has_open(processes: list[psutil.Process], path: Path) -> bool:
    return any(str(path) in {one.path for one in process.open_files()} for process in processes)


def test_a_socket_that_listens_is_found(tmp_path: Path) -> None:
    own = [psutil.Process()]
    before = reachable(own)
    with socket.socket() as network, socket.socket(socket.AF_UNIX) as local:
        network.bind(("127.0.0.1", 0))
        network.listen()
        local.bind(str(tmp_path / "s"))
        local.listen()
        assert len(reachable(own)) == len(before) + 2


@pytest.mark.slow
def test_no_process_of_window_follow_and_reduce_listens(live_writer: Any, tmp_path: Path) -> None:
    writer = live_writer()
    writer.step(3)
    base = [sys.executable, "-m", "swmr_viewer"]
    commands = (
        [*base, str(writer.path), "--timeout", "600"],
        [*base, "follow", str(writer.path), "--timeout", "600"],
        [*base, "reduce", str(writer.path), "-o", str(tmp_path / "out.h5"), "-r", "statistics", "--timeout", "600", "--processes"],
    )
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    with ExitStack() as stack:
        running = []
        for command in commands:
            process = stack.enter_context(subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL))
            stack.callback(process.terminate)
            running.append(process)
        deadline = time.monotonic() + WAIT_S
        while not all(len(family(one.pid)) > 1 and has_open(family(one.pid)[1:], writer.path) for one in running):
            assert all(one.poll() is None for one in running)
            assert time.monotonic() < deadline
        writer.step(2)
        everyone = [process for one in running for process in family(one.pid)]
        assert len(everyone) >= 2 * len(running)
        assert reachable(everyone) == []
