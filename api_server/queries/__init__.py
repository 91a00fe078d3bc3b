"""What may be read: one noun per file. Every query asks for permission before it answers."""
