"""The rules of Fault Tolerance: admission checks, placement, forbidden operations, states of a pair.

It works on the objects of the inventory and knows no XML, no socket and no clock of its own. Rules are rows
of tables, each with its certainty: documented, observed, derived or contested.
"""
