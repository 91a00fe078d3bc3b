"""A registry that can be made to say anything: content under digests that it does not have, pages without end."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tests.repo_server.docker_registry import INDEX, LAYER, MANIFEST, Artifact, digest
from tests.repo_server.layers import layer
from tests.repo_server.scripted import Answer, Script, Scripted

FILES = {"a.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: good}\n"}


@dataclass(frozen=True)
class LyingRegistry:
    """The repository "app" on a scripted server."""

    server: Scripted

    @property
    def reference(self) -> str:
        """Where the repository is."""
        return f"oci://{self.server.host}/app"

    def tag(self, name: str, content: bytes, *, media_type: str = MANIFEST, said: str = "") -> str:
        """Put a manifest under a tag and its digest; `said` is what the registry says the digest is."""
        headers = {"Content-Type": media_type, "Docker-Content-Digest": said or digest(content)}
        for reference in (name, digest(content)):
            self.server.answers[f"/v2/app/manifests/{reference}"] = Answer(content, headers=headers)
        return digest(content)

    def blob(self, content: bytes, *, at: str = "", answer: Answer | Script | None = None) -> None:
        """Put a blob under its digest, or another."""
        self.server.answers[f"/v2/app/blobs/{at or digest(content)}"] = answer or Answer(content)

    def good(self, tag: str = "1.0.0", **changes: Any) -> str:
        """Put an artifact there that is as it should be, but for changes of its manifest."""
        content = layer(FILES)
        self.blob(content)
        self.blob(b"{}")
        manifest = json.loads(Artifact([(LAYER, content)]).manifest())
        return self.tag(tag, json.dumps({**manifest, **changes}).encode())

    def index(self, tag: str, manifests: Sequence[Mapping[str, Any]]) -> str:
        """Put an index under a tag."""
        return self.tag(tag, json.dumps({"schemaVersion": 2, "manifests": list(manifests)}).encode(), media_type=INDEX)


def wanting(answer: Answer, authorization: str, *, header: str) -> Script:
    """Answer only who is authorized; ask everybody else for it with a header."""
    return lambda asked: (
        answer
        if asked.authorization == authorization
        else Answer(b"{}", status=401, headers={"WWW-Authenticate": header})
    )
