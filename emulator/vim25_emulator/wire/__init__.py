"""The wire: HTTP and TLS outside, SOAP between, requests to the vCenter inside.

Spyne gives the application, its descriptors, contexts, events and fault channel; uvicorn gives HTTP. What is
ours is the protocol between them, which reads and writes what a real vCenter does, byte for byte.
"""
