"""Operations on VirtualMachine and VirtualMachineSnapshot, and the registration of machines."""
