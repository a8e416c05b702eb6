"""The state of the vCenter: managed objects, their properties, and one journal of all changes.

Nothing here depends on the meaning of a property. Tasks, events, views and property filters all observe
changes through the journal, and the cost of a change does not grow with the number of objects.
"""
