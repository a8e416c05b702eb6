"""The JSON binding of vim25: its codec and the paths of its requests."""
