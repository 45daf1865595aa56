"""PONI files of every version, against what pyFAI 2026.9 finds at the same pixels; and files that are none."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from swmr_viewer.analysis import PoniFile, PoniFileError, load_poni, two_theta_of
from swmr_viewer.core.pixel_geometry import PixelGeometry

SHAPE = (40, 50)
ROWS, COLUMNS = np.array([0, 0, 39, 39, 20]), np.array([0, 49, 0, 49, 10])
PYFAI = {
    1: [0.381622916581, 0.358466814759, 0.361705660773, 0.337243812532, 0.366216673164],
    2: [0.358466814759, 0.381622916581, 0.337243812532, 0.361705660773, 0.35211175944],
    3: [0.337243812532, 0.361705660773, 0.358466814759, 0.381622916581, 0.352649336954],
    4: [0.361705660773, 0.337243812532, 0.381622916581, 0.358466814759, 0.366734403281],
}
"""By orientation: ``Geometry.tth`` of pyFAI at these pixels (radians)."""
GEOMETRY = "Distance: 0.1\nPoni1: 0.001\nPoni2: 0.002\nRot1: 0.3\nRot2: -0.2\nRot3: 0.7\nWavelength: 1e-10\n"
CONFIG = '{"pixel1": 9e-05, "pixel2": 6e-05, "max_shape": [40, 50], "orientation": 3}'
VERSIONS = {
    "1": f"# Nota: C-Order, 1 refers to the Y axis, 2 to the X axis\npixelsize1: 9e-05\nPixelSize2: 6e-05\n{GEOMETRY}",
    "2": f"poni_version: 2\nDetector: Detector\nDetector_config: {CONFIG[:-19]}}}\n{GEOMETRY}",
    "2.1": f"poni_version: 2.1\nDetector: Detector\nDetector_config: {CONFIG}\n{GEOMETRY}",
    "3": f"poni_version: 3\nDetector: Detector\nDetector_config: {CONFIG}\n{GEOMETRY}Parallax: False\n# Calibrant: LaB6\n",
    "recalibrated": f"Distance: 7\nPoni1: 3\nRot1: 2\npixelsize1: 9e-05\npixelsize2: 6e-05\n# later\n{GEOMETRY}",
}


def loaded(tmp_path: Path, text: str | bytes) -> PoniFile:
    file = tmp_path / "some.poni"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return load_poni(file)


def angles(geometry: PixelGeometry, binning: int = 1) -> np.ndarray:
    return two_theta_of(np.stack([(COLUMNS + 0.5) / binning, (ROWS + 0.5) / binning], axis=1), geometry)


@pytest.mark.parametrize("version", VERSIONS)
def test_every_version_says_the_same(tmp_path: Path, version: str) -> None:
    file = loaded(tmp_path, VERSIONS[version])
    geometry = file.geometry(None, SHAPE)
    assert angles(geometry) == pytest.approx(PYFAI[3], abs=1e-11)
    assert (geometry.wavelength_m, geometry.pixel_size_m, geometry.distance_m) == (1e-10, (6e-5, 9e-5), 0.1)
    assert geometry.poni == pytest.approx((0.002 / 6e-5, 0.001 / 9e-5))
    assert file.difference_to(None, SHAPE) == ""


@pytest.mark.parametrize("orientation", PYFAI)
def test_pixels_that_are_counted_from_any_corner_are_where_pyfai_has_them(tmp_path: Path, orientation: int) -> None:
    file = loaded(tmp_path, VERSIONS["2.1"].replace('"orientation": 3', f'"orientation": {orientation}'))
    assert angles(file.geometry(None, SHAPE)) == pytest.approx(PYFAI[orientation], abs=1e-11)
    binned = file.geometry((12e-5, 18e-5), (20, 25))
    assert angles(binned, 2) == pytest.approx(PYFAI[orientation], abs=1e-11)
    if orientation != 3:
        with pytest.raises(PoniFileError, match="40 \u00d7 50 pixels, and the frames have 30 \u00d7 50"):
            file.geometry(None, (30, 50))
    assert file.difference_to((12e-5, 18e-5), (20, 25)) == ""
    assert "frames have 30" in file.difference_to(None, (30, 50))


def test_the_size_of_pixels_comes_from_either(tmp_path: Path) -> None:
    file = loaded(tmp_path, f"poni_version: 2\nDetector: Eiger4M\nDetector_config: {{}}\n{GEOMETRY}")
    assert angles(file.geometry((6e-5, 9e-5), SHAPE)) == pytest.approx(PYFAI[3], abs=1e-11)
    with pytest.raises(PoniFileError, match="how large a pixel is"):
        file.geometry(None, SHAPE)
    own = loaded(tmp_path, VERSIONS["2"])
    assert own.geometry((7e-5, 9e-5), SHAPE).pixel_size_m == (6e-5, 9e-5), "no binning makes that"


NONE = {
    "empty": (b"", 'no line "Distance"'),
    "a picture": (b"\x89PNG\r\n\x1a\n\xff\xfe", "codec can't decode"),
    "no number": (GEOMETRY.replace("0.001", "__import__('os')").encode(), "no number"),
    "nan": (GEOMETRY.replace("0.3", "nan").encode(), '"Rot1" is .nan., and no number'),
    "negative": (GEOMETRY.replace("0.1", "-0.1").encode(), "no length above 0"),
    "newer": (b"poni_version: 4\n" + GEOMETRY.encode(), "its version is 4"),
    "no JSON": (f"Detector_config: {{'pixel1'\n{GEOMETRY}".encode(), "is no JSON"),
    "a list": (f"Detector_config: [1]\n{GEOMETRY}".encode(), "no JSON object"),
    "deep": (b"Detector_config: " + b"[" * 100_000 + b"\n" + GEOMETRY.encode(), "is no JSON"),
    "turned": (VERSIONS["2.1"].replace('"orientation": 3', '"orientation": "up"').encode(), "none of 0 to 4"),
    "long": (b"#" * 1_000_001, "too long"),
}


@pytest.mark.parametrize("way", NONE)
def test_what_is_none_is_refused_in_words(tmp_path: Path, way: str) -> None:
    content, words = NONE[way]
    with pytest.raises(PoniFileError, match=words) as raised:
        loaded(tmp_path, content)
    assert raised.value.remedy


def test_numbers_of_no_detector_are_refused(tmp_path: Path) -> None:
    for wrong in (GEOMETRY.replace("0.001", "1e9"), GEOMETRY.replace("0.3", "40")):
        with pytest.raises(PoniFileError, match="cannot be used"):
            loaded(tmp_path, wrong).geometry((6e-5, 9e-5), SHAPE)
    with pytest.raises(PoniFileError, match="cannot be read"):
        load_poni(tmp_path / "nothing.poni")
