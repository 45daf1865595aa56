"""What is known of the scan that is followed, without Qt: messages in, facts and what changed out."""

from swmr_viewer.scan_model.acquisition_order import AcquisitionOrder
from swmr_viewer.scan_model.alarms import (
    AlarmEvent,
    AlarmRule,
    AlarmRules,
    AlarmWatch,
    EventChange,
    Finding,
    Watch,
    found_words,
    what_is_watched,
)
from swmr_viewer.scan_model.earlier_scans import EarlierScan
from swmr_viewer.scan_model.frame_preparation import FramePreparation
from swmr_viewer.scan_model.live_frame import LiveFrame, Mask, Pixels, frame_from_event
from swmr_viewer.scan_model.made_text import made_words
from swmr_viewer.scan_model.places import Place, same_places
from swmr_viewer.scan_model.scan_facts import Changed, Changes, ScanFacts, each_once
from swmr_viewer.scan_model.scan_model import ScanModel
from swmr_viewer.scan_model.state import Problem, StateKind

__all__ = [
    "AcquisitionOrder",
    "AlarmEvent",
    "AlarmRule",
    "AlarmRules",
    "AlarmWatch",
    "Changed",
    "Changes",
    "EarlierScan",
    "EventChange",
    "Finding",
    "FramePreparation",
    "LiveFrame",
    "Mask",
    "Pixels",
    "Place",
    "Problem",
    "ScanFacts",
    "ScanModel",
    "StateKind",
    "Watch",
    "each_once",
    "found_words",
    "frame_from_event",
    "made_words",
    "same_places",
    "what_is_watched",
]
