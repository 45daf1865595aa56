"""What is known of the scan that is followed, without Qt: messages in, facts and what changed out."""

from swmr_viewer.scan_model.frame_preparation import FramePreparation
from swmr_viewer.scan_model.live_frame import LiveFrame, Mask, Pixels, live_frame
from swmr_viewer.scan_model.places import Place, Places, places_in, same_places
from swmr_viewer.scan_model.rates import RateMeter, ShownCounts
from swmr_viewer.scan_model.state import Facts, Problem, SessionState, StateKind, replaced_text, resolve_state

__all__ = [
    "Facts",
    "FramePreparation",
    "LiveFrame",
    "Mask",
    "Pixels",
    "Place",
    "Places",
    "Problem",
    "RateMeter",
    "SessionState",
    "ShownCounts",
    "StateKind",
    "live_frame",
    "places_in",
    "replaced_text",
    "resolve_state",
    "same_places",
]
