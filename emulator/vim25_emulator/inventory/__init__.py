"""The state of the vCenter: managed objects, their properties, and one journal of every change.

Nothing here knows what a property means. Tasks, events, views and property filters all learn of changes
from the journal, and the cost of a change does not grow with the number of objects.
"""
