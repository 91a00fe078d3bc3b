"""Enter objects that are ours by their mark, and that the inventory does not know, as adopted. Called by `reconcile`.

It happens once per object: after the database was lost, or when an installation of Argo CD is taken over.
"""

from collections.abc import Iterable

from app_controller.admission import Place
from app_controller.compare import Remembered
from app_controller.observe.live import Live
from app_controller.work import Work
from argosy.gateways.store.changes import ClaimedObject, ClaimObjects


async def adopt(found: Iterable[Live], place: Place, work: Work, memory: Remembered) -> None:
    """Claim what a comparison found to be ours; nothing is read or written once all of it is known."""
    outside, server = work.outside, place.destination.server
    unknown = [live for live in found if live.key not in memory.known]
    if not unknown:
        return
    entries = await outside.store.inventory.owned_by(place.ref)
    memory.known = {entry.key for entry in entries if entry.cluster == server}
    adopted = tuple(ClaimedObject(live.key, live.uid) for live in unknown if live.key not in memory.known)
    if adopted:
        claim = ClaimObjects(place.ref, server, adopted, "adopted", outside.clock.now())
        await outside.store.commit(claim, epoch=outside.epoch)
        memory.known |= {each.key for each in adopted}
