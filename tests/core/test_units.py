"""Units as files of this field spell them, and geometry that is given in part, twice, as text, or not at all."""

from __future__ import annotations

import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

from swmr_viewer.core.data_facts import DataFacts
from swmr_viewer.core.nexus.fact_reading import read_facts
from swmr_viewer.core.nexus.quantities import in_seconds, in_unit, is_pixels, wavelength_of_energy
from swmr_viewer.core.pixel_geometry import PixelGeometry
from swmr_viewer.reader.child.scans import open_scan
from swmr_viewer.reader.messages import FollowRequest

LENGTHS = {
    1.0: ["m", "M", "meter", "metres", "Metre", " m ", "m\0", "[m]"],
    1e-2: ["cm", "centimeters"],
    1e-3: ["mm", "MM", "millimeter", "millimeters", "Millimetres", "(mm)"],
    1e-6: ["um", "\u00b5m", "\u03bcm", "micron", "microns", "Microns", "micrometers", "micrometre", "UM"],
    1e-9: ["nm", "NM", "nanometers"],
    1e-10: ["angstrom", "Angstrom", "angstroms", "Angstroms", "ANGSTROM", "\u00c5", "\u212b", "A", "Ang"],
    1e-12: ["pm", "picometer"],
}


@pytest.mark.parametrize(("metres", "unit"), [(metres, unit) for metres, units in LENGTHS.items() for unit in units])
def test_lengths(metres: float, unit: str) -> None:
    assert in_unit(2.0, unit, "m") == pytest.approx(2 * metres, rel=1e-12)


NO_LENGTHS = [
    "",
    " ",
    "s",
    "keV",
    "pixel",
    "px",
    "PIXELS",
    "count",
    "parsnip",
    "1e-3 m",
    "m**9",
    "10**10**10",
    "m" * 1000,
    "\ufffd",
    "%",
    "_",
]


@pytest.mark.parametrize("unit", NO_LENGTHS)
def test_what_is_no_unit_of_length_is_none(unit: str) -> None:
    assert in_unit(2.0, unit, "m") is None


@pytest.mark.parametrize("unit", ["px", "pix", "pixel", "Pixels", "PIXELS ", "PX"])
def test_pixels(unit: str) -> None:
    assert is_pixels(unit)


@pytest.mark.parametrize(
    ("unit", "seconds"),
    [("s", 1), ("sec", 1), ("seconds", 1), ("ms", 1e-3), ("\u00b5s", 1e-6), ("us", 1e-6), ("ns", 1e-9), ("Nanoseconds", 1e-9), ("min", 60)],
)
def test_times(unit: str, seconds: float) -> None:
    assert in_seconds(unit) == pytest.approx(seconds, rel=1e-12)


@pytest.mark.parametrize(("value", "unit"), [(12398.4198, "eV"), (12.3984198, "keV"), (12.3984198, "kev"), (12.3984198, "KEV")])
def test_the_wavelength_of_photons(value: float, unit: str) -> None:
    assert wavelength_of_energy(value, unit) == pytest.approx(1e-10, rel=1e-6)
    assert wavelength_of_energy(0.0, unit) is wavelength_of_energy(-1.0, unit) is wavelength_of_energy(value, "mm") is None


def test_the_library_is_loaded_when_the_first_unit_is_to_be_understood() -> None:
    script = "import sys; from swmr_viewer.core.nexus.quantities import in_unit; in_unit(1.0, 'm', 'm'); print('pint' in sys.modules)"
    result = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60)
    assert result.stdout.strip() == "False"


# ---- the geometry of a detector: beam centre at (40.5, 30.5) pixels of 75 um, 0.2 m away, at 1 angstrom

DETECTOR, BEAM = "/entry/instrument/detector", "/entry/instrument/beam"
WHOLE = PixelGeometry((40.5, 30.5), 0.2, 1e-10, (75e-6, 75e-6))
PLACES = {
    "center": (DETECTOR, ("beam_center_x", "beam_center_y")),
    "pixel": (DETECTOR, ("x_pixel_size", "y_pixel_size")),
    "distance": (DETECTOR, ("distance",)),
    "wavelength": (BEAM, ("incident_wavelength",)),
    "energy": (BEAM, ("incident_energy",)),
}
WRITTEN = {
    "center": ((40.5, 30.5), "pixel"),
    "pixel": ((75.0, 75.0), "um"),
    "distance": ((200.0,), "mm"),
    "wavelength": ((1.0,), "angstrom"),
}


def facts(tmp_path: Path, **changed: Any) -> DataFacts:
    path = tmp_path / "scan.h5"
    with h5py.File(path, "w", libver="v110") as file:
        for group, nx_class in ((("/entry"), "NXentry"), ("/entry/instrument", "NXinstrument"), (DETECTOR, "NXdetector"), (BEAM, "NXbeam")):
            file.require_group(group).attrs["NX_class"] = nx_class
        file[f"{DETECTOR}/data"] = np.zeros((3, 60, 80))
        for what, written in {**WRITTEN, **changed}.items():
            group, names = PLACES[what]
            for name, value in zip(names, written[0] if written else (), strict=bool(written)):
                file[f"{group}/{name}"] = value
                if written[1] is not None:
                    file[f"{group}/{name}"].attrs["units"] = written[1]
    with h5py.File(path, "r", locking=False) as file:
        return read_facts(file, f"{DETECTOR}/data", 1, (60, 80))


