"""Make sure that Debian packages are there: `python3 tools/build/debian.py git chromium`.

As root on Debian the missing ones are installed. Otherwise they are named, in one line, and the exit status is 1. A
package whose program of the same name is on PATH counts as there, however it was installed.
"""

import os
import shutil
import subprocess
import sys

import cache


def main() -> int:
    """Check the packages named on the command line and install what is missing."""
    missing = [package for package in sys.argv[1:] if not is_there(package)]
    if not missing:
        return 0
    names = " ".join(missing)
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return cache.fail(f"missing Debian packages: {names}; install them with: sudo apt-get install {names}")
    cache.say(f"installing Debian packages: {names}")
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (["update"], ["install", "--yes", "--no-install-recommends", *missing]):
        finished = subprocess.run(
            ["apt-get", "--quiet", "--quiet", *command], env=environment, stdout=sys.stderr, check=False
        )
        if finished.returncode != 0:
            return cache.fail(f"apt-get {command[0]} failed; packages wanted: {names}")
    return 0


def is_there(package: str) -> bool:
    """Tell whether the package is installed, or its program is."""
    if shutil.which(package):
        return True
    if not shutil.which("dpkg-query"):
        return False
    query = ["dpkg-query", "--show", "--showformat=${db:Status-Status}", package]
    return subprocess.run(query, capture_output=True, text=True, check=False).stdout == "installed"


if __name__ == "__main__":
    sys.exit(main())
