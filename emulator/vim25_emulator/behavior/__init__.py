"""Behavior shared by operations: power, placement, removal, devices, failures, the start of a secondary.

No client reaches it directly: operations check the call first.
"""
