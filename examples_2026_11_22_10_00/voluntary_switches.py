"""How often a thread has waited in the kernel."""

import resource


def voluntary_switches() -> int:
    """Count the voluntary context switches of the thread that calls it, so far."""
    return resource.getrusage(resource.RUSAGE_THREAD).ru_nvcsw
