"""A piece of work in a process of its own, weighed: processor seconds, and memory beyond ours."""

from __future__ import annotations

import gc
import os
import pickle
import resource
from collections.abc import Callable
from dataclasses import dataclass

# Where the kernel ends a case that would not end. What is weighed stays far below.
CPU_S, MEMORY = 30, 2 << 30


@dataclass(frozen=True, slots=True)
class Weight:
    """What a case came to: `said` is the kind of exception, empty for none."""

    said: str
    cpu_s: float
    megabytes: float


def weighed(work: Callable[[], object], cpu_s: int = CPU_S) -> Weight:
    """Do some work in a child that has everything loaded, and end it. Never raises for the work."""
    ours, theirs = os.pipe()
    child = os.fork()
    if not child:
        try:
            os.write(theirs, pickle.dumps(_done(work, cpu_s)))
        finally:
            os._exit(0)
    os.close(theirs)
    with os.fdopen(ours, "rb") as line:
        told = line.read()
    _, status = os.waitpid(child, 0)
    if not told:
        return Weight(f"ended by {os.waitstatus_to_exitcode(status)}", cpu_s, MEMORY / 1e6)
    weight = pickle.loads(told)  # noqa: S301  our own child
    assert isinstance(weight, Weight)
    return weight


def _done(work: Callable[[], object], cpu_s: int) -> Weight:
    gc.freeze()  # what the tests hold is not looked through anew for each case
    before = resource.getrusage(resource.RUSAGE_SELF)
    used = int(before.ru_utime + before.ru_stime)
    resource.setrlimit(resource.RLIMIT_CPU, (used + cpu_s, used + cpu_s))
    resource.setrlimit(resource.RLIMIT_AS, (_mapped() + MEMORY, resource.RLIM_INFINITY))
    try:
        work()
        said = ""
    except Exception as error:  # noqa: BLE001  whatever it is, it is told
        said = type(error).__name__
    after = resource.getrusage(resource.RUSAGE_SELF)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Weight(said, cpu, (after.ru_maxrss - before.ru_maxrss) / 1000)


def _mapped() -> int:
    with open("/proc/self/statm") as file:  # noqa: PTH123  a file of the kernel
        return int(file.read().split()[0]) * resource.getpagesize()
