"""What was rendered before, found again by what was read and not by commit.

`footprint` says what a render depended on and whether it still holds, `shelf` keeps bytes on disk, `renders` finds and
keeps renders with both, `failures` remembers what could not be rendered.
"""
