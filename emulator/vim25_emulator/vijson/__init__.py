"""The VI/JSON binding: its codec, and the description of what it serves."""
