"""What the field's own Go libraries compute for us: port, the pool of tool workers behind it, and its errors."""
