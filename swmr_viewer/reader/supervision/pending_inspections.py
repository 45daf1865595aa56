"""Files that somebody asked to inspect without following them, until they are answered. Pure."""

from __future__ import annotations

from swmr_viewer.core.errors import FailureKind
from swmr_viewer.reader.messages import FollowRequest, Inspect, Inspected, InspectionRequest, Preview, Previewed

Answer = Inspected | Previewed

_KILLS = 2


class PendingInspections:
    """The inspections and previews that are under way, oldest first."""

    def __init__(self) -> None:
        self._last_id = 0
        self._open: dict[int, InspectionRequest] = {}
        self._kills: dict[int, int] = {}

    def inspect(self, path: str, external: bool = True) -> InspectionRequest:
        """Return the request for one more inspection."""
        return self._added(Inspect(self._next_id(), path, external))

    def preview(self, request: FollowRequest) -> InspectionRequest:
        """Return the request for one more preview."""
        return self._added(Preview(self._next_id(), request))

    def _added(self, request: InspectionRequest) -> InspectionRequest:
        self._open[request.request_id] = request
        return request

    def _next_id(self) -> int:
        self._last_id += 1
        return self._last_id

    def note_answer(self, answer: Answer) -> None:
        """Take note of an answer."""
        self._open.pop(answer.request_id, None)

    def note_death(self, doing: InspectionRequest | None, why: str) -> Answer | None:
        """Take note that the reader died, and return the answer to a request that killed it too often."""
        if doing is None or doing.request_id not in self._open:
            return None
        self._kills[doing.request_id] = self._kills.get(doing.request_id, 0) + 1
        if self._kills[doing.request_id] < _KILLS:
            return None
        del self._open[doing.request_id]
        what = f"{doing.path} cannot be inspected" if isinstance(doing, Inspect) else "The first frame cannot be read"
        return _refusal(
            doing,
            f"{what}: reading it ended the reader {_KILLS} times ({why}).",
            "The file may be damaged; check it with h5dump or h5check.",
            FailureKind.FILE_BROKEN,
        )

    def oldest(self) -> InspectionRequest | None:
        """Return the one that the reader works on, if any."""
        return next(iter(self._open.values()), None)

    @property
    def is_second(self) -> bool:
        """Whether the reader works on one that ended a reader before."""
        oldest = self.oldest()
        return oldest is not None and oldest.request_id in self._kills

    def requests(self) -> tuple[InspectionRequest, ...]:
        """Return what to send to a new reader."""
        return tuple(self._open.values())

    def give_up(self, why: str) -> tuple[Answer, ...]:
        """Answer all of them with an error."""
        answers = tuple(
            _refusal(request, why, "Close other programs and try again.", FailureKind.READER) for request in self._open.values()
        )
        self._open.clear()
        return answers


def _refusal(request: InspectionRequest, message: str, remedy: str, kind: FailureKind) -> Answer:
    if isinstance(request, Inspect):
        return Inspected(request.request_id, None, message, remedy, kind)
    return Previewed(request.request_id, "".join(request.request.data_paths[:1]), None, None, (), message, remedy, kind)
