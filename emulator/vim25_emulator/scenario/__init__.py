"""Scenarios: situations written as YAML files, and the inventories built from them.

Reading and checking (`library`, `source`, `format`, `check`) knows files; building (`build` and a module per
managed object type) knows objects. The builders take plain values, so operations that create objects use
them too.
"""
