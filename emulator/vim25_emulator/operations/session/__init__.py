"""Operations on sessions, users, roles and permissions."""
