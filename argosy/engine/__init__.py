"""Decides what should be true and what to do about it: plain functions from plain values, no I/O of any kind."""
