"""The language of the API: versions, types, values and their encodings.

Nothing here knows vCenter's behavior. Every type, property, method, privilege and declared fault is
read from pyVmomi's registry as data, so nothing of the API is written down twice.
"""
