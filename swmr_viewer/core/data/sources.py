"""Where pixels come from: one face for stored, virtual and joined data sets; this file reads the stored ones."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Protocol

import h5py
import numpy as np
import numpy.typing as npt

from swmr_viewer.core.data.kept import Block, BlockPolicy, kept_blocks
from swmr_viewer.core.data.pieces import Notes, NotThereYetError, Piece, read_stored, shape_of
from swmr_viewer.core.data.refreshing import Refresher
from swmr_viewer.core.data.selections import Box
from swmr_viewer.core.data.stored import FileEnd, is_allocated, missing_filters
from swmr_viewer.core.data_facts import COLOR_IMAGE, COLOR_MODES
from swmr_viewer.core.errors import FilterMissingError, PathError
from swmr_viewer.core.files import is_open, mapped_files, text_of
from swmr_viewer.decoding import ChunkReader


class Source(Protocol):
    """What a grabber reads from."""

    @property
    def path(self) -> str:
        """The path by which it was found."""
        ...

    @property
    def filename(self) -> str:
        """The file in which it was found."""
        ...

    @property
    def dtype(self) -> np.dtype[Any]:
        """The pixels' type."""
        ...

    @property
    def shape(self) -> tuple[int, ...]:
        """The extent at the last refresh."""
        ...

    @property
    def maxshape(self) -> tuple[int | None, ...]:
        """The greatest extent; None: unlimited."""
        ...

    @property
    def chunks(self) -> tuple[int, ...] | None:
        """The shape of one chunk, where there are any."""
        ...

    @property
    def interpretation(self) -> str:
        """NeXus' word for what a frame is, or ""."""
        ...

    @property
    def is_open(self) -> bool:
        """Whether it can still be read: its file has not been closed."""
        ...

    def close(self) -> None:
        """Close the files that were opened for it."""
        ...

    def files(self) -> Iterator[str | None]:
        """Yield the files that its frames come from, there or not, and None for what leads nowhere yet.

        Who looks for one that is not closed can stop there: what costs most is told last.
        """
        ...

    def refresh(self) -> None:
        """Make visible what was flushed."""
        ...

    def pieces(self, box: Box) -> Iterator[Piece]:
        """Yield what holds a box, after ``refresh``; later pieces go over earlier ones.

        Raises
        ------
        NotThereYetError
            If a part of it is not there (perhaps after some pieces were yielded).
        PartNotThereYetError
            If other parts of it are there.
        """
        ...


class _Refreshed:
    """Stands for one refresh of a data set: who keeps what was read since, and lets go of it with the next."""


