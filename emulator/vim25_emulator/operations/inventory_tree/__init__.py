"""Operations on folders, datacenters, compute resources, resource pools, and on any ManagedEntity."""
