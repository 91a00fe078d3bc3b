"""The JSON that crosses a process boundary, versioned; shared by the process that answers and those that ask."""
