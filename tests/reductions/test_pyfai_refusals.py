"""What cannot be integrated is refused in a sentence, before any frame; PONI files open nothing unasked; pyFAI is loaded quietly."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from swmr_viewer.core.pixel_geometry import PixelGeometry
from swmr_viewer.export import write_mask
from swmr_viewer.reductions import FrameDescription, ReductionError
from swmr_viewer.reductions.finding import reduction_named
from swmr_viewer.reductions.outputs import as_arrays, prepare_reduction
from swmr_viewer.reductions.parameters import parameters_from, parameters_of, values_of
from swmr_viewer.reductions.pyfai import Pyfai1d, Pyfai2d
from swmr_viewer.reductions.pyfai.loading import load_pyfai, quiet

SHAPE = (40, 50)
KNOWN = PixelGeometry((20, 20), 0.1, 1e-10, (1e-4, 1e-4))


def poni_of(folder: Path, detector: str = "Detector", wavelength: float | None = 1e-10, parallax: bool = False, **config: Any) -> str:
    config = {"pixel1": 1e-4, "pixel2": 1e-4, "orientation": 3} | config
    lines = [f"poni_version: {3 if parallax else 2.1}", f"Detector: {detector}", f"Detector_config: {json.dumps(config)}", "Distance: 0.1"]
    lines += ["Poni1: 0.002", "Poni2: 0.002", "Rot1: 0", "Rot2: 0", "Rot3: 0", f"Parallax: {parallax}"]
    file = folder / "told.poni"
    file.write_text("\n".join([*lines, "" if wavelength is None else f"Wavelength: {wavelength}"]), encoding="utf-8")
    return str(file)


def prepare(
    shape: tuple[int, ...] = SHAPE, dtype: str = "<u2", kind: Any = Pyfai1d, told: dict[str, Any] | None = None, **values: Any
) -> Any:
    made = kind(kind.Parameters(**values))
    made.prepare(FrameDescription(shape, dtype, **(told or {})))
    return made


@pytest.mark.parametrize("kind", [Pyfai1d, Pyfai2d])
@pytest.mark.parametrize("shape", [(), (1024,), (3, 40, 50)])
def test_only_pictures_are_integrated(kind: Any, shape: tuple[int, ...]) -> None:
    with pytest.raises(ReductionError, match="integrates pictures"):
        prepare(shape, kind=kind, told={"geometry": KNOWN})


def test_complex_pixels_are_refused() -> None:
    with pytest.raises(ReductionError, match="complex64"):
        prepare(dtype="<c8", told={"geometry": KNOWN})


@pytest.mark.parametrize(
    ("known", "said"),
    [
        (PixelGeometry(), "neither the file nor the user names the beam centre nor the distance nor the size of a pixel"),
        (PixelGeometry((20, 20), None, 1e-10, (1e-4, 1e-4)), "names the distance[.]"),
        (PixelGeometry((20, 20), 0.1, None, (1e-4, 1e-4)), "needs a wavelength"),
    ],
)
def test_what_the_geometry_lacks_is_named(known: PixelGeometry, said: str) -> None:
    with pytest.raises(ReductionError, match=said):
        prepare(unit="q_A^-1", told={"geometry": known})


def test_angles_need_no_wavelength(tmp_path: Path) -> None:
    bare = PixelGeometry((20, 20), 0.1, None, (1e-4, 1e-4))
    for values in ({"poni": poni_of(tmp_path, wavelength=None)}, {}):
        made = prepare(unit="2th_deg", told={"geometry": bare}, **values)
        assert np.isfinite(made(np.ones(SHAPE, "u2"), None)["intensity"]).all()
    with pytest.raises(ReductionError, match="needs a wavelength"):
        prepare(unit="d_A", poni=poni_of(tmp_path, wavelength=None))


def test_what_is_not_what_is_meant_is_refused_as_it_is_made(tmp_path: Path) -> None:
    other = tmp_path / "other.txt"
    other.write_text("nothing", encoding="utf-8")
    for values, said in (
        ({"poni": str(tmp_path / "none.poni")}, "none.poni cannot be read: No such file"),
        ({"poni": str(other)}, "other.txt is no PONI file"),
        ({"mask": str(tmp_path / "none.npy")}, "none.npy cannot be read"),
        ({"unit": "q"}, "unit is one of q_A\\^-1, q_nm.*, not 'q'"),
        ({"splitting": "half"}, "splitting is one of full, bbox, no, not 'half'"),
        ({"bins": 1}, "bins is a whole number from 2 to"),
        ({"polarization": 1.5}, "polarization is a number from -1 to 1, or none, not 1.5"),
        ({"radial_range": (3.0, 2.0)}, "radial_range is a range such as 10:12"),
    ):
        with pytest.raises(ReductionError, match=said):
            Pyfai1d(Pyfai1d.Parameters(**values))


@pytest.mark.parametrize("kind", [Pyfai1d, Pyfai2d])
def test_parameters_are_typed_and_kept(tmp_path: Path, kind: Any) -> None:
    typed = {
        "poni": poni_of(tmp_path),
        "bins": "30",
        "unit": "2th_deg",
        "polarization": "0.9",
        "solid_angle": "no",
        "radial_range": "0.2:1",
    }
    typed |= {"azimuth_range": "-90:90", "splitting": "bbox"} | ({"peaks": "0.3:0.4, 0.5:0.6"} if kind is Pyfai1d else {})
    parameters = parameters_from(kind.Parameters, typed)
    assert parameters_from(kind.Parameters, json.loads(json.dumps(values_of(parameters)))) == parameters
    assert all(info.words for info in parameters_of(kind.Parameters))
    made = kind(parameters)
    made.prepare(FrameDescription(SHAPE, "<u2"))
    assert [output.name for output in made.outputs] == ["intensity"] + (["peak_1_area", "peak_2_area"] if kind is Pyfai1d else [])
    assert set(made(np.ones(SHAPE, "u2"), None)) == {output.name for output in made.outputs}


@pytest.mark.parametrize(("name", "outputs"), [("pyfai1d", ["intensity", "peak_1_area"]), ("pyfai2d", ["intensity"])])
def test_they_are_found_by_name_and_keep_to_the_contract(name: str, outputs: list[str]) -> None:
    made = reduction_named(name, {"bins": "40"} | ({"peaks": "0.1:0.15"} if name == "pyfai1d" else {}))
    declared = prepare_reduction(made, FrameDescription(SHAPE, "<u2", geometry=KNOWN, unit="counts"))
    found = as_arrays(made(np.full(SHAPE, 3, "u2"), None), declared)
    assert list(found) == [output.name for output in declared] == outputs
    assert np.nanmin(found["intensity"]) > 2
    assert [axis.name for axis in declared[0].axes][-1] == "q"
    if name == "pyfai1d":
        assert declared[1].unit == "counts/angstrom"
        assert found["peak_1_area"] > 0


def test_what_does_not_fit_the_frames_is_refused(tmp_path: Path) -> None:
    mask = str(write_mask(np.zeros((30, 50), bool), tmp_path / "mask.npy"))
    with pytest.raises(ReductionError, match="The mask is of 30 \u00d7 50 pixels, and the frames have 40 \u00d7 50"):
        prepare(mask=mask, told={"geometry": KNOWN})
    with pytest.raises(ReductionError, match="The PONI file is of 400 \u00d7 500 pixels, and the frames have 40 \u00d7 50"):
        prepare(poni=poni_of(tmp_path, max_shape=[400, 500]))
    with pytest.raises(ReductionError, match="2167 \u00d7 2070 pixels"):
        prepare(poni=poni_of(tmp_path, "Eiger4M", pixel1=7.5e-5, pixel2=7.5e-5))


def test_nothing_left_to_integrate_is_refused() -> None:
    for told, values in (
        ({"mask": np.ones(SHAPE, bool)}, {}),
        ({}, {"radial_range": (50.0, 60.0)}),
        ({"mask": np.arange(2000).reshape(SHAPE) > 10}, {"azimuth_range": (10.0, 90.0)}),
    ):
        with pytest.raises(ReductionError, match="No pixel is left"):
            prepare(told={"geometry": KNOWN, **told}, **values)
    with pytest.raises(ReductionError, match="d-spacing grows without a bound"):
        prepare(told={"geometry": KNOWN}, unit="d_A")
    with pytest.raises(ReductionError, match="of peak_1 holds 0"):
        prepare(told={"geometry": KNOWN}, peaks=((30.0, 31.0),))


@pytest.mark.parametrize(
    ("detector", "config"),
    [
        ("NexusDetector", {"filename": "trap.h5"}),
        ("Detector", {"splineFile": "trap.h5"}),
        ("Pilatus", {"max_shape": [40, 50], "x_offset_file": "trap.h5"}),
        ("Detector", {"SPLINEFILE": "trap.h5"}),
    ],
)
def test_files_that_a_poni_file_names_are_not_opened_unasked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, detector: str, config: dict[str, Any]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "trap.h5").write_bytes(b"\x89HDF\r\n\x1a\n")
    with pytest.raises(ReductionError, match=r"names another file of the detector, trap\.h5"):
        prepare(poni=poni_of(tmp_path, detector, **config))


def test_a_file_with_the_name_of_a_detector_is_no_detector(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """PyFAI would load it."""
    monkeypatch.chdir(tmp_path)
    for name in ("Detector", "trap.h5"):
        (tmp_path / name).write_bytes(b"\x89HDF\r\n\x1a\n")
    assert prepare(poni=poni_of(tmp_path, "Detector")).outputs
    for name in ("trap.h5", "os", "inspect", "ALL_DETECTORS", "detector_factory", "x" * 30):
        with pytest.raises(ReductionError, match=f"a detector that pyFAI does not know: {name}"):
            prepare(poni=poni_of(tmp_path, name))


def test_a_file_of_the_detector_is_opened_where_the_user_says_so(tmp_path: Path) -> None:
    _, detectors = load_pyfai()
    with quiet():
        saved = str(tmp_path / "detector.h5")
        detectors.Detector(1e-4, 1e-4, max_shape=SHAPE).save(saved)
    file = poni_of(tmp_path, "NexusDetector", filename=saved)
    with pytest.raises(ReductionError, match="Set detector_files to yes"):
        prepare(poni=file)
    pattern, plain = (
        prepare(poni=one, bins=30, detector_files=True) for one in (file, poni_of(tmp_path, "Detector", max_shape=list(SHAPE)))
    )
    frame = np.random.default_rng(1).poisson(9, SHAPE).astype("u2")
    assert pattern(frame, None)["intensity"] == pytest.approx(plain(frame, None)["intensity"], rel=1e-4)


@pytest.mark.parametrize(
    "config",
    [
        {"max_shape": [0, 0]},
        {"max_shape": [40, -50]},
        {"max_shape": "all"},
        {"module_size": [0, 0], "detector": "Pilatus"},
        {"module_size": [-17, -7], "detector": "Pilatus", "max_shape": [40, 50]},
        {"pixel1": 1e-300, "pixel2": 1e300},
        {"binning": [0, 0], "detector": "Pilatus100k"},
        {"sensor": {"material": "../../etc", "thickness": 1}},
        {"sensor": [1, 2], "max_shape": [40, 50, 60]},
        {"orientation": 0, "max_shape": [10**12, 10**12]},
    ],
    ids=str,
)
def test_configurations_of_no_detector_end_in_a_sentence_or_in_a_pattern(tmp_path: Path, config: dict[str, Any]) -> None:
    told = dict(config)
    file, said = poni_of(tmp_path, told.pop("detector", "Detector"), **told), ""
    try:
        said = str(len(prepare(poni=file)(np.ones(SHAPE, "u2"), None)["intensity"]))
    except ReductionError as error:
        said = str(error)
    assert said == "1000" or said.endswith(".")


def test_a_poni_file_that_corrects_for_the_sensor(tmp_path: Path) -> None:
    load_pyfai()
    from pyFAI.geometry import Geometry

    if not hasattr(Geometry, "enable_parallax"):
        with pytest.raises(ReductionError, match="this version of pyFAI cannot"):
            prepare(poni=poni_of(tmp_path, parallax=True))
        return
    with pytest.raises(ReductionError, match="does not tell its sensor"):
        prepare(poni=poni_of(tmp_path, parallax=True))
    file = poni_of(tmp_path, parallax=True, sensor={"material": "Si", "thickness": 1e-3}, max_shape=list(SHAPE))
    frame = np.random.default_rng(1).poisson(9, SHAPE).astype("u2")
    made = prepare(poni=file, bins=30)
    import pyFAI

    with quiet():
        expected = pyFAI.load(file).integrate1d(frame, 30, unit="q_A^-1", method=("full", "csc", "cython"))
    assert np.array_equal(made(frame, None)["intensity"], expected.intensity)
    plain = prepare(poni=poni_of(tmp_path, max_shape=list(SHAPE)), bins=30)
    assert not np.array_equal(made(frame, None)["intensity"], plain(frame, None)["intensity"])


WITHOUT = """
import sys
sys.modules["pyFAI"] = None
from swmr_viewer.reductions import FrameDescription, ReductionError
from swmr_viewer.reductions.pyfai import Pyfai1d
from swmr_viewer.core.pixel_geometry import PixelGeometry
try:
    Pyfai1d().prepare(FrameDescription((40, 50), "<u2", geometry=PixelGeometry((20, 20), 0.1, 1e-10, (1e-4, 1e-4))))
