"""Scenarios: YAML files that describe an inventory, and the inventories built from them.

`library`, `source`, `format`, `structure` and `validation` read and check files. `build` and
`machine_builder` create the objects, with the builders in `model`, which operations use, too.
"""
