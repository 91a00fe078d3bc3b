"""What runs: the destination clusters watched, every live object at hand, nothing asked twice."""
