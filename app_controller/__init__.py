"""The application controller: desired against live, then apply, and say what came of it."""
