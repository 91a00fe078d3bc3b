"""What can go wrong between the API server and the application controller."""


class LiveError(Exception):
    """Base: there is no answer from the controller; the text is for the user."""


class NotHeld(LiveError):
    """The controller does not hold what was asked for; the text says what and why."""


class Unavailable(LiveError):
    """The controller could not be reached, or took too long."""
