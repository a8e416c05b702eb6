"""What several operations do alike: power, placement, removal, devices, failures, the start of a secondary.

Nothing here is called by a client directly; operations decide who may ask for it.
"""
