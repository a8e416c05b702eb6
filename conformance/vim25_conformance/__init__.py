"""Drive any vim25 endpoint with pyvmomi, write down what it did, and say who differs from whom."""
