"""What the walk through a file notes about each object, for the rules to judge (plain values, no open handles)."""

from __future__ import annotations

from dataclasses import dataclass, field

from swmr_viewer.core.inspection import TreeNode
from swmr_viewer.core.nexus import Attributes

Shape = tuple[int, ...]
MaxShape = tuple[int | None, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """One object at one path; the same object may be found at several."""

    node: TreeNode
    identity: tuple[str, int]
    """(real file, address): equal for the same object, whatever led to it."""
    attributes: Attributes = field(default_factory=dict)
    """Those of NeXus that the rules ask for, as text; one that cannot be read is left out."""
    kind: str = ""
    """numpy's one-letter kind of the values (``i``, ``u``, ``f`` ...), empty for what is no plain dataset."""
    is_virtual: bool = False
    is_late: bool = False
    """Laid out in one piece that is not written yet: under SWMR, HDF5 cannot see it change."""

    @property
    def path(self) -> str:
        """The absolute path."""
        return self.node.path

    @property
    def name(self) -> str:
        """The last part of the path."""
        return self.node.path.rsplit("/", 1)[1]

    @property
    def parent(self) -> str:
        """The path of the group that holds it; empty for what is in the root group."""
        return self.node.path.rsplit("/", 1)[0]

    @property
    def limits(self) -> Shape:
        """The greatest shape as far as it is known: the present length where an axis is unlimited."""
        return tuple(n if most is None else most for n, most in zip(self.node.shape, self.node.maxshape, strict=True))

    def attribute(self, name: str) -> str:
        """Return the first value of an attribute, or ''."""
        return next(iter(self.attributes.get(name, ())), "")


@dataclass(frozen=True, slots=True)
class Walk:
    """Everything that was found in a file."""

    objects: tuple[Found, ...]
    root: Found
    notes: tuple[str, ...] = ()
