"""Compress objects that resemble each other: those of one kind of one cluster. Called by `live` for each object kept.

Two Deployments have most of their bytes in common. What they share is told once, as the dictionary that zlib starts
from, so that each takes a third of what it takes alone, in less than half of the time (docs/limits.md has figures).
"""

import zlib
from collections.abc import Sequence

# Measured on Pods, Deployments, ConfigMaps: with a window of 8 kB the state that is copied for each object is small,
# and a larger dictionary, a larger window or a higher level saves less than it costs.
_WINDOW = -13
_MEMORY = 5
_LEVEL = 1
_DICTIONARY_BYTES = 8000
_EXAMPLES = 4


class Packer:
    """Compresses and decompresses with one dictionary; may be used by several threads."""

    def __init__(self, examples: Sequence[bytes] = ()) -> None:
        dictionary = _dictionary(examples)
        self._compressor = zlib.compressobj(_LEVEL, zlib.DEFLATED, _WINDOW, _MEMORY, zdict=dictionary)
        self._decompressor = zlib.decompressobj(_WINDOW, zdict=dictionary)

    def pack(self, plain: bytes) -> bytes:
        """Return the bytes, compressed."""
        compressor = self._compressor.copy()
        return compressor.compress(plain) + compressor.flush()

    def unpack(self, packed: bytes) -> bytes:
        """Return what was compressed by `pack` of this very packer."""
        return self._decompressor.copy().decompress(packed)


def _dictionary(examples: Sequence[bytes]) -> bytes:
    """Return a few of the examples, spread over all of them, the largest last: what is near is cheapest to refer to."""
    step = max(1, len(examples) // _EXAMPLES)
    chosen = sorted(examples[::step][:_EXAMPLES], key=len)
    return b"".join(chosen)[-_DICTIONARY_BYTES:]


PLAIN = Packer()
"""For objects that are too few to learn from."""
