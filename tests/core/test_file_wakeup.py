"""The kernel's word that a file was written: where it can be had, what it says, and that nothing of it stays open."""

from __future__ import annotations

import gc
import os
import sys
from pathlib import Path

import pytest

from swmr_viewer.core import file_wakeup
from swmr_viewer.core.file_wakeup import Alarm, FileWakeup, file_system_of, wait_readable

MOUNTS = """\
22 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw
30 22 0:25 / /proc rw,nosuid - proc proc rw
41 22 0:44 / /data rw,relatime shared:2 - nfs4 server:/data rw,vers=4.2
42 41 0:45 / /data/fast\\040disk rw - xfs /dev/sdb1 rw
43 22 0:46 / /over rw - ext4 /dev/sdc rw
44 43 0:47 / /over rw master:3 - fuse.sshfs host: rw
""".splitlines()

on_linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux tells")


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/home/me/scan.h5", "ext4"),
        ("/data/scan.h5", "nfs4"),
        ("/database/scan.h5", "ext4"),
        ("/data/fast disk/scan.h5", "xfs"),
        ("/over/scan.h5", "fuse.sshfs"),
        ("/data", "nfs4"),
    ],
)
def test_the_file_system_of_a_path_is_that_of_the_nearest_mount(path: str, kind: str) -> None:
    assert file_system_of(path, MOUNTS) == kind


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(file_wakeup, "is_local", lambda path: True)
    (tmp_path / "scan.h5").write_bytes(b"1")
    return tmp_path / "scan.h5"


@on_linux
def test_a_write_is_told_once(file: Path) -> None:
    wakeup = FileWakeup()
    assert wakeup.watch([str(file)])
    assert not wakeup.take()
    file.write_bytes(b"2")
    assert wait_readable([wakeup.fileno()], 10) == [wakeup.fileno()]
    assert wakeup.take()
    assert not wakeup.take()
    file.read_bytes()
    assert not wakeup.take()
    wakeup.close()


@on_linux
def test_what_cannot_be_watched_is_said(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wakeup = FileWakeup()
    assert not wakeup.watch([str(file), str(file.parent / "late.h5")])
    assert not wakeup.watch([str(file), None])
    assert not wakeup.watch([str(file)] * 65)
    assert not wakeup.watch([])
    monkeypatch.setattr(file_wakeup, "is_local", lambda path: False)
    assert not wakeup.watch([str(file)])
    wakeup.close()


@on_linux
def test_nothing_stays_open(file: Path) -> None:
    def n_open() -> int:
        return len(os.listdir("/proc/self/fd"))

    gc.collect()
    before = n_open()
    for ends_by_itself in (True, False):
        opened = [FileWakeup(), Alarm()]
        assert n_open() == before + 2
        if not ends_by_itself:
            for one in opened:
                one.close()
        del opened
        gc.collect()
        assert n_open() == before


@on_linux
def test_an_alarm_rings_until_it_is_reset_and_is_harmless_when_closed() -> None:
    alarm = Alarm()
    assert not wait_readable([alarm.fileno()], 0)
    alarm.ring()
    alarm.ring()
    assert wait_readable([alarm.fileno()], 0)
    alarm.reset()
    assert not wait_readable([alarm.fileno()], 0)
    alarm.close()
    alarm.ring()
    alarm.reset()
