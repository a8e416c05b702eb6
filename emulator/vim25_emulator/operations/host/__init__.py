"""Methods of HostSystem and of every other Host* type."""
