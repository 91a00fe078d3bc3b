"""What git writes down of a conversation over http says what was answered, and for how long to stay away."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from repo_server.git import trace
from repo_server.git.trace import Answer

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
WRITTEN = """\
03:04:05.1 http.c:725              == Info: Connected to git.example.org (192.0.2.1) port 443 (#0)
03:04:05.1 http.c:684              => Send header: CONNECT git.example.org:443 HTTP/1.1
03:04:05.1 http.c:684              <= Recv header: HTTP/1.1 200 Connection established
03:04:05.1 http.c:684              => Send header: GET /team/app/info/refs?service=git-upload-pack HTTP/2
03:04:05.1 http.c:684              => Send header: authorization: <redacted>
03:04:05.2 http.c:672              <= Recv header, 0000000017 bytes (0x00000011)
03:04:05.2 http.c:684              <= Recv header: HTTP/2 401
03:04:05.2 http.c:684              <= Recv header: retry-after: 9
03:04:05.2 http.c:684              => Send header: POST /team/app/git-upload-pack HTTP/2
03:04:05.3 http.c:684              <= Recv header: HTTP/2 307
03:04:05.3 http.c:684              <= Recv header: Location: /elsewhere
"""


def test_answers_are_read_in_order_with_what_was_asked():
    assert trace.answers(WRITTEN) == (
        Answer(path="", status=200),
        Answer(path="/team/app/info/refs?service=git-upload-pack", status=401, headers={"retry-after": "9"}),
        Answer(path="/team/app/git-upload-pack", status=307, headers={"location": "/elsewhere"}),
    )


@pytest.mark.parametrize(
    ("status", "header", "seconds"),
    [
        (429, "30", 30),
        (503, "0", 0),
        (403, "7", 7),
        (429, "", 0),
        (429, "soon", 0),
        (429, "-5", 0),
        (429, "1.5", 0),
        (429, "999999999999999999", 3600),
        (429, "Fri, 02 Jan 2026 03:05:05 GMT", 60),
        (429, "Fri, 02 Jan 2026 03:00:00 GMT", 0),
        (429, "Fri, 02 Jan 2099 03:00:00 GMT", 3600),
        (429, "Fri, 02 Jan 2026 03:05:05 -0000", 0),
        (200, "30", 0),
        (401, "30", 0),
        (301, "30", 0),
    ],
)
def test_a_host_says_how_long_to_stay_away(status: int, header: str, seconds: float):
    assert Answer(path="/", status=status, headers={"retry-after": header}).wait(NOW) == seconds


@pytest.mark.parametrize(("status", "goes"), [(301, "/x"), (308, "/x"), (304, ""), (200, ""), (500, "")])
def test_only_a_redirect_sends_elsewhere(status: int, goes: str):
    assert Answer(path="/", status=status, headers={"location": "/x"}).location == goes


@given(st.text())
def test_no_header_breaks_the_reading(header: str):
    text = f"x <= Recv header: HTTP/1.1 429 x\nx <= Recv header: Retry-After: {header}\nx <= Recv header: {header}"
    for answer in trace.answers(text):
        assert 0 <= answer.wait(NOW) <= 3600
