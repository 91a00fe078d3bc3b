"""List and fetch in one command: for a look at a remote of which somebody says that it has changed.

A listing followed by a fetch asks the remote twice; after a fetch of all branches and tags, our own refs are the
listing. Comes in: a mirror that has been fetched whole before. Goes out: its refs as the remote has them. Called by
`git.mirror`.
"""

from pathlib import Path

from repo_server.errors import Damaged
from repo_server.git import refs
from repo_server.git.command import Network
from repo_server.git.refs import Refs

_HEAD = "refs/mirrored/HEAD"
REFSPECS = ("+refs/heads/*:refs/heads/*", "+refs/tags/*:refs/tags/*", f"+HEAD:{_HEAD}")
"""What is fetched: all that the usual listing holds."""

_LISTED = ("refs/heads/", "refs/tags/", "HEAD")
_NOTHING = 1


async def refs_here(network: Network, folder: Path, *, before: Refs | None) -> Refs:
    """Return the mirror's refs; of what HEAD stands for, what was known `before` if it can still be so.

    Raises `Damaged`.
    """
    shown = await network.look(folder, ["show-ref", "--dereference"], {})
    if shown.status not in (0, _NOTHING):
        raise Damaged(shown.errors.strip()[-300:])
    lines: list[bytes] = []
    for line in shown.output.splitlines():
        identity, _, name = line.partition(b" ")
        name = name.replace(_HEAD.encode(), b"HEAD", 1)
        if name.startswith(tuple(map(str.encode, _LISTED))):
            lines.append(b"%s\t%s\n" % (identity, name))
    listed = refs.parse(b"".join(lines), whole=False)
    head = before.symbolic.get("HEAD", "") if before is not None else ""
    if head and listed.commits.get(head) == listed.commits.get("HEAD"):
        return Refs(commits=listed.commits, symbolic={"HEAD": head}, annotated=listed.annotated, whole=False)
    return listed
