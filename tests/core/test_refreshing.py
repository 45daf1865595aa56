"""One thread refreshes a data set while another looks who holds which: the job follows keys while its workers read frames."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import h5py
import numpy as np
import pytest

from swmr_viewer.core.data import Refresher

N_TURNS = 400


@pytest.fixture
def frequent_switches() -> Iterator[None]:
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    yield
    sys.setswitchinterval(before)


@pytest.mark.usefixtures("frequent_switches")
def test_looking_who_holds_a_data_set_disturbs_nobody_who_refreshes_one(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "a.h5", "w", libver="v110") as made:
        for name in ("data", "key", "other"):
            made.create_dataset(name, data=np.arange(10), chunks=(1,), maxshape=(None,))
    found: list[BaseException | int] = []

    def turn(refreshers: Iterator[Refresher]) -> None:
        try:
            for number, refresher in enumerate(refreshers):
                refresher.refresh()
                assert refresher.dataset[number % 10] == number % 10
            found.append(number + 1)
        except BaseException as error:
            found.append(error)

    with h5py.File(tmp_path / "a.h5", "r", swmr=True, locking=False) as file:
        data, key, _held = file["data"], file["key"], file["other"]
        known = Refresher(data)
        # Those that are new look first.
        turns = [(known for _ in range(5 * N_TURNS)), (Refresher(key) for _ in range(N_TURNS))]
        threads = [threading.Thread(target=turn, args=(refreshers,)) for refreshers in turns]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
    assert sorted(map(str, found)) == sorted(map(str, (N_TURNS, 5 * N_TURNS)))
