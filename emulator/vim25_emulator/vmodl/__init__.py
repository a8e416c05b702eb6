"""VMODL, the language of the API: versions, types, values and message texts.

Nothing here depends on vCenter's behavior. Every type, property, method, privilege and declared fault is
read from pyVmomi's registry as data, so no part of the API is defined twice.
"""
