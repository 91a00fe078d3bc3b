"""Which proof must the commits of a source give before they are rendered? Rules 2.79 to 2.82.

Comes in: a project, a source and the known public keys. Goes out: the policy that the repo server enforces, or None.
Called for each source of a request. Only Git is verified: charts and OCI artifacts are not.
"""

from argosy.engine import globs
from argosy.engine.model.project import GitPolicy, Project, SourceIntegrityRepository
from argosy.engine.model.rendering import Integrity
from argosy.engine.model.source import Source
from argosy.engine.settings import urls


def required(project: Project, source: Source, *, keyring: tuple[str, ...]) -> Integrity | None:
    """Return what the commits of the source must prove, None if nothing: the first policy that is about it decides."""
    if source.chart or source.repo_url.lower().startswith("oci://"):
        return None
    spec = project.spec
    if spec.source_integrity is None or spec.source_integrity.git is None:
        legacy = tuple(key.key_id for key in spec.signature_keys)
        return Integrity("head", legacy, keyring) if legacy else None
    url = urls.normalised(source.repo_url)
    policy = next((each for each in spec.source_integrity.git.policies if _is_about(each, url)), None)
    if policy is None or policy.gpg is None or policy.gpg.mode == "none":
        return None
    return Integrity(policy.gpg.mode, policy.gpg.keys, keyring)


def ignored(project: Project) -> str | None:
    """Return what of the project's rules is not obeyed and why, None if all is: something to be logged as an error."""
    spec = project.spec
    if not spec.signature_keys or spec.source_integrity is None or spec.source_integrity.git is None:
        return None
    return (
        f"project {project.metadata.name}: spec.signatureKeys is ignored, because spec.sourceIntegrity.git is set; "
        "make it one of its policies, or take it out"
    )


def _is_about(policy: GitPolicy, url: str) -> bool:
    """Return whether one entry names the repository and none excludes it with `!`; `*` goes across `/`."""
    excluded = any(_matches(each, url) for each in policy.repos if each.url.startswith("!"))
    return not excluded and any(_matches(each, url) for each in policy.repos if not each.url.startswith("!"))


def _matches(entry: SourceIntegrityRepository, url: str) -> bool:
    return globs.matches(urls.normalised(entry.url.removeprefix("!")), url)
