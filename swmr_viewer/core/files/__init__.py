# ruff: noqa: E402
"""Files and paths: opened without hurting a writer, and explained where that fails."""

from swmr_viewer.core.locking import load_hdf5

load_hdf5()  # before any module here imports h5py: once HDF5 is loaded, the locks that the environment forces stay

from swmr_viewer.core.files.attributes import BROKEN, text_of, texts_of
from swmr_viewer.core.files.explaining import damage_text, explain, is_damage, state_error
from swmr_viewer.core.files.external import (
    ALLOW_EXTERNAL,
    is_confined,
    is_refused,
    leads_out,
    link_out,
    refuse_links_out,
    refuse_parts_elsewhere,
)
from swmr_viewer.core.files.identity import FileIdentity, FilesRead, change_at_path, identity_of_file, refuse_another_file, replaced_error
from swmr_viewer.core.files.links import is_open, object_id, open_object, path_named, reads_a_pipe
from swmr_viewer.core.files.opening import limit, open_swmr
from swmr_viewer.core.files.places import BY_LINKS, BY_MAPPINGS, BY_RAW, as_text, folders_of, found_file, mapped_files, places_of

__all__ = [
    "ALLOW_EXTERNAL",
    "BROKEN",
    "BY_LINKS",
    "BY_MAPPINGS",
    "BY_RAW",
    "FileIdentity",
    "FilesRead",
    "as_text",
    "change_at_path",
    "damage_text",
    "explain",
    "folders_of",
    "found_file",
    "identity_of_file",
    "is_confined",
    "is_damage",
    "is_open",
    "is_refused",
    "leads_out",
    "limit",
    "link_out",
    "mapped_files",
    "object_id",
    "open_object",
    "open_swmr",
    "path_named",
    "places_of",
    "reads_a_pipe",
    "refuse_another_file",
    "refuse_links_out",
    "refuse_parts_elsewhere",
    "replaced_error",
    "state_error",
    "text_of",
    "texts_of",
]
