"""The properties of hosts, virtual machines, disks and licenses in each of their states.

Builders take plain values and return data objects or managed objects. Primitive changes update every property
that shows the same fact. Every question about an object has one predicate, here.
"""
