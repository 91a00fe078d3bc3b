"""Builds the controller from its settings; the only module of it that imports a concrete gateway."""
