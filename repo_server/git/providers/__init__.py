"""Hosts that lend a token to who proves himself otherwise: GitHub Apps, Google service accounts, Azure identities."""
