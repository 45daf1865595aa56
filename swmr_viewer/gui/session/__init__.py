"""What is followed and shown: the one truth that widgets show, the thread that feeds it, the intents that change it."""

from swmr_viewer.gui.session.follow_thread import FollowThread, SupervisorLike
from swmr_viewer.gui.session.place_memory import PlaceMemory, PlaceStore
from swmr_viewer.gui.session.playback import FASTEST, SLOWEST, Playback
from swmr_viewer.gui.session.session import Session

__all__ = ["FASTEST", "SLOWEST", "FollowThread", "PlaceMemory", "PlaceStore", "Playback", "Session", "SupervisorLike"]
