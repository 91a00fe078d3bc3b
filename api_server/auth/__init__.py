"""Who asks: passwords, session tokens, cookies, and where a request may come from."""
