"""The kernel: from a request to an operation, and what a vCenter holds besides its inventory.

Dispatch makes the checks that every call passes, in one order; sessions, rights, history, property collectors
and views are registries that operations read and change.
"""
