"""How a scheduler is named."""

from __future__ import annotations

from pathlib import Path

import pytest

from swmr_viewer.engines import EngineError
from swmr_viewer.engines.dask_scheduler import address_of


@pytest.mark.parametrize(
    ("named", "address"),
    [("tcp://10.1.2.3:8786", "tcp://10.1.2.3:8786"), ("tls://h:1", "tls://h:1"), ("node7:8786", "tcp://node7:8786")],
)
def test_addresses(named: str, address: str) -> None:
    assert address_of(named) == address


def test_a_scheduler_file(tmp_path: Path) -> None:
    file = tmp_path / "scheduler.json"
    file.write_text('{"type": "Scheduler", "address": "tls://10.1.2.3:8786", "workers": {}}')
    assert address_of(str(file)) == "tls://10.1.2.3:8786"


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"address": 7}', '{"address": "no"}', "\0\1", "[" * 100_000])
def test_a_file_that_is_none(tmp_path: Path, content: str) -> None:
    file = tmp_path / "scheduler.json"
    file.write_text(content)
    with pytest.raises(EngineError, match="is no scheduler file"):
        address_of(str(file))


@pytest.mark.parametrize("named", ["", "nowhere.json", "/no/such/file", "slurmm", "host:port"])
def test_what_names_none(named: str) -> None:
    with pytest.raises(EngineError, match=r"(?i)dask scheduler"):
        address_of(named)
