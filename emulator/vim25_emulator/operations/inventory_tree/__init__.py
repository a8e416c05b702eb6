"""Methods of ManagedEntity and its subtypes except VirtualMachine and HostSystem."""
