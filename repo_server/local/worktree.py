"""Which repository a folder on disk belongs to: where its work tree begins, and the URLs of its remotes.

Read from `.git` without running git: a configuration that came with the folder starts nothing. Used by the offline
commands to take sources of that repository from the folder.
"""

import re
from collections.abc import Iterator
from pathlib import Path

_MARK = ".git"
_LARGEST_CONFIGURATION = 1024 * 1024
_SECTION = re.compile(r'\s*\[\s*(?P<section>[\w.-]+)(?:\s+"(?P<name>(?:[^"\\]|\\.)*)")?\s*\]\s*(?P<rest>.*)')
_URL = re.compile(r"\s*url\s*=\s*(?P<url>.*?)\s*", re.IGNORECASE)
_COMMENT = re.compile(r"\s[#;].*")


def top(folder: Path) -> Path | None:
    """Return the top of the work tree that a folder is in, None if it is in none."""
    return next((each for each in (folder, *folder.parents) if (each / _MARK).exists()), None)


def remotes(top: Path) -> tuple[str, ...]:
    """Return the URLs of a work tree's remotes as its configuration has them; none if it cannot be read."""
    try:
        with (_common_folder(top / _MARK) / "config").open("rb") as file:
            text = file.read(_LARGEST_CONFIGURATION).decode("utf-8", "replace")
    except OSError:
        return ()
    return tuple(_urls(text))


def _common_folder(mark: Path) -> Path:
    """Return the repository's folder; that of another work tree is named by files of one line."""
    if mark.is_dir():
        return mark
    folder = mark.parent / mark.read_text(encoding="utf-8").removeprefix("gitdir:").strip()
    common = folder / "commondir"
    return folder / common.read_text(encoding="utf-8").strip() if common.exists() else folder


def _urls(text: str) -> Iterator[str]:
    remote = False
    for line in text.splitlines():
        section = _SECTION.fullmatch(line)
        if section is not None:
            remote = section["section"].lower() == "remote" and section["name"] is not None
        setting = _URL.fullmatch(section["rest"] if section is not None else line)
        if remote and setting is not None:
            yield _COMMENT.sub("", setting["url"]).strip().strip('"')
