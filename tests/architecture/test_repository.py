"""What is checked in: locks with hashes and without addresses, nothing large, documents whose links lead somewhere."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
LARGEST_FILE = 1_000_000


def tracked() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [ROOT / name for name in listed.split("\0") if name and (ROOT / name).exists()]


@pytest.mark.parametrize("name", ["runtime.txt", "dev.txt", "bootstrap.txt"])
def test_every_locked_requirement_has_a_hash_and_no_address(name: str) -> None:
    text = (ROOT / "requirements" / name).read_text()
    assert not re.search(r"https?://|--(extra-)?index-url|--find-links", text)
    requirements = re.findall(
        r"^[a-z0-9][^\n]*==[^\n]*\\\n(?:    --hash=sha256:[0-9a-f]{64}(?: \\)?\n)+", text, re.MULTILINE
    )
    assert len(requirements) == len(re.findall(r"^[a-z0-9].*==", text, re.MULTILINE))


def test_the_pages_lock_has_no_addresses() -> None:
    assert '"resolved"' not in (ROOT / "ui" / "package-lock.json").read_text()


def test_nothing_large_and_no_other_lock_is_tracked() -> None:
    files = tracked()
    assert [str(path) for path in files if path.stat().st_size > LARGEST_FILE] == []
    assert [str(path) for path in files if path.name == "uv.lock"] == []


@pytest.mark.parametrize("path", [path for path in tracked() if path.suffix == ".md"], ids=lambda path: path.name)
def test_links_of_documents_lead_somewhere(path: Path) -> None:
    targets = re.findall(r"\]\((?!https?://|#)([^)#]+)", path.read_text())
    assert [target for target in targets if not (path.parent / target).exists()] == []


def test_the_example_chart_repository_is_made_from_its_source() -> None:
    checked = subprocess.run(
        [sys.executable, ROOT / "tools" / "chart_repository.py", "--check"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert checked.returncode == 0, checked.stderr
