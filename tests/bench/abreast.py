"""Measures several things in the same minutes, each in a process and a network of its own."""

import multiprocessing
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
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
    all_jobs = list(jobs)
    # A forked process would share PulseAudio's environment, and PJSIP, with the others.
    context = multiprocessing.get_context("spawn")
    workers = min(len(all_jobs), AT_ONCE)
    with ProcessPoolExecutor(workers, mp_context=context, max_tasks_per_child=1) as pool:
        for found in pool.map(_done, all_jobs):
            yield from found


def _done(job: Job) -> list[Figure | str]:
    with network_namespace():
        return list(job())
