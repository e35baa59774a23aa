"""Run one command and print what it took, as a JSON object: seconds, processor seconds, peak memory, exit status.

    python -I -S bench/launch.py SECONDS OUTPUT COMMAND...

It is a program of its own, and imports little, because a process inherits the peak memory of the one that started it:
the smallest peak that can be told is that of this program, some 10 MB. The command's output goes to a file. Where it
takes longer than SECONDS it is killed, and `status` is null.
"""

import json
import os
import sys
import time


def main() -> int:
    limit, output, command = float(sys.argv[1]), sys.argv[2], sys.argv[3:]
    began = time.perf_counter()
    child = os.fork()
    if child == 0:
        sink = os.open(output, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        os.dup2(sink, 1)
        os.dup2(sink, 2)
        try:
            os.execvp(command[0], command)
        finally:
            os._exit(127)
    pause = 0.0005
    while True:
        done, status, usage = os.wait4(child, os.WNOHANG)
        seconds = time.perf_counter() - began
        if done:
            break
        if seconds > limit:
            os.kill(child, 9)
            _, _, usage = os.wait4(child, 0)
            status = None
            break
        time.sleep(pause)
        pause = min(pause * 1.2, 0.01)
    result = {
        "seconds": seconds,
        "cpu": usage.ru_utime + usage.ru_stime,
        "peak": usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024),
        "status": None if status is None else os.waitstatus_to_exitcode(status),
    }
    print(json.dumps(result))
    return 0


if __name__ == "__main__":
    sys.exit(main())
