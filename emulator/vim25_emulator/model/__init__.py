"""What objects look like: a host, a machine, a disk, a license in each of its states.

Builders take plain values and return data objects or managed objects; primitive changes keep everything true
that shows the same fact. Every question about an object has one predicate, here.
"""
