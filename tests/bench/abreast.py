"""Measures several things in the same minutes, each in a process and a network of its own."""

import multiprocessing
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from typing import Final

from bench.figures import Figure

from support.netns import network_namespace

AT_ONCE: Final = 4
"""More would wait for each other's processors."""
Job = Callable[[], Iterable[Figure | str]]


def abreast(jobs: Iterable[Job]) -> Iterator[Figure | str]:
    """What each job finds, in the order of the jobs, when all of them are done.

    Args:
        jobs: What can be pickled: functions of a module, and partials of them.
    """
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for found in pool.map(_apart, jobs):
            yield from found


def _apart(job: Job) -> list[Figure | str]:
    """In a new process: a forked one would share PulseAudio's environment, and PJSIP.

    And a pool of one: Python 3.11's pools can wait for ever for the next of their processes where
    each has one task.
    """
    spawned = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=spawned) as pool:
        return pool.submit(_done, job).result()


def _done(job: Job) -> list[Figure | str]:
    with network_namespace():
        return list(job())
