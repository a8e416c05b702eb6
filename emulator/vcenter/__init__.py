"""The behaviour of each managed object type, one module per type.

A method is one small function; its name, parameters, result, privilege, declared faults and first version
come from the registry. Dispatch makes the checks that every call passes, in one order.
"""