except ReductionError as error:
    print(error)
"""
QUIETLY = """
import sys
import numpy as np
from swmr_viewer.reductions import FrameDescription
from swmr_viewer.reductions.pyfai import Pyfai1d
from swmr_viewer.core.pixel_geometry import PixelGeometry
early = {"pyFAI", "h5py", "scipy", "fabio"} & set(sys.modules)
made = Pyfai1d()
made.prepare(FrameDescription((40, 50), "<u2", geometry=PixelGeometry((20, 20), 0.1, 1e-10, (1e-4, 1e-4))))
assert np.isfinite(made(np.ones((40, 50), "u2"), None)["intensity"]).any()
late = [name for name in ("PySide6", "PyQt5", "PyQt6", "matplotlib", "pyopencl", "silx.gui", "silx.opencl") if name in sys.modules]
print(sorted(early), late, "pyFAI" in sys.modules)
"""


@pytest.mark.parametrize(
    ("script", "said"),
    [
        (WITHOUT, "Azimuthal integration is done by pyFAI, which is not installed. Install it with: pip install 'swmr-viewer[pyfai]'.\n"),
        (QUIETLY, "[] [] True\n"),
    ],
    ids=["not installed", "quietly"],
)
def test_pyfai_in_a_process_of_its_own(script: str, said: str) -> None:
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=120)
    assert done.stderr == ""
    assert done.stdout == said
