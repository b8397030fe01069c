"""Writes constraints.txt: `make pins` keeps what is pinned and pins what is new, for every system and Python.

`make pins UPGRADE=--upgrade` takes the newest of everything. The extra `bench` is not pinned: it is only measured
against, and would hold back what users get.
"""

import subprocess
import sys

from licences import ROOT, extras

_COMPILE = ("pip", "compile", "-q", "--universal", "--python-version", "3.11", "--no-annotate", "--no-header")
NOT_PINNED = ("bench",)


def main() -> int:
    """Resolve all that is installed together, so that any of it fits with any other."""
    asked = [argument for extra in extras() if extra not in NOT_PINNED for argument in ("--extra", extra)]
    line = [sys.executable, "-m", "uv", *_COMPILE, *asked, *sys.argv[1:], "pyproject.toml", "-o", "constraints.txt"]
    return subprocess.run(line, cwd=ROOT, stdout=subprocess.DEVNULL).returncode


if __name__ == "__main__":
    sys.exit(main())
