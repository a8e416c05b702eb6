"""The domain of Fault Tolerance: what is checked, where a secondary goes, which states a pair passes.

It works on the inventory's objects and knows no XML, no socket and no clock of its own. Rules are rows of
tables, each with how sure it is: what documents say, what somebody saw, and what is derived from them.
"""
