"""A search that has not enough memory and goes on in files, beside the same one in memory.

    python bench/larger.py --size L --share 0.3 --threads 2 --json

The pipeline benchmark is searched in memory first; then with this share of the memory that the process had at most, and
with files in a folder for what has no room. Prints the results of both (see `bench/measure.py`), and `time_ratio` and
`memory_ratio` of the second to the first. The limit of memory is one that the search keeps by itself; the pages of
files that are mapped are not counted, as the system takes them back when it needs them. To be sure of that, run the program in a
control group.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path

if __package__ in (None, ""):  # run as a program: its siblings are found from the repository's folder
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench import measure
from bench.pipeline import SIZES


def main(arguments: list[str] | None = None) -> int:
    """Search twice, print, and return the exit status: 1 where the two do not agree."""
    parser = argparse.ArgumentParser(description="Compare a search in files with the same one in memory.")
    parser.add_argument("--size", choices=list(SIZES), default="L")
    parser.add_argument("--share", type=float, default=0.3, help="of the memory that the first search takes")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--folder", type=Path, help="for the files; else the system's folder for temporary files")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    options = parser.parse_args(arguments)
    command = ["pipeline.py", "--size", options.size, "--threads", str(options.threads)]
    within = measure.searched(*command)
    most = round(options.share * within["peak_rss"])
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        larger = measure.searched(*command, "--memory", str(most), "--disk", folder)
    result = {
        "benchmark": "larger",
        "size": options.size,
        "threads": options.threads,
        "share": options.share,
        "memory": most,
        "in_memory": within,
        "in_files": larger,
        "time_ratio": round(larger["seconds"] / within["seconds"], 2),
        "memory_ratio": round(larger["peak_rss"] / within["peak_rss"], 2),
    }
    if options.json:
        print(json.dumps(result))
    else:
        print(f"{'':12} {'states':>13} {'seconds':>9} {'peak (MB)':>10}")
        for name, row in (("in memory", within), ("in files", larger)):
            print(f"{name:12} {row['states']:13,} {row['seconds']:9.1f} {row['peak_rss'] / 1e6:10.0f}")
        print(f"{'ratio':12} {'':13} {result['time_ratio']:9.2f} {result['memory_ratio']:10.2f}")
    differing = [key for key in measure.SAME if within[key] != larger[key]]
    for key in differing:
        print(f"wrong: {key} is {within[key]} in memory and {larger[key]} in files", file=sys.stderr)
    return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(main())
