"""Which repository a folder on disk belongs to: where its work tree begins, and the URLs of its remotes.

Read from `.git` without running git: a configuration that came with the folder starts nothing. Used by the offline
commands to take sources of that repository from the folder.
"""

import errno
import os
import re
import stat
from collections.abc import Iterator
from pathlib import Path

_MARK = ".git"
_LARGEST = 1024 * 1024
_SECTION = re.compile(r'\s*\[\s*(?P<section>[\w.-]+)(?:\s+"(?P<name>(?:[^"\\]|\\.)*)")?\s*\]\s*(?P<rest>.*)')
_URL = re.compile(r"\s*url\s*=\s*(?P<url>.*?)\s*", re.IGNORECASE)
_COMMENT = re.compile(r"\s[#;].*")


def top(folder: Path) -> Path | None:
    """Return the top of the work tree that a folder is in, None if it is in none."""
    return next((each for each in (folder, *folder.parents) if (each / _MARK).exists()), None)


def remotes(top: Path) -> tuple[str, ...]:
    """Return the URLs of a work tree's remotes as its configuration has them; none if it cannot be read."""
    try:
        return tuple(_urls(_text(_common_folder(top / _MARK) / "config")))
    except OSError:
        return ()


def _common_folder(mark: Path) -> Path:
    """Return the repository's folder; that of another work tree is named by files of one line."""
    if mark.is_dir():
        return mark
    folder = mark.parent / _text(mark).removeprefix("gitdir:").strip()
    common = folder / "commondir"
    return folder / _text(common).strip() if common.exists() else folder


def _text(path: Path) -> str:
    """Return the text of a file, or its start. What is no file, such as a pipe, is not waited for."""
    with os.fdopen(os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC), "rb") as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(path))
        return file.read(_LARGEST).decode("utf-8", "replace").replace("\0", "")


def _urls(text: str) -> Iterator[str]:
    remote = False
    for line in text.splitlines():
        section = _SECTION.fullmatch(line)
        if section is not None:
            remote = section["section"].lower() == "remote" and section["name"] is not None
        setting = _URL.fullmatch(section["rest"] if section is not None else line)
        if remote and setting is not None:
            yield _COMMENT.sub("", setting["url"]).strip().strip('"')
