"""The outside: each folder has a port that everyone may import, and real ones that only `wiring` modules import."""
