"""SOAP: the codec between values and XML, the WSDL and the schemas.

The codec depends on the registry's types, not on a vCenter's behavior; requests and responses are bytes.
"""
