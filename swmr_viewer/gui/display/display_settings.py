"""The companion of the session that keeps, per data set, how its frames are drawn."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QObject, Signal

from swmr_viewer.analysis import FrameStatistics, resolve_view, saturation_of
from swmr_viewer.gui.display.how_drawn import COMPARED_LOOK, DisplaySettings, LevelMode, Levels, OwnMask
from swmr_viewer.gui.display.orientation import Orientation
from swmr_viewer.gui.session import Session
from swmr_viewer.reader.messages import DataDescription, PixelMaskRead
from swmr_viewer.scan_model import LiveFrame

__all__ = ["Display", "DisplaySettings", "LevelMode", "Levels", "OwnMask"]


class Display(QObject):
    """The one truth of how frames are drawn, per data set; a new frame changes nothing here.

    Parameters
    ----------
    session : Session
        Whose frames.
    """

    changed = Signal()
    """Other settings count now: they were changed, or another data set is shown."""
    levels_moved = Signal()
    """``levels_in_use`` are others."""
    kind_changed = Signal()
    """A frame of another kind is shown: ``is_image``, ``has_colors``, ``has_own_colors``, ``shows_as_stored`` or ``lacks_mask``."""
    frame_told = Signal()
    """``statistics`` are those of another frame; as often as ``Session.frame_settled``."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._session = session
        self._path = self._place = ""
        self._kept: dict[str, DisplaySettings] = {}
        """By the names of places."""
        self._compared = "none"
        """What is drawn in place of the shown frame: a difference, a ratio, or nothing else."""
        self._looks: dict[tuple[str, str], dict[str, Any]] = {}
        self._has_waterfall = True
        self.levels_in_use: Levels = (0.0, 1.0)
        """What the picture is drawn with."""
        self._masks: dict[str, tuple[tuple[int, str], npt.NDArray[np.bool_]]] = {}
        for signal in (session.opened, session.data_joined):
            signal.connect(self._prepare_all)
        for signal in (session.opened, session.data_joined, session.frame_changed, session.request_changed):
            signal.connect(self._note_path)
        self._kind: tuple[bool, ...] = ()
        session.frame_settled.connect(self._tell_frame)
        session.pixel_mask_read.connect(self._keep_mask)

    @property
    def settings(self) -> DisplaySettings:
        """Those of the data set that is shown; differences and ratios have a scale, levels and colours of their own."""
        here = self._here(self._kept.get(self._place, DisplaySettings()))
        return here if self._compared == "none" else replace(here, **self._looks.get((self._place, self._compared), COMPARED_LOOK))

    def settings_of(self, data: DataDescription) -> DisplaySettings:
        """Return those of any data set of the open file."""
        return _for_file(self._kept.get(self._session.scan.places.name_of(data.path), DisplaySettings()), data)

    def masks_of(self, data: DataDescription, frame: LiveFrame) -> tuple[float | None, npt.NDArray[np.bool_] | None]:
        """Return ``saturation_value`` and ``pixel_mask`` of a frame of any data set."""
        mask = self._mask_of(data.path, frame, self.settings_of(data).mask.mask_key)
        return None if frame.counts is None else saturation_of(frame.whole.dtype, data.facts.saturation_value), mask

    @property
    def kept(self) -> Mapping[str, DisplaySettings]:
        """What was chosen so far, by the names of places."""
        return self._kept

    @property
    def mask_path(self) -> str | None:
        """Where the file has a pixel mask for the data set that is shown, or None."""
        return self._data.facts.mask_path if self._data is not None else None

    @property
    def pixel_mask(self) -> npt.NDArray[np.bool_] | None:
        """The mask that the settings name (True: masked), or None where they name none, or it was not read yet, or cannot be used."""
        return self._mask_of(self._path, self._session.scan.shown, self.settings.mask.mask_key)

    def _mask_of(self, path: str, frame: LiveFrame | None, wanted: str | None) -> npt.NDArray[np.bool_] | None:
        if frame is not None and (frame.own_mask is not None or frame.lacks_mask):
            return frame.own_mask
        found = self._masks.get(path)
        return found[1] if found is not None and wanted is not None and found[0] == (self._session.scan.generation, wanted) else None

    @property
    def knows_mask(self) -> bool:
        """Whether it is known which pixels of the shown frame masks leave out: the file's, a loaded and a drawn one."""
        shown = self._session.scan.shown
        is_needless = shown is not None and (shown.lacks_mask or shown.is_made)
        return self.settings.mask.mask_key is None or self.pixel_mask is not None or is_needless

    @property
    def saturation_value(self) -> float | None:
        """From which of the detector's counts on pixels are saturated, or None where nobody knows."""
        shown = self._session.scan.shown
        told = self._data.facts.saturation_value if self._data is not None else None
        return None if shown is None or shown.counts is None else saturation_of(shown.whole.dtype, told)

    @property
    def statistics(self) -> FrameStatistics | None:
        """Those of the shown frame."""
        return self._session.scan.shown.statistics if self._session.scan.shown is not None else None

    @property
    def is_image(self) -> bool:
        """Whether the shown frame, or what comes, can be turned and has masked and saturated pixels to mark."""
        return self._rank is None or self._rank > 1

    @property
    def has_colors(self) -> bool:
        """Whether anything is drawn in the colours and between the levels: of spectra only their waterfall is, of scalars a map."""
        if self._rank == 0:
            return len(self._session.scan.scan_shape) > 1
        return self._rank != 1 or self._has_waterfall

    @property
    def has_own_colors(self) -> bool:
        """Whether the shown frame is drawn in colours of its own: its levels count, a colour map does not."""
        return self._session.scan.shown is not None and self._session.scan.shown.is_colored

    @property
    def shows_as_stored(self) -> bool:
        """Whether colours of 8 bits are drawn as they are, from 0 to 255: until somebody chooses other levels."""
        shown = self._session.scan.shown
        return shown is not None and shown.is_camera_picture and self.settings.has_usual_levels

    @property
    def shows_made(self) -> bool:
        """Whether dark and flat frames, or a reference, made other numbers of those in the file."""
        return self._session.scan.shown is not None and self._session.scan.shown.is_made

    @property
    def _rank(self) -> int | None:
        return self._session.scan.shown.raw.ndim if self._session.scan.shown is not None else None

    @property
    def lacks_mask(self) -> bool:
        """Whether the pixel mask that the settings name could not be used for the shown frame."""
        return self._session.scan.shown is not None and self._session.scan.shown.lacks_mask

    @property
    def dtype(self) -> np.dtype[Any] | None:
        """The type of the numbers that masks are told of: those shown of single frames, however many are shown as one."""
        data = self._data
        if data is None:
            return None
        kind = np.dtype(data.dtype)
        return resolve_view(data.frame_shape, kind, data.facts.interpretation, self.settings.view).shown_dtype(kind)

    # ---- intents

    def tell_levels(self, levels: Levels) -> None:
        """Say what the picture is drawn with, so that *held* can hold it."""
        if levels != self.levels_in_use:
            self.levels_in_use = levels
            self.levels_moved.emit()

    def note_waterfall(self, on: bool) -> None:
        """Take note of whether spectra are shown as a waterfall as well."""
        self._has_waterfall = on
        self.changed.emit()

    def toggle_auto(self) -> None:
        """Hold the levels, or let each frame set them again."""
        self.set_mode(LevelMode.HELD if self.settings.is_auto else LevelMode.PERCENTILES)

    def change(self, **changes: Any) -> None:
        """Replace some fields of the settings of the data set that is shown."""
        self._put(self._path, self._place, self.settings, self._here(replace(self.settings, **changes)), self._compared)

    def change_of(self, data: DataDescription, **changes: Any) -> None:
        """Replace some fields of the settings of any data set."""
        before = self.settings_of(data)
        self._put(data.path, self._session.scan.places.name_of(data.path), before, _for_file(replace(before, **changes), data))

    def _put(self, path: str, place: str, before: DisplaySettings, after: DisplaySettings, compared: str = "none") -> None:
        if after == before:
            return
        kept = after
        if compared != "none":
            self._looks[place, compared] = {name: getattr(after, name) for name in COMPARED_LOOK}
            usual = self._kept.get(place, DisplaySettings())
            kept = replace(after, **{name: getattr(usual, name) for name in COMPARED_LOOK})
        self._kept[place] = replace(kept, mask=replace(kept.mask, mask_path=None, gaps=()))
        if _wished(after) != _wished(before):
            self._session.prepare(path, **_wished(after))
        self.changed.emit()

    def own_mask_of(self, place: str) -> OwnMask:
        """Return the mask that somebody loaded and drew for the data set that stands in a place."""
        rules = self._kept.get(place, DisplaySettings()).mask
        return rules.mask_file, rules.drawn

    def set_own_mask(self, place: str, own: OwnMask) -> None:
        """Have another one, also where that data set is not shown now."""
        file, drawn = own
        data = next((one for one in self._known if self._session.scan.places.name_of(one.path) == place), None)
        if data is not None:
            self.change_of(data, mask=replace(self.settings_of(data).mask, mask_file=file, drawn=drawn))
        else:
            kept = self._kept.get(place, DisplaySettings())
            self._kept[place] = replace(kept, mask=replace(kept.mask, mask_file=file, drawn=drawn))

    def set_mode(self, mode: LevelMode) -> None:
        """Take the levels from elsewhere; *fixed* and *held* begin with those in use."""
        is_auto = mode in (LevelMode.PERCENTILES, LevelMode.EXTREMES)
        self.change(mode=mode, levels=None if is_auto else self.levels_in_use)

    def fix_levels(self, low: float, high: float) -> None:
        """Use these levels from now on."""
        self.change(mode=LevelMode.FIXED, levels=(low, high))

    def recall(self, place: str, settings: DisplaySettings) -> None:
        """Draw the data set that stands in this place so, once it is shown."""
        self._kept[place] = settings

    def forget(self) -> None:
        """Draw every data set as at the very first start."""
        self._kept.clear()
        self._looks.clear()
        self._prepare_all()
        self.changed.emit()

    def turn(self, how: Callable[[Orientation], Orientation]) -> None:
        """Turn or mirror the picture, as seen."""
        self.change(orientation=how(self.settings.orientation))

    # ---- helpers

    def _tell_frame(self) -> None:
        kind = (self.is_image, self.has_colors, self.has_own_colors, self.shows_as_stored, self.lacks_mask)
        if kind != self._kind:
            self._kind = kind
            self.kind_changed.emit()
        self.frame_told.emit()

    def _keep_mask(self, read: PixelMaskRead) -> None:
        self._masks[read.data_path] = ((read.generation, read.mask_path), read.mask())
        self.changed.emit()

    @property
    def _known(self) -> tuple[DataDescription, ...]:
        return self._session.scan.description.data if self._session.scan.description is not None else ()

    @property
    def _data(self) -> DataDescription | None:
        return next((data for data in self._known if data.path == self._path), None)

    def _here(self, settings: DisplaySettings) -> DisplaySettings:
        return settings if self._data is None else _for_file(settings, self._data)

    def _prepare_all(self) -> None:
        """Have the frames of a file that was opened prepared as its places are remembered."""
        for data in self._session.scan.description.data if self._session.scan.description is not None else ():
            self._session.prepare(data.path, **_wished(self.settings_of(data)))

    def _note_path(self) -> None:
        shown = self._session.scan.shown
        path = shown.data_path if shown is not None else self._session.scan.data_path
        place = self._session.scan.places.name_of(path)
        compared = "none" if shown is None or shown.centre is None else shown.made.compared
        if path and (path, place, compared) != (self._path, self._place, self._compared):
            self._path, self._place, self._compared = path, place, compared
            self.changed.emit()


def _for_file(settings: DisplaySettings, data: DataDescription) -> DisplaySettings:
    """Return settings of a place with the pixel mask of the data set that stands there now, if it is to be used."""
    path = data.facts.mask_path if settings.uses_file_mask else None
    return replace(settings, mask=replace(settings.mask, mask_path=path, gaps=data.facts.gap_values))


def _wished(settings: DisplaySettings) -> dict[str, Any]:
    """What of the settings the reader has to know."""
    return {"mask": settings.mask, "percentiles": settings.percentiles, "view": settings.view, "correction": settings.correction}
