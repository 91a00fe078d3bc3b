"""Nouns that two stages or more use: frozen values, and the typed models of the custom resources."""
