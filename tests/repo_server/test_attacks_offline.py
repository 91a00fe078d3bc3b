"""Odd arguments of the offline commands get a sentence, and no traceback."""

import pytest

from argosy.cli import reading
from argosy.cli.errors import CommandError


@pytest.mark.parametrize("url", ["http://[::1", "https://", "http://a:b/", "http://127.0.0.1:99999/"])
def test_a_text_at_what_is_no_url_cannot_be_read(url: str):
    with pytest.raises(CommandError, match="cannot be read"):
        reading.read_text(url)
