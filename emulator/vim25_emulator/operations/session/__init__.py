"""Methods of SessionManager, AuthorizationManager and UserDirectory."""
