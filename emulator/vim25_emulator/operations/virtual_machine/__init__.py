"""Methods of VirtualMachine and VirtualMachineSnapshot."""
