"""What the reader tells of quantities is in the table of its data set, and the scan before keeps its own."""

from __future__ import annotations

import numpy as np

from swmr_viewer.analysis import Region
from swmr_viewer.core.data_facts import DataFacts, ScanAxis
from swmr_viewer.core.ranges import runs_of
from swmr_viewer.quantities import Kind
from swmr_viewer.reader import messages as m
from swmr_viewer.scan_model import Changed, ScanModel

SHAPE = (4, 5)
AXES = (ScanAxis("y", "um", (10.0, 20.0, 40.0, 80.0)), ScanAxis("x", "mm", (0.0, 0.1, 0.2, 0.3, 0.4)))
SENT: list[m.Request] = []
A = Region("A", "rectangle", ((0.0, 0.0), (3.0, 3.0)))


def following(path: str = "/scan.nxs", generation: int = 1, model: ScanModel | None = None) -> ScanModel:
    model = model or ScanModel(SENT.append, retry=lambda: None, stop=lambda: None, clock=lambda: 100.0)
    model.receive(m.Follow(generation, m.FollowRequest(path)))
    data = (m.DataDescription("/a", (8, 6), "<u4", facts=DataFacts(unit="counts", scan_axes=AXES)), m.DataDescription("/b", (8, 6), "<u4"))
    model.receive(m.Opened(generation, path, SHAPE, ("/keys",), data, None, 1))
    keys = runs_of(np.arange(20))
    model.receive(m.KeysChanged(generation, SHAPE, (keys,), True, 100.0, completed=keys))
    return model


def measured(revision: int, value: float, generation: int = 1, path: str = "/a") -> m.Measured:
    return m.Measured(generation, revision, path, np.array([7]), ("total", "A.sum"), np.array([[value, value / 2]]), SHAPE)


def test_values_are_asked_for_by_name_of_the_data_set_that_is_shown() -> None:
    model = following()
    table = model.scan.quantities
    assert table.position_names() == ("x", "y")
    np.testing.assert_array_equal(table.values("y"), np.repeat([10.0, 20.0, 40.0, 80.0], 5))
    np.testing.assert_array_equal(table.values("x"), np.tile([0.0, 0.1, 0.2, 0.3, 0.4], 4))
    np.testing.assert_array_equal(table.values("index"), np.arange(20))
    np.testing.assert_array_equal(table.values("order"), np.arange(20))
    model.receive(m.Measure(1, 3, "/a", (A,)))
    changes = model.receive(measured(3, 50.0))
    assert [changed for changed, _ in changes] == [Changed.MEASURED, Changed.QUANTITIES]
    assert (table.at("total", 7), table.at("A.sum", 7), table.at("A.sum", 6)) == (50.0, 25.0, None)
    found = table.quantity("A.sum")
    assert found is not None
    assert (found.kind, found.unit, found.title) == (Kind.REGION, "counts", "A sum")
    assert not model.scan.table_of("/b").n_known("total")
    assert not model.receive(measured(2, 99.0)), "an earlier request"
    assert table.at("total", 7) == 50.0


def test_what_is_wanted_is_told_once() -> None:
    model = following()
    assert model.want_quantities("map", ("total",)) == [(Changed.WANTED, None)]
    assert not model.want_quantities("map", ["total"])
    assert model.want_quantities("map", ()) == [(Changed.WANTED, None)]


def test_the_scan_before_keeps_what_was_known_of_it() -> None:
    model = following()
    model.receive(m.Measure(1, 1, "/a", (A,)))
    model.receive(measured(1, 50.0))
    following("/scan.nxs", 2, model)
    assert not model.scan.earlier, "the same file again is the same scan"
    model.receive(m.Measure(2, 2, "/a", (A,)))
    model.receive(measured(2, 60.0, 2))
    following("/next.nxs", 3, model)
    (before,) = model.scan.earlier
    assert (before.path, before.tables["/a"].at("total", 7)) == ("/scan.nxs", 60.0)
    np.testing.assert_array_equal(before.tables["/a"].values("x"), np.tile([0.0, 0.1, 0.2, 0.3, 0.4], 4))
    assert model.scan.quantities.at("total", 7) is None


def test_what_the_file_has_is_offered_and_read_once_it_is_wanted() -> None:
    model = following()
    SENT.clear()
    model.want_quantities("curve", ("I0", "total"))
    assert not SENT, "nobody knows of it yet"
    facts = (
        m.ScalarFact("x", "mm", "/x", m.ScalarKind.POSITION, axis=1, is_read_back=True),
        m.ScalarFact("x_set", "mm", "/x_set", m.ScalarKind.POSITION, axis=1),
        m.ScalarFact("I0", "counts", "/I0", m.ScalarKind.SCALAR),
    )
    model.receive(m.ScalarsFound(1, facts))
    assert [m.SendScalars(1, ("I0",))] == SENT
    assert [quantity.name for quantity in model.scan.quantities.offered()][:6] == ["index", "order", "x", "x_set", "y", "I0"]
    points = runs_of(np.array([3, 4]))
    model.receive(m.ScalarsRead(1, ("I0",), points, np.array([[5.0], [6.0]]), SHAPE, True))
    assert [model.scan.quantities.at("I0", index) for index in (3, 4, 5)] == [5.0, 6.0, None]
    model.receive(m.ScalarsRead(1, ("I0",), runs_of(np.array([5])), np.array([[7.0]]), SHAPE, True))
    assert [model.scan.quantities.at("I0", index) for index in (3, 5)] == [None, 7.0]
    model.want_quantities("curve", ("order",))
    assert m.SendOrder(1) in SENT
