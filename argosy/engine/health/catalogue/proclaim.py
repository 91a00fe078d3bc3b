"""Proclaim: instances of DNS-SD services. Source: github.com/dogmatiq/proclaim, the conditions of its `crd` package.

An instance is adopted by a provider, advertised through it, and discoverable in the end. An error of discovery is one
of whoever looks, so that nothing is known of the instance.
"""

from argosy.engine.health.form import (
    Behind,
    Rule,
    degraded,
    false,
    first_of,
    has,
    healthy,
    otherwise,
    progressing,
    true,
    unknown,
)

_ADOPTED = "{conditions[Adopted].message}"
_ADVERTISED = "{conditions[Advertised].message}"
_DISCOVERABLE = "{conditions[Discoverable].message}"
_INSTANCE = first_of(
    degraded(false("Adopted"), _ADOPTED),
    progressing(false("Advertised", "RecordsDeleted"), _ADVERTISED),
    degraded(false("Advertised"), _ADVERTISED),
    degraded(unknown("Advertised", "AdvertiseError", "UnadvertiseError"), _ADVERTISED),
    progressing(Behind("conditions[Discoverable].observedGeneration"), "Waiting for the instance to be discovered"),
    Rule("Unknown", unknown("Discoverable"), _DISCOVERABLE),
    Rule("Unknown", false("Discoverable", "DiscoveryError"), _DISCOVERABLE),
    healthy(true("Discoverable"), _DISCOVERABLE),
    progressing(has("conditions[Discoverable]"), _DISCOVERABLE),
    progressing(has("conditions[Advertised]"), _ADVERTISED),
    progressing(has("conditions[Adopted]"), _ADOPTED),
    otherwise("Progressing", "Waiting for a provider to adopt the instance"),
)

TABLE = {"proclaim.dogmatiq.io/DNSSDServiceInstance": _INSTANCE}
