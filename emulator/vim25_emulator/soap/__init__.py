"""SOAP: the codec between values and XML, the WSDL and the schemas.

It knows the registry's types and nothing of a vCenter's behavior; requests and answers are bytes here.
"""
