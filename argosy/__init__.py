"""The library that Argosy's processes share: engine, wire, gateways and the command line."""
