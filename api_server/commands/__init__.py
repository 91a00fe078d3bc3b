"""What may be changed: one noun per file. Every command asks for permission, checks, notes the intent, then writes."""
