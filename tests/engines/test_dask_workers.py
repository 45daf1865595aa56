"""Who is given what, without Dask."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from swmr_viewer.engines import Batch
from swmr_viewer.engines.dask_workers import Attempt, Workers


def _attempt(number: int = 0, priority: int = 0, apart_from: Attempt | None = None) -> Attempt:
    return Attempt(Batch(number, (number,), 1, (100,)), priority, apart_from)


def _workers(*addresses: str) -> Workers:
    workers = Workers()
    for address in addresses:
        workers.add(address)
    return workers


def test_the_one_with_least_to_do_is_next() -> None:
    workers = _workers("a", "b")
    workers.wait(_attempt(number) for number in range(4))
    assert [attempt.worker for attempt in workers.assign()] == ["a", "b", "a", "b"]


def test_what_waits_goes_to_who_comes_the_most_urgent_first() -> None:
    workers = Workers()
    workers.wait([_attempt(0), _attempt(1, priority=5), _attempt(2)])
    assert workers.assign() == []
    workers.add("a")
    assert [attempt.batch.number for attempt in workers.assign()] == [1, 0, 2]


def test_a_second_attempt_goes_elsewhere() -> None:
    workers = _workers("a", "b")
    first = _attempt(0)
    workers.wait([first])
    workers.assign()
    workers.wait([_attempt(1), _attempt(2), second := _attempt(0, apart_from=first)])
    workers.assign()
    assert {first.worker, second.worker} == {"a", "b"}
    third = _attempt(0, apart_from=second)
    workers.wait([third])
    assert workers.assign() == []
    workers.add("c")
    assert [one.worker for one in workers.assign()] == ["c"]
    assert third.worker == "c"


def test_a_second_attempt_may_have_the_only_worker_once_the_first_is_over() -> None:
    workers = _workers("a")
    first = _attempt(0)
    workers.wait([first])
    workers.assign()
    second = _attempt(0, apart_from=first)
    workers.wait([second])
    assert workers.assign() == []
    first.future.set_exception(ValueError())
    assert workers.assign() == [second]


def test_what_a_lost_worker_had_is_told() -> None:
    workers = _workers("a", "b")
    workers.wait(_attempt(number) for number in range(4))
    given_to_a = {attempt for attempt in workers.assign() if attempt.worker == "a"}
    assert workers.remove("a") == given_to_a
    assert list(workers) == ["b"]
    assert workers.remove("a") == frozenset()


def test_what_nobody_wants_any_more_is_passed_over() -> None:
    workers = Workers()
    attempts = [_attempt(0), _attempt(1)]
    workers.wait(attempts)
    attempts[0].future.cancel()
    workers.add("a")
    assert workers.assign() == [attempts[1]]


@given(st.lists(st.sampled_from(["come", "go", "work", "done"]), max_size=60))
def test_nothing_is_lost_and_nothing_is_given_twice(steps: list[str]) -> None:
    workers, held, names = Workers(), set[Attempt](), iter(range(100))
    n_made, n_done = 0, 0
    for step in steps:
        if step == "come":
            workers.add(f"w{next(names)}")
        elif step == "go" and len(workers):
            lost = workers.remove(next(iter(workers)))
            held -= lost
            workers.wait(lost)
        elif step == "work":
            workers.wait([_attempt(n_made)])
            n_made += 1
        elif step == "done" and held:
            workers.done(held.pop())
            n_done += 1
        new = workers.assign()
        assert not held & set(new)
        held |= set(new)
        assert all(attempt.worker in workers for attempt in held)
    assert len(workers.take_all()) == n_made - n_done