def geometry(found: PixelGeometry) -> list[float | None]:
    return [*(found.poni or (None,)), found.distance_m, found.wavelength_m, *(found.pixel_size_m or (None,))]


SAME: dict[str, dict[str, Any]] = {
    "as it is": {},
    "centre in mm": {"center": ((40.5 * 0.075, 30.5 * 0.075), "mm")},
    "words": {"center": ((40.5, 30.5), "PIXELS"), "pixel": ((75.0, 75.0), "micrometers"), "distance": ((200.0,), "millimeters")},
    "px": {"center": ((40.5, 30.5), "px")},
    "Latin-1": {"pixel": ((75.0, 75.0), np.bytes_(b"\xb5m")), "wavelength": ((1.0,), np.bytes_(b"\xc5"))},
    "bytes": {"distance": ((0.2,), b"m"), "wavelength": ((0.1,), b"nm")},
    "several times": {"distance": ([[200.0] * 3], "mm"), "wavelength": ([[[1.0], [1.0]]], "angstrom")},
    "text": {"distance": (("0.2",), "m"), "wavelength": ((np.bytes_(b" 1.0 "),), "angstrom")},
    "energy": {"wavelength": None, "energy": ((12.398419843320026,), "keV")},
    "energy beside a wavelength without a unit": {"wavelength": ((5.0,), None), "energy": ((12.398419843320026,), "keV")},
}


@pytest.mark.parametrize("way", SAME)
def test_one_geometry_however_it_is_given(tmp_path: Path, way: str) -> None:
    found = facts(tmp_path, **SAME[way])
    assert geometry(found.geometry) == pytest.approx(geometry(WHOLE), rel=1e-9)
    assert found.left_out == ()


LEFT_OUT: dict[str, tuple[dict[str, Any], str, int, str]] = {
    "centre without a unit": ({"center": ((40.5, 30.5), None)}, "beam_center_x 40.5 (no unit)", 2, "poni"),
    "pixels without a unit": ({"pixel": ((75e-6, 75e-6), None)}, "x_pixel_size 7.5e-05 (no unit)", 2, "pixel_size_m"),
    "distance without a unit": ({"distance": ((0.2,), None)}, "distance 0.2 (no unit)", 1, "distance_m"),
    "empty unit": ({"distance": ((0.2,), "  ")}, "distance 0.2 (no unit)", 1, "distance_m"),
    "wavelength without a unit": ({"wavelength": ((1.0,), None)}, "incident_wavelength 1 (no unit)", 1, "wavelength_m"),
    "zero": ({"distance": ((0.0,), "m")}, "distance 0 m", 1, "distance_m"),
    "negative": ({"pixel": ((-75.0, 75.0), "um")}, "x_pixel_size -75 um", 1, "pixel_size_m"),
    "not a number": ({"distance": ((np.nan,), "m")}, "distance nan", 1, "distance_m"),
    "other unit": ({"distance": ((0.2,), "keV")}, "distance 0.2 keV", 1, "distance_m"),
    "no unit": ({"wavelength": ((1.0,), "parsnip")}, "incident_wavelength 1 parsnip", 1, "wavelength_m"),
    "varies": ({"distance": ([[200.0, 300.0, 250.0]], "mm")}, "distance 200 to 300", 1, "distance_m"),
    "words": ({"distance": (("far",), "m")}, "distance 'far'", 1, "distance_m"),
    "centre in mm of pixels without a unit": (
        {"center": ((3.0, 2.0), "mm"), "pixel": ((75.0, 75.0), None)},
        "beam_center_x 3 mm (no pixel size)", 4, "poni",
    ),
}  # fmt: skip


@pytest.mark.parametrize("way", LEFT_OUT)
def test_what_cannot_be_used_is_reported_and_never_guessed(tmp_path: Path, way: str) -> None:
    changed, text, n_texts, missing = LEFT_OUT[way]
    found = facts(tmp_path, **changed)
    assert getattr(found.geometry, missing) is None
    assert len(found.left_out) == n_texts
    assert any(f"{path} {words}".endswith(text) for path, words in found.left_out)
    others = {"poni", "distance_m", "wavelength_m", "pixel_size_m"} - {missing} if n_texts < 4 else set()
    for name in others:
        assert getattr(found.geometry, name) == pytest.approx(getattr(WHOLE, name), rel=1e-9)


def test_a_geometry_that_is_not_there_needs_no_text(tmp_path: Path) -> None:
    found = facts(tmp_path, center=None, pixel=None, distance=None, wavelength=None)
    assert geometry(found.geometry) == [None] * 4
    assert found.left_out == ()


def test_what_was_left_out_is_reported_once_when_the_scan_is_opened(tmp_path: Path) -> None:
    facts(tmp_path, distance=((0.2,), None))
    with h5py.File(tmp_path / "scan.h5", "a", libver="v110") as file:
        file["entry/uid"] = np.arange(3) + 1
        file[f"{DETECTOR}/other"] = np.zeros((3, 60, 80))
    data = (f"{DETECTOR}/data", f"{DETECTOR}/other")
    with closing(open_scan(FollowRequest(str(tmp_path / "scan.h5"), ("/entry/uid",), data))) as scan:
        (fault,) = scan.faults
    assert fault.count("distance 0.2 (no unit)") == 1
    assert "scan.h5" in fault
