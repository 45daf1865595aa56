"""A master that was made before the scan maps all frames of a raw file that grows: every frame as its source comes, and none before."""

from __future__ import annotations

from pathlib import Path

import h5py
import numpy as np
import pytest

from swmr_viewer import Follower, FrameGrabber, open_swmr
from swmr_viewer.core.errors import FrameNotWrittenError
from tests.core.stepping_writer import stepping_writer

pytestmark = pytest.mark.live

MAPPED, WRITTEN = 9, 6


def write_master(path: Path, how: str, keys: bool) -> None:
    with h5py.File(path, "w", libver="v110") as file:
        for name, source, frame in (("d", "d", (4, 5)), *((("keys/k", "k", ()),) if keys else ())):
            layout = h5py.VirtualLayout((MAPPED, *frame), "u2")
            whole = h5py.VirtualSource("raw.h5", source, (MAPPED, *frame), maxshape=(None, *frame) if how == "maxshape" else None)
            if how == "part":
                layout[0:MAPPED] = h5py.VirtualSource("raw.h5", source, (MAPPED + 1, *frame))[0:MAPPED]
            elif how == "frames":
                for index in range(MAPPED):
                    layout[index] = whole[index]
            else:
                layout[:] = whole
            file.create_virtual_dataset(name, layout, fillvalue=0)


@pytest.mark.parametrize("keys", [True, False], ids=["keys", "nokeys"])
@pytest.mark.parametrize("how", ["all", "part", "frames", "maxshape"])
def test_every_frame_comes_as_its_source_does(tmp_path: Path, how: str, keys: bool) -> None:
    path = tmp_path / "master.h5"
    write_master(path, how, keys)
    with stepping_writer(tmp_path / "raw.h5") as writer:
        writer.do("f = h5py.File(path, 'w', libver='v110')")
        writer.do("d = f.create_dataset('d', (0, 4, 5), 'u2', chunks=(1, 4, 5), maxshape=(None, 4, 5))")
        writer.do("k = f.create_dataset('k', (0,), 'u2', chunks=(4,), maxshape=(None,))")
        writer.do("f.swmr_mode = True")
        with open_swmr(path) as file, FrameGrabber(file, "d", scan_rank=1) as grabber:
            follower = Follower(file, "keys" if keys else (), 60, ("file_closed", "timeout"), length_paths=() if keys else "d")
            for index in range(WRITTEN):
                follower.refresh()
                assert (follower.next_ready(), follower.n_complete) == (None, index)
                with pytest.raises(FrameNotWrittenError):
                    grabber.grab(index)
                writer.do(f"d.resize({index + 1}, 0); d[{index}] = {index + 1}; d.flush()")
                writer.do(f"k.resize({index + 1}, 0); k[{index}] = {index + 1}; k.flush()")
                assert next(follower) == index
                assert np.array_equal(grabber.grab(index), np.full((4, 5), index + 1, "u2"))
            writer.do("f.close()")
            assert list(follower) == []
            assert follower.reason == "file_closed"
            with pytest.raises(FrameNotWrittenError):
                grabber.grab(WRITTEN)
