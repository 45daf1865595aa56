"""The slots as the reader sees them: free to be written, or away."""

from __future__ import annotations

from collections import deque
from multiprocessing.shared_memory import SharedMemory

from swmr_viewer.reader.blocks import attach_block, let_go
from swmr_viewer.reader.messages import UseSlots


class ReaderSlots:
    """The blocks that this reader may write; each is free, or its name went out with a ``FrameReady``."""

    def __init__(self) -> None:
        self.size = 0
        self._blocks: dict[str, SharedMemory] = {}
        self._free: deque[str] = deque()

    @property
    def any_free(self) -> bool:
        """Whether a frame can be written now."""
        return bool(self._free)

    def use(self, request: UseSlots) -> None:
        """Use these from now on."""
        self.close()
        self.size = request.size
        for name in request.names:
            self.release(name)

    def release(self, name: str) -> None:
        """Take a slot as free; one that the window still held when this reader started is attached now."""
        if name in self._free:
            return
        if name not in self._blocks:
            try:
                self._blocks[name] = attach_block(name)
            except FileNotFoundError:
                return
        self._free.append(name)

    def take(self) -> SharedMemory:
        """Return a free slot, which is free no more."""
        return self._blocks[self._free.popleft()]

    def close(self) -> None:
        """Let go of all."""
        for block in self._blocks.values():
            let_go(block)
        self._blocks.clear()
        self._free.clear()
        self.size = 0
