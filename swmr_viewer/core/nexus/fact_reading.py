"""Reads the NeXus facts of a data set, once, before it is followed; whatever fails is left out.

Field names and meanings: https://manual.nexusformat.org/classes/base_classes/ (NXdetector, NXbeam, NXmonochromator, NXdata).
"""

from __future__ import annotations

from contextlib import closing, suppress
from dataclasses import replace

import h5py
import numpy as np
import numpy.typing as npt

from swmr_viewer.core.data import Numbers, SharedSources, declared_extent, interpretation_of
from swmr_viewer.core.data_facts import COLOR_IMAGE, COLOR_MODES, DataFacts, ScanAxis
from swmr_viewer.core.errors import SwmrViewerError
from swmr_viewer.core.files import BROKEN, text_of, texts_of
from swmr_viewer.core.nexus.detector_plane import geometry_of, plane_of
from swmr_viewer.core.nexus.groups import NexusFile, axis_names_of
from swmr_viewer.core.nexus.quantities import MOST_VALUES, Quantities, in_unit, is_pixels
from swmr_viewer.core.nexus.transformations import NoPlaceError
from swmr_viewer.core.pixel_geometry import PixelGeometry
from swmr_viewer.core.plain_text import plain

_DEFECTIVE = 2**32 - 2
_TIMES = ("start_time", "frame_time", "timestamp", "NDAttributes/NDArrayTimeStamp")
_MASKS = ("pixel_mask", "detectorSpecific/pixel_mask")


def read_facts(h5file: h5py.File, data_path: str, scan_rank: int, frame_shape: tuple[int, ...]) -> DataFacts:
    """Return what the file says of a data set.

    Parameters
    ----------
    h5file : h5py.File
        The open file.
    data_path : str
        The data set.
    scan_rank : int
        How many of its leading axes are the scan's.
    frame_shape : tuple of int
        The shape of one frame.
    """
    try:
        return _FactReader(NexusFile(h5file), data_path, scan_rank, frame_shape).facts()
    except Exception:  # no metadata is worth a scan that cannot be followed
        return DataFacts()


