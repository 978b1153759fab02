"""Run a command and print what it cost: `launch.py ARGV...`, JSON on stdout.

A process inherits the peak memory of the one that started it, so something small must start it.
"""

from __future__ import annotations

import json
import os
import sys
import time


def main() -> None:
    """Print exit code, seconds on the wall, seconds of CPU and peak bytes."""
    begun = time.perf_counter()
    pid = os.fork()
    if not pid:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        os.execvp(sys.argv[1], sys.argv[1:])
    _, status, used = os.wait4(pid, 0)
    wall = time.perf_counter() - begun
    cpu = used.ru_utime + used.ru_stime
    print(json.dumps([os.waitstatus_to_exitcode(status), wall, cpu, used.ru_maxrss * 1024]))


if __name__ == "__main__":
    main()