class StoredSource:
    """A data set with its own chunks.

    Also the last resort for a virtual one whose mappings boxes cannot express: then HDF5 itself reads the sources, and
    what is missing there reads as fill without a word.

    Parameters
    ----------
    dataset : h5py.Dataset
        The only open handle on it.
    path : str
        The path by which it was found.

    Raises
    ------
    PathError
        If it does not hold numbers.
    FilterMissingError
        If it is compressed with a filter that is not installed here.
    """

    def __init__(self, dataset: h5py.Dataset, path: str) -> None:
        refuse_unreadable(dataset, path)
        self.path = path
        self.filename = str(dataset.file.filename)
        self.interpretation = interpretation_of(dataset)
        # These never change, and asking HDF5 for each frame costs as much as a refresh.
        self.dtype: np.dtype[Any] = dataset.dtype
        self.maxshape: tuple[int | None, ...] = tuple(dataset.maxshape)
        self.chunks: tuple[int, ...] | None = dataset.chunks
        self.end = FileEnd(dataset)
        """How far its file reaches."""
        self.fill = dataset.fillvalue
        self._refresher = Refresher(dataset)
        self._blocks = BlockPolicy(self.chunks, self.dtype, dataset.id.get_create_plist().get_nfilters() > 0)
        self._chunk_reader = ChunkReader(dataset)
        self._refreshed = _Refreshed()
        self._shape: tuple[int, ...] | None = None
        """The extent, once somebody asked for it after the last refresh: asking HDF5 costs 8 us."""

    @property
    def dataset(self) -> h5py.Dataset:
        """The data set itself."""
        return self._refresher.dataset

    @property
    def shape(self) -> tuple[int, ...]:
        """The extent at the last refresh."""
        if self._shape is None:
            self._shape = tuple(int(n) for n in self.dataset.shape)
        return self._shape

    @property
    def has_own_storage(self) -> bool:
        """Whether all that it holds is in its file."""
        return not self.dataset.is_virtual and not self.dataset.external

    @property
    def is_open(self) -> bool:
        """Whether its file has not been closed."""
        return is_open(self.dataset)

    def close(self) -> None:
        """Do nothing: no file was opened for it."""

    def files(self) -> Iterator[str | None]:
        """Yield the file that holds it, and those that HDF5 reads for it where it is virtual."""
        yield self.filename
        if self.dataset.is_virtual:
            yield from mapped_files(self.filename, (mapping.file_name for mapping in self.dataset.virtual_sources()))

    def refresh(self) -> None:
        """Make visible what was flushed (a data set that would not survive it is read as it was)."""
        self._refresher.refresh()
        self._shape = None
        self._refreshed = _Refreshed()

    def pieces(self, box: Box) -> Iterator[Piece]:
        """Yield the box itself, after making sure that it has been written."""
        kept = kept_blocks.of(self._refreshed)
        if kept is not None and kept.holds(box):  # it was read since the last refresh, from the same chunks
            yield Piece(box, self.dataset, box, source=self)
            return
        if any(stop > has for (_, stop), has in zip(box, self.shape, strict=True)):
            raise NotThereYetError(f"the shape of {self.path} in {self.filename} is {self.shape} so far")
        if not is_allocated(self.dataset, box, self.chunks):
            raise NotThereYetError(f"its chunk in {self.path} of {self.filename} is not there yet")
        if not self.end.holds(box):
            raise NotThereYetError(f"a chunk of it in {self.path} ends behind the end of {self.filename}, which may still be copied")
        yield Piece(box, self.dataset, box, source=self)

    def read(self, box: Box, out: npt.NDArray[Any], inside: Box, notes: Notes | None = None) -> None:
        """Read a box into a part of an array; the chunks around it are kept until the next refresh where others are in them.

        Parameters
        ----------
        box : Box
            A box that ``pieces`` yielded.
        out : ndarray
            C-contiguous, of ``dtype``.
        inside : Box
            Where in ``out``.
        notes : Notes, optional
            Whom to tell of what is final, where the box is all of ``out``.
        """
        refreshed = self._refreshed  # another thread may refresh it while this one reads
        block = kept_blocks.of(refreshed)
        if block is None or not block.holds(box):
            around = self._blocks.block(box, self.shape)
            if around is None:
                self._read_now(box, out, inside, notes)
                return
            block = Block(around, np.empty(shape_of(around), self.dtype))
            self._read_now(around, block.values, tuple((0, n) for n in block.values.shape), None)
            kept_blocks.keep(refreshed, block)
        target = out[tuple(slice(*bounds) for bounds in inside)]
        target[...] = block.part(box).reshape(target.shape)

    def _read_now(self, box: Box, out: npt.NDArray[Any], inside: Box, notes: Notes | None) -> None:
        """Read a box past HDF5's lock where its chunks can be decoded here, else through HDF5."""
        dataset = self.dataset
        if self._chunk_reader.is_usable:
            part = out[tuple(slice(*bounds) for bounds in inside)]
            if part.flags.c_contiguous:
                note = notes if notes is not None and part.size == out.size and not notes.have_begun else None
                is_read = self._chunk_reader.read(box, part.reshape(shape_of(box)), note)
                if note is not None:
                    note.are_whole = is_read
                if is_read:
                    return
        self._chunk_reader.refuse_damage(box)
        read_stored(dataset, box, out, inside)


def refuse_unreadable(dataset: object, path: str) -> None:
    """Raise PathError for what is not a data set of numbers, FilterMissingError for one that cannot be decoded here."""
    if not isinstance(dataset, h5py.Dataset) or dataset.dtype.kind not in "iufbc":
        where = getattr(getattr(dataset, "file", None), "filename", "the file")
        raise PathError(f"{path} in {where} is not a data set of numbers.", "Name a data set with frames.")
    missing = missing_filters(dataset)
    if missing:
        raise FilterMissingError(
            f"{path} in {dataset.file.filename} is compressed with a filter that is not installed here: {', '.join(missing)}.",
            "Install the filter's HDF5 plugin (pip install hdf5plugin has the usual ones) or set HDF5_PLUGIN_PATH to where it is.",
        )


def interpretation_of(dataset: h5py.Dataset) -> str:
    """Return the file's word for what a frame is, by NeXus' names, or "" where there is none that can be read.

    HDF5's own specification of images, and areaDetector, tell of colour in other attributes: these are ``rgb-image``, too.
    """
    declared = text_of(dataset, "interpretation")
    is_colored = text_of(dataset, "IMAGE_SUBCLASS") == "IMAGE_TRUECOLOR" or text_of(dataset, "ColorMode") in COLOR_MODES
    return COLOR_IMAGE if is_colored and declared in ("", "image") else declared