class _FactReader:
    """Reads from the groups around one data set."""

    def __init__(self, file: NexusFile, path: str, scan_rank: int, frame_shape: tuple[int, ...]) -> None:
        self.file, self.path, self.frame_shape = file, path, frame_shape
        self.parent = path.rstrip("/").rpartition("/")[0] or "/"
        self.entry = "/" + path.strip("/").split("/")[0]
        self.data = file.at(path)
        self.quantities = Quantities(file.at)
        # A flat one has fewer scan axes than the scan.
        self.scan_rank = max(0, self.data.ndim - len(frame_shape)) if isinstance(self.data, h5py.Dataset) else scan_rank
        self.instruments = file.instruments_in(self.entry)
        self.detector = self._find_detector()

    def _find_detector(self) -> str | None:
        """The group that holds the data set, by any of its names; else the one of the same name; else the only one there is."""
        if self.file.has_class(self.parent, "NXdetector"):
            return self.parent
        in_instruments = [child for parent in self.instruments for child in self.file.children(parent)]
        detectors = [child for child in in_instruments if self.file.has_class(child, "NXdetector", "detector")]
        for detector in detectors:
            if any(self.file.is_same(child, self.data) for child in self.file.children(detector)):
                return detector
        name = self.parent.rsplit("/", 1)[-1]
        named = [detector for detector in detectors if detector.rsplit("/", 1)[-1] == name]
        if named:
            return named[0]
        return detectors[0] if len(detectors) == 1 and len(self.frame_shape) >= 2 else None

    def facts(self) -> DataFacts:
        scan_axes, frame_axes = self.axes()
        detector = self.detector
        saturation = self.quantities.number(f"{detector}/saturation_value") if detector else None
        return DataFacts(
            axis_names=tuple(axis.name for axis in frame_axes),
            axis_units=tuple(axis.unit for axis in frame_axes),
            axis_values=tuple(axis.values for axis in frame_axes),
            unit=" ".join(texts_of(self.data, "units")),
            interpretation=self.interpretation(),
            gap_values=self.gap_values(saturation),
            mask_path=self.mask_path(),
            time_path=self.time_path(),
            geometry=self.geometry(),
            saturation_value=saturation,
            scan_axes=scan_axes,
            left_out=tuple(self.quantities.left_out.items()),
        )

    def geometry(self) -> PixelGeometry:
        """Where the detector stands: by transformations where the file has them, else perpendicular to the beam."""
        detector, length = self.detector, self.quantities.length
        wavelength_m = self.wavelength()
        if detector is None:
            return PixelGeometry(wavelength_m=wavelength_m)
        x, y = (length(f"{detector}/{axis}_pixel_size") for axis in "xy")
        pixel_size = (x, y) if x and y else None
        try:
            plane = plane_of(self.file, self.quantities, detector, self.frame_shape) if len(self.frame_shape) >= 2 else None
            if plane is not None:
                return replace(geometry_of(plane, detector), wavelength_m=wavelength_m)
        except NoPlaceError as error:
            self.quantities.left_out[error.path] = error.why
            if error.is_elsewhere:
                return PixelGeometry(wavelength_m=wavelength_m, pixel_size_m=pixel_size)
        distance_m = length(f"{detector}/distance", f"{detector}/detector_distance")
        return PixelGeometry(self.beam_center(pixel_size), distance_m, wavelength_m, pixel_size)

    def _paths_near(self, names: tuple[str, ...], *groups: str | None) -> list[str]:
        return [f"{group.rstrip('/')}/{name}" for group in groups if group for name in names]

    def gap_values(self, saturation: float | None) -> tuple[int, ...]:
        """Dectris' marks: 2**32 - 1 in gaps, 2**32 - 2 for defective pixels; -1 and -2 once these were made signed.

        A file whose detector saturates no earlier counts so far. Signed ones must be declared: by the lowest value that is a
        measurement (NXdetector/underload_value), or by the data's fill value.
        """
        if not isinstance(self.data, h5py.Dataset):
            return ()
        kind = self.data.dtype
        if kind.kind == "u" and kind.itemsize == 4:
            return () if saturation is not None and saturation >= _DEFECTIVE else (_DEFECTIVE,)
        if kind.kind != "i":
            return ()
        lowest = self.quantities.number(f"{self.detector}/underload_value") if self.detector else None
        return (-1, -2) if (lowest is not None and lowest >= 0) or self.data.fillvalue in (-1, -2) else ()

    def interpretation(self) -> str:
        """What the data set declares, or colour where areaDetector writes down its mode for each frame (0, mono, is its fill as well)."""
        declared = interpretation_of(self.data) if isinstance(self.data, h5py.Dataset) else ""
        if declared not in ("", "image") or len(self.frame_shape) < 3:
            return declared
        paths = self._paths_near(("NDAttributes/ColorMode",), self.parent, self.detector, self.entry, *self.instruments)
        return COLOR_IMAGE if any(self._first_value(path) in COLOR_MODES for path in paths) else declared

    def _first_value(self, path: str) -> str:
        found = self.file.at(path)
        with suppress(*BROKEN):
            return str(int(found[0])) if isinstance(found, h5py.Dataset) and found.ndim == 1 and found.size else ""
        return ""

    def mask_path(self) -> str | None:
        """What is called so near the data, whatever it is: what cannot be used is reported when it is tried."""
        paths = self._paths_near(_MASKS, self.detector, self.parent) if self.frame_shape else []
        return next((path for path in paths if isinstance(self.file.at(path), h5py.Dataset) or self.file.is_broken_link(path)), None)

    def time_path(self) -> str | None:
        for path in self._paths_near(_TIMES, self.detector, self.parent, *self.instruments):
            found = self.file.at(path)
            is_per_point = isinstance(found, h5py.Dataset) and found.dtype.kind in "iuf" and found.ndim >= 1
            if is_per_point and (path.endswith("TimeStamp") or text_of(found, "start")):
                return path
        return None

    def beam_center(self, pixel_size: tuple[float, float] | None) -> tuple[float, float] | None:
        x, y = (self._beam_center_along(axis, pixel_size) for axis in (0, 1))
        return None if x is None or y is None else (x, y)

    def _beam_center_along(self, axis: int, pixel_size: tuple[float, float] | None) -> float | None:
        path = f"{self.detector}/beam_center_{'xy'[axis]}"
        found = self.quantities.quantity(path)
        if found is None or is_pixels(found[1]):
            return found[0] if found is not None else None
        metres = in_unit(*found, "m")
        if metres is None or pixel_size is None:
            without = " (no pixel size)" if metres is not None else ""
            self.quantities.left_out[path] = f"{found[0]:g} {plain(found[1])}{without}"
            return None
        return metres / pixel_size[axis]

    def wavelength(self) -> float | None:
        quantities, has_class = self.quantities, self.file.has_class
        sample = [child for child in self.file.children(f"{self.entry}/sample") if has_class(child, "NXbeam", "beam")]
        before = dict(quantities.left_out)
        for path in [*(child for parent in self.instruments for child in self.file.children(parent)), *sample]:
            found = None
            if has_class(path, "NXbeam", "beam"):
                found = quantities.length(f"{path}/incident_wavelength") or quantities.photon_wavelength(f"{path}/incident_energy")
            elif has_class(path, "NXmonochromator", "monochromator"):
                found = quantities.length(f"{path}/wavelength") or quantities.photon_wavelength(f"{path}/energy")
            if found:
                quantities.left_out = before
                return found
        return None

    def axes(self) -> tuple[tuple[ScanAxis, ...], tuple[ScanAxis, ...]]:
        """The axes of the scan and those of a frame, each empty where they are not all named."""
        group = self.file.axes_group_of(self.path)
        names = axis_names_of(self.file.attributes_at(group) or {}) if group is not None else []
        places = {name: f"{(group or '').rstrip('/')}/{name}" for name in names}
        scan, frame = names[: self.scan_rank], names[self.scan_rank :]
        scan_axes = tuple(self._axis(places[name], name, None) for name in scan) if len(scan) == self.scan_rank else ()
        if len(frame) != len(self.frame_shape):
            return scan_axes, ()
        lengths = zip(frame, self.frame_shape, strict=True)
        return scan_axes, tuple(self._axis(places[name], name, length) for name, length in lengths)

    def _axis(self, path: str, name: str, length: int | None) -> ScanAxis:
        """One axis, of a frame if it has a length; "." stands for none (NeXus)."""
        found = self.file.at(path) if name != "." else None
        if not isinstance(found, h5py.Dataset):
            return ScanAxis("" if name == "." else name)
        values = None
        with suppress(SwmrViewerError, *BROKEN):
            given = _values_along(found, path)
            fitting = given if length is None or given is None else values_of_pixels(given, length)
            values = None if fitting is None else tuple(fitting.tolist())
        return ScanAxis(" ".join(texts_of(found, "long_name")) or name, " ".join(texts_of(found, "units")), values)


