"""An application's spec as the command line writes it: options in, a new spec out; pure."""
