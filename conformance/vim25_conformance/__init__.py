"""Drive any vim25 endpoint with pyvmomi, record what it does, and report where it differs and from what."""
