"""pyFAI's integrator for a PONI file or a geometry, as ``pyFAI.load`` would make it, without what that may open.

A PONI file is somebody's text. pyFAI takes a file for a detector where its name is that of one, and loads the files that the detector's
configuration names, through HDF5 and others. Here the detector's class is looked up by its name among pyFAI's own and nowhere else, it is
given numbers, and files only where the user says so.
"""

from __future__ import annotations

from inspect import isclass, signature
from typing import Any, cast

from swmr_viewer.analysis import PoniFile
from swmr_viewer.core.number_text import shape_text
from swmr_viewer.core.pixel_geometry import PixelGeometry
from swmr_viewer.core.plain_text import plain
from swmr_viewer.reductions.contract import ReductionError
from swmr_viewer.reductions.pyfai.loading import load_pyfai

GENERIC = "Detector"
LONGEST_TOLD = 60


def integrator_of_poni(poni: PoniFile, told: PixelGeometry, frame_shape: tuple[int, ...], opens_files: bool) -> Any:
    """Return the integrator of a PONI file.

    Parameters
    ----------
    poni : PoniFile
        The file.
    told : PixelGeometry
        What else is known: its wavelength and pixel size count where the PONI file has none.
    frame_shape : (rows, columns)
        Of the frames.
    opens_files : bool
        Whether files that it names may be opened: splines, and NeXus files of detectors.

    Raises
    ------
    ReductionError
        If it does not fit the frames, or names files that may not be opened.
    """
    integrator, detectors = load_pyfai()
    detector = _detector(detectors, poni, told, frame_shape, opens_files)
    rot1, rot2, rot3 = poni.rotations_rad
    x, y = poni.poni_m
    wavelength = poni.wavelength_m or told.wavelength_m
    made = integrator(poni.distance_m, y, x, rot1, rot2, rot3, detector=detector, wavelength=wavelength)
    if poni.corrects_parallax:
        _correct_parallax(made)
    return made


def integrator_of_geometry(geometry: PixelGeometry, frame_shape: tuple[int, ...]) -> Any:
    """Return the integrator of what the scan's file, or the user, tells of a flat detector.

    Raises
    ------
    ReductionError
        If something is missing; the sentence says what.
    """
    check_geometry(geometry)
    centre, distance, size = cast(tuple[Any, Any, Any], (geometry.poni, geometry.distance_m, geometry.pixel_size_m))
    integrator, detectors = load_pyfai()
    rot1, rot2, rot3 = geometry.rotations_rad or (0.0, 0.0, 0.0)
    detector = detectors.Detector(pixel1=size[1], pixel2=size[0], max_shape=frame_shape, orientation=3)
    return integrator(
        distance, centre[1] * size[1], centre[0] * size[0], rot1, rot2, rot3, detector=detector, wavelength=geometry.wavelength_m
    )


def check_geometry(geometry: PixelGeometry) -> None:
    """Refuse what does not tell where the detector stands.

    Raises
    ------
    ReductionError
        If something is missing; the sentence says what.
    """
    parts = {"the beam centre": geometry.poni, "the distance": geometry.distance_m, "the size of a pixel": geometry.pixel_size_m}
    missing = " nor ".join(name for name, value in parts.items() if value is None)
    if missing:
        raise ReductionError(
            f"Nothing tells where the detector stands: neither the file nor the user names {missing}.", "Choose a PONI file, or type it."
        )


def _detector(detectors: Any, poni: PoniFile, told: PixelGeometry, frame_shape: tuple[int, ...], opens_files: bool) -> Any:
    kind = _class_of(detectors, poni.detector)
    config = {name.lower(): value for name, value in poni.config.items()}
    named = [str(value) for value in config.values() if isinstance(value, str) and value.lower() not in ("", "none")]
    if named and not opens_files:
        raise ReductionError(
            f"The PONI file names another file of the detector, {plain(named[0])[:LONGEST_TOLD]}, which is not opened unasked.",
            "Set detector_files to yes if you trust it.",
        )
    size = poni.pixel_size_m or (told.pixel_size_m if kind is detectors.Detector else None)
    if size is not None:
        config |= {"pixel1": size[1], "pixel2": size[0]}
    if kind is detectors.Detector and "splinefile" not in config:
        config.setdefault("max_shape", frame_shape)
    known = {name.lower(): name for name in signature(kind).parameters}
    detector = kind(**{known[name]: value for name, value in config.items() if name in known and _is_safe(name, value)})
    binning: Any = config.get("binning")
    if _is_numbers(binning):
        detector.binning = tuple(binning)
    if not detector.pixel1 or not detector.pixel2:
        raise ReductionError("Neither the PONI file nor the scan's file tells how large a pixel is.", "Type its size first.")
    has = detector.shape or detector.max_shape
    if has is not None and tuple(has) != tuple(frame_shape):
        raise ReductionError(
            f"The PONI file is of {shape_text(tuple(has))} pixels, and the frames have {shape_text(frame_shape)}.",
            "Choose the PONI file of frames like these.",
        )
    return detector


def _class_of(detectors: Any, name: str) -> Any:
    """Return the class of a detector; never what a file of this name holds."""
    if name.lower() in ("", "none"):
        name = GENERIC
    found = getattr(detectors, name, None)
    if isclass(found) and issubclass(found, detectors.Detector):
        return found
    for spelt in (name.lower(), name.lower().replace(" ", "_")):
        if spelt in detectors.ALL_DETECTORS:
            return detectors.ALL_DETECTORS[spelt]
    raise ReductionError(
        f"The PONI file is of a detector that pyFAI does not know: {name}.",
        f'Write "Detector: {GENERIC}" and the size of its pixels there.',
    )


def _is_safe(name: str, value: Any) -> bool:
    """Whether a value of the configuration is numbers, a file that was allowed, or a sensor, whose material is a name of pyFAI's."""
    if name == "sensor":
        material = value.get("material") if isinstance(value, dict) else None
        return isinstance(material, str) and material.isalnum() and value.keys() <= {"material", "thickness"}
    return isinstance(value, str | int | float) or _is_numbers(value)


def _is_numbers(value: Any) -> bool:
    return isinstance(value, list | tuple) and all(isinstance(one, int | float) for one in value)


def _correct_parallax(integrator: Any) -> None:
    remedy = 'Write "Parallax: False" there, or load another.'
    if not hasattr(integrator, "enable_parallax"):
        raise ReductionError(
            "The PONI file corrects for the depth of the sensor, which this version of pyFAI cannot.", "Install a newer one."
        )
    if integrator.wavelength is None or not integrator.detector.sensor:
        raise ReductionError("The PONI file corrects for the depth of the sensor, and does not tell its sensor and wavelength.", remedy)
    integrator.enable_parallax(True)
    if integrator.parallax is None:
        raise ReductionError("The PONI file corrects for the depth of the sensor, of a material that pyFAI does not know.", remedy)
