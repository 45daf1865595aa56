"""The fields for the paths in the file: keys, length, data, finished flag, each with its remark."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from swmr_viewer.core.inspection import Inspection, of_scan
from swmr_viewer.gui.look.labels import PlainLabel
from swmr_viewer.gui.opening.open_dialog.form import FieldRow
from swmr_viewer.gui.opening.open_dialog.path_field import PathField
from swmr_viewer.reader.messages import FollowRequest

_TIPS = {
    "keys": "Key datasets, or a group of them, separated by semicolons (empty: what is found)",
    "length": "Where there are no keys: data sets whose length stands in for them, which is less sure (empty: what is found)",
    "data": "Data sets to show, the first one first, separated by semicolons (empty: what is found)",
    "finished": "A dataset with one number that turns non-zero when the scan ends (empty: what is found)",
}


class Origin(PlainLabel):
    """Whether a field holds what was found in the file, or what the user chose: this alone stays when another file is named."""

    def __init__(self, field: PathField) -> None:
        super().__init__("muted", room_for="chosen")
        self._field = field
        field.origin_changed.connect(self._show)

    def _show(self) -> None:
        is_users = self._field.is_users
        self.say("" if not self._field.text() else "chosen" if is_users else "found", "" if is_users else "muted")
        stays = "Written or chosen here: it stays when another file is named. Empty the field to have it found."
        self.setToolTip(stays if is_users else "Found in this file; it is found anew in another one.")


class RequestFields(QWidget):
    """An editor of the paths of a `FollowRequest`; what the user leaves open is filled in by what is found."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.keys, self.length, self.data = PathField(), PathField(), PathField()
        self.finished = PathField(several=False)
        self._by_name = {"keys": self.keys, "length": self.length, "data": self.data, "finished": self.finished}
        self._focused = self.data
        rows = {
            "keys": FieldRow("&Keys", self.keys, Origin(self.keys), lines=2),
            "length": FieldRow("&Length", self.length, Origin(self.length), lines=1),
            "data": FieldRow("&Data", self.data, Origin(self.data), lines=2),
            "finished": FieldRow("Fi&nished flag", self.finished, Origin(self.finished), lines=2),
        }
        self.remarks = {name: row.remark for name, row in rows.items()}
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        for name, field in self._by_name.items():
            layout.addWidget(rows[name])
            field.setToolTip(_TIPS[name])
            field.setPlaceholderText("what is found" if name in ("keys", "data") else "none")
            field.textChanged.connect(self.changed)
            field.focused.connect(self._remember_focus)

    def length_paths(self) -> tuple[str, ...]:
        """Return what stands in for keys; what was only found does so no longer once the user names keys."""
        is_outdone = self.keys.is_users and bool(self.keys.paths()) and not self.length.is_users
        return () if is_outdone else self.length.paths()

    def finished_path(self) -> str | None:
        """Return the finished flag, if one is named."""
        paths = self.finished.paths()
        return paths[0] if paths else None

    def with_choices(self, request: FollowRequest) -> FollowRequest:
        """Return the request with the paths that the user chose, the others left open: they are found as the file is when it opens.

        A length that was chosen beside keys that were found goes with them: alone it would stand in for them.
        """
        length = self.length.users_paths()
        return replace(
            request,
            key_paths=self.keys.paths() if length else self.keys.users_paths(),
            length_paths=length,
            data_paths=self.data.users_paths(),
            finished_path=next(iter(self.finished.users_paths()), None),
        )

    def set_request(self, request: FollowRequest) -> None:
        """Write the paths of a request; what it leaves open may be filled in."""
        finished = (request.finished_path,) if request.finished_path else ()
        given = {"keys": request.key_paths, "length": request.length_paths, "data": request.data_paths, "finished": finished}
        for name, field in self._by_name.items():
            field.forget()
            if given[name]:
                field.put(given[name])

    def named(self, found: Inspection, but: PathField | None = None) -> Inspection:
        """Return what was found of the scan that the user's paths lead into (but one field's), where the file holds several."""
        fields = [field for field in (self.keys, self.length, self.data) if field is not but]
        return of_scan(found, [path for field in fields for path in field.users_paths()])

    def fill(self, found: Inspection) -> None:
        """Fill in what was found, where the user wrote nothing."""
        length, flag = self.named(found, self.length), self.named(found).finished_path
        self.keys.fill(self.named(found, self.keys).key_paths)
        self.length.fill(() if length.key_paths else length.length_paths)
        self.data.fill(self.named(found, self.data).data_paths)
        self.finished.fill([flag] if flag else [])
        datasets = [node for node in found.tree if node.kind == "dataset"]
        self.keys.set_known(node.path for node in found.tree if not node.cannot_be_opened)
        self.length.set_known(node.path for node in datasets if node.shape)
        self.data.set_known(node.path for node in datasets)
        self.finished.set_known(node.path for node in datasets if all(n == 1 for n in node.shape))

    def unfill(self) -> None:
        """Take back what was found."""
        for field in self._by_name.values():
            field.fill(())
            field.set_known(())

    def put(self, name: str, paths: Iterable[str]) -> None:
        """Write paths that the user chose into a field (``keys``, ``length``, ``data``, ``finished``)."""
        self._by_name[name].put(paths)

    def put_into_focused(self, path: str) -> None:
        """Write a path into the field that the user went into last."""
        self._focused.put([path])

    def _remember_focus(self) -> None:
        field = self.sender()
        if isinstance(field, PathField):
            self._focused = field
