"""Makes the wheel one for this platform: it carries the tool worker, a program. Called by hatchling at each build."""

import sysconfig
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

_MADE = {"argosy/_bin/tool_worker": "make worker", "argosy/_ui/index.html": "make ui"}
"""What a wheel must carry that is not checked in, and the command that makes it."""


class PlatformHook(BuildHookInterface[Any]):
    """Checks that everything is there, and names the platform in the wheel's tag."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Raise `FileNotFoundError` if a part is missing; an editable installation finds them later."""
        if version == "editable":
            return
        for name, command in _MADE.items():
            if not (Path(self.root) / name).is_file():
                raise FileNotFoundError(f"{name} is missing; run `{command}` before the wheel is built")
        # The worker is linked statically and Argosy itself is Python: any Python 3, this system and processor.
        platform = sysconfig.get_platform().replace("-", "_").replace(".", "_")
        build_data["pure_python"] = False
        build_data["tag"] = f"py3-none-{platform}"