def _values_along(dataset: h5py.Dataset, path: str) -> npt.NDArray[np.float64] | None:
    """Return the values of an axis, or None where some are not written (yet): what reads as fill twice is no value of an axis."""
    shape, _ = declared_extent(dataset)
    if len(shape) != 1 or dataset.dtype.kind not in "iuf" or shape[0] > MOST_VALUES:
        return None
    with closing(SharedSources()) as sources:
        numbers = Numbers(dataset, path, sources)
        given = numbers.read(((0, numbers.shape[0]),))
        is_fill = numbers.is_fill(given)
    return None if np.isnan(given).any() or np.count_nonzero(is_fill) > 1 else given


def values_of_pixels(given: npt.NDArray[np.float64], length: int) -> npt.NDArray[np.float64] | None:
    """Return the value at the middle of each pixel along an axis of a frame.

    Parameters
    ----------
    given : float64 array
        As the file has them: one per pixel, or one more, which are then the edges of the pixels (NXdata).
    length : int
        Pixels along the axis.

    Returns
    -------
    float64 array (length,) or None
        None where they do not fit, are not all finite, or are all the same: such an axis was not written (yet).
    """
    if given.shape == (length + 1,):
        given = (given[:-1] + given[1:]) / 2
    if given.shape != (length,) or not np.isfinite(given).all() or (length > 1 and (given == given[0]).all()):
        return None
    return given
