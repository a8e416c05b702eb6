"""Operations on HostSystem and the systems that belong to a host."""
