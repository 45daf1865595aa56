"""The open dialog's fields without a window: what the user chose, what was found, the request that they make, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from swmr_viewer.core.inspection import Inspection, inspection_of_scan
from swmr_viewer.opening.assessment import Assessment, assess
from swmr_viewer.opening.checking import Field
from swmr_viewer.reader.messages import FollowRequest, Inspected

SEPARATOR = ";"


class PathsField:
    """The text of one field: paths separated by semicolons.

    What was found is replaced by what is found next; what the user chose stays. A field that the user empties, or in which just
    what was found stands again, is filled in as before.
    """

    def __init__(self, *, several: bool = True) -> None:
        self._several = several
        self._found = ""
        self.text = ""
        self.is_chosen = False
        """Whether the user wrote here, or chose what is here."""

    def paths(self) -> tuple[str, ...]:
        """Return the paths as they stand, without empty ones."""
        parts = self.text.split(SEPARATOR) if self._several else [self.text]
        return tuple(filter(None, map(str.strip, parts)))

    def chosen_paths(self) -> tuple[str, ...]:
        """Return the paths that the user chose; none where they were only found."""
        return self.paths() if self.is_chosen else ()

    def edit(self, text: str) -> None:
        """Take what the user wrote."""
        self.text, self.is_chosen = text, text not in ("", self._found)

    def choose(self, paths: Iterable[str]) -> None:
        """Take paths that the user chose."""
        self.text, self.is_chosen = self._joined(paths), True

    def fill(self, paths: Iterable[str]) -> None:
        """Take paths that were found, unless the user wrote here."""
        self._found = self._joined(paths)
        self.restore()

    def restore(self) -> None:
        """Show what was found, unless the user wrote here."""
        if not self.is_chosen:
            self.text = self._found

    def clear(self) -> None:
        """Empty the field; it may be filled in again."""
        self.text, self.is_chosen, self._found = "", False, ""

    def _joined(self, paths: Iterable[str]) -> str:
        kept = list(filter(None, map(str.strip, paths)))
        return f"{SEPARATOR} ".join(kept if self._several else kept[:1])


class RequestForm:
    """A `FollowRequest` while it is edited; what the user leaves open is filled in by what is found."""

    def __init__(self) -> None:
        self.path = ""
        """The file."""
        self.keys, self.length, self.data = PathsField(), PathsField(), PathsField()
        self.finished = PathsField(several=False)
        self.fields: dict[Field, PathsField] = {"keys": self.keys, "length": self.length, "data": self.data, "finished": self.finished}
        self.base = FollowRequest("")
        """What was set without a field here."""

    def set_request(self, request: FollowRequest) -> None:
        """Take the paths of a request as chosen; those that it leaves open may be filled in. The file is left as it is."""
        self.base = request
        finished = (request.finished_path,) if request.finished_path else ()
        given = (request.key_paths, request.length_paths, request.data_paths, finished)
        for field, paths in zip(self.fields.values(), given, strict=True):
            field.clear()
            if paths:
                field.choose(paths)

    def request(self) -> FollowRequest:
        """Return the request as the fields stand."""
        return replace(
            self._request_for_file(),
            key_paths=self.keys.paths(),
            length_paths=self._length_paths(),
            data_paths=self.data.paths(),
            finished_path=next(iter(self.finished.paths()), None),
        )

    def chosen_request(self) -> FollowRequest:
        """Return the request with the paths that the user chose, the others left open: they are found as the file is when it opens.

        A length that was chosen beside keys that were found goes with them: alone it would stand in for them.
        """
        length = self.length.chosen_paths()
        return replace(
            self._request_for_file(),
            key_paths=self.keys.paths() if length else self.keys.chosen_paths(),
            length_paths=length,
            data_paths=self.data.chosen_paths(),
            finished_path=next(iter(self.finished.chosen_paths()), None),
        )

    def _request_for_file(self) -> FollowRequest:
        """The extent of a scan is that of its own file."""
        return replace(self.base, path=self.path, scan_shape=self.base.scan_shape if self.path == self.base.path else None)

    def _length_paths(self) -> tuple[str, ...]:
        """Lengths that were only found no longer stand in for keys once the user names keys."""
        is_outdone = bool(self.keys.chosen_paths()) and not self.length.is_chosen
        return () if is_outdone else self.length.paths()

    def fill(self, found: Inspection | None) -> None:
        """Fill in what was found where the user wrote nothing; None: take back what was filled in."""
        if found is None:
            for field in self.fields.values():
                field.fill(())
            return
        length, flag = self._scan_in(found, self.length), self._scan_in(found).finished_path
        self.keys.fill(self._scan_in(found, self.keys).key_paths)
        self.length.fill(() if length.key_paths else length.length_paths)
        self.data.fill(self._scan_in(found, self.data).data_paths)
        self.finished.fill([flag] if flag else [])

    def _scan_in(self, found: Inspection, but: PathsField | None = None) -> Inspection:
        """Return what was found of the scan that the chosen paths (but one field's) lead into, where the file holds several."""
        fields = [field for field in (self.keys, self.length, self.data) if field is not but]
        return inspection_of_scan(found, [path for field in fields for path in field.chosen_paths()])

    def assess(self, answer: Inspected | None, reading_s: float | None = None) -> Assessment:
        """Return what to show of the request; see `swmr_viewer.opening.assessment.assess`."""
        if answer is not None and answer.inspection is not None:
            answer = replace(answer, inspection=self._scan_in(answer.inspection))
        return assess(self.request(), answer, reading_s)


def suggested_paths(found: Inspection | None) -> dict[Field, list[str]]:
    """Return the paths that each field may be completed with."""
    nodes = found.tree if found is not None else ()
    datasets = [node for node in nodes if node.kind == "dataset"]
    return {
        "keys": [node.path for node in nodes if not node.cannot_be_opened],
        "length": [node.path for node in datasets if node.shape],
        "data": [node.path for node in datasets],
        "finished": [node.path for node in datasets if all(n == 1 for n in node.shape)],
    }
