"""What is fetched over HTTP: bounded in size and time, and only who may know them is told credentials."""
