"""Inspections as the real one gives them."""

from __future__ import annotations

from typing import Any

from swmr_viewer.core.inspection import Candidate, FileState, Inspection, TreeNode

KEYS, FRAMES, FLAG = "/entry/diamond_scan/keys/uniqueKeys", "/entry/eiger/data", "/entry/diamond_scan/scan_finished"


def group(path: str) -> TreeNode:
    return TreeNode(path, "group")


def dataset(path: str, shape: tuple[int, ...], dtype: str, maxshape: tuple[int | None, ...] | None = None, **other: Any) -> TreeNode:
    return TreeNode(path, "dataset", shape, shape if maxshape is None else maxshape, dtype, **other)


TREE = (
    group("/entry"),
    group("/entry/diamond_scan"),
    group("/entry/diamond_scan/keys"),
    dataset(KEYS, (20, 30), "int32", (None, None)),
    dataset("/entry/diamond_scan/keys/eiger", (20, 30), "int32"),
    dataset(FLAG, (1,), "int32"),
    group("/entry/nothing"),
    group("/entry/eiger"),
    dataset(FRAMES, (20, 30, 512, 256), "uint16", (None, None, 512, 256)),
    dataset("/entry/eiger/odd", (20, 30, 8), "uint16", filters=("LZF", "SZ3 (missing)")),
    dataset("/entry/eiger/total", (20, 30), "float64"),
    dataset("/entry/eiger/spectrum", (7, 30, 100), "float32"),
    dataset("/entry/uid", (20, 30, 1, 1), "uint64"),
    dataset("/entry/flat", (0, 512, 256), "uint16", (None, 512, 256)),
    dataset("/entry/other_scan", (5,), "int32"),
    dataset("/entry/title", (), "object"),
    TreeNode("/entry/link", "broken link", note="to other.h5"),
)


def inspection(path: str = "/data/scan.nxs", state: FileState = FileState.CLOSED, tree: tuple[TreeNode, ...] = TREE) -> Inspection:
    nodes = {node.path: node for node in tree}
    if KEYS not in nodes:
        return Inspection(path, state, tree)
    return Inspection(
        path,
        state,
        tree,
        keys=(Candidate(nodes[KEYS], 9, "named as GDA names it."),),
        data=(Candidate(nodes[FRAMES], 9, "the largest data set that fits the scan."),),
        finished=(Candidate(nodes[FLAG], 9, "one value."),),
        scan_shape=(20, 30),
        declared_scan_shape=(20, 30),
        key_paths=(KEYS,),
        data_paths=(FRAMES,),
        finished_path=FLAG,
    )
