"""What is not enforced yet refuses a sync in words, and nothing else does."""

import pytest

from argosy.engine import operation_state, unsupported
from argosy.engine.model import application as application_model
from argosy.engine.model import project
from argosy.engine.model.operation import Operation, SyncOperation
from argosy.engine.model.source import Source

GPG = {"git": {"policies": [{"repos": [{"url": "*"}], "gpg": {"mode": "head", "keys": ["A"]}}]}}


@pytest.mark.parametrize(
    ("spec", "sync", "words"),
    [
        ({}, SyncOperation(), None),
        ({"sourceIntegrity": {}}, SyncOperation(), None),
        (
            {"syncWindows": [{"kind": "deny", "schedule": "* * * * *", "duration": "1h"}]},
            SyncOperation(),
            "sync windows",
        ),
        ({"signatureKeys": [{"keyID": "4AEE18F83AFDEB23"}]}, SyncOperation(), None),
        ({"sourceIntegrity": GPG}, SyncOperation(), None),
        ({"sourceIntegrity": GPG}, SyncOperation(manifests=("{}",)), "local manifests"),
        ({}, SyncOperation(manifests=("{}",)), "local manifests"),
    ],
)
def test_reason(spec: dict, sync: SyncOperation, words: str | None) -> None:
    read = project.read({"metadata": {"name": "p"}, "spec": spec})
    reason = unsupported.reason(read, Operation(sync=sync))
    assert reason is None if words is None else words in (reason or "")


def test_a_rollback_brings_its_own_source() -> None:
    raw = {"project": "p", "destination": {"server": "s"}, "source": {"repoURL": "u", "path": "now"}}
    application = application_model.read({"metadata": {"name": "a"}, "spec": raw})
    before = Source("u", "before")
    rolled_back = operation_state.wanted(application, Operation(sync=SyncOperation(source=before)))
    assert rolled_back.sources == (before,)
    assert operation_state.wanted(application, Operation(sync=SyncOperation())) is application
