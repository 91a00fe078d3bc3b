"""What we applied last, as far as it is known: it tells values that nobody has touched since."""

from dataclasses import dataclass

from argosy.engine.model.resource import Manifest
from argosy.engine.rendered import fingerprint


@dataclass(slots=True)
class Applied:
    """Whether the desired manifest is the one that we applied last; `fingerprint` is that one's, empty if not known."""

    desired: Manifest
    fingerprint: str
    _known: bool | None = None

    def is_desired(self) -> bool:
        """Return whether it certainly is. Reckoned when it is first asked for: most objects never need it."""
        if self._known is None:
            self._known = bool(self.fingerprint) and fingerprint(self.desired) == self.fingerprint
        return self._known
