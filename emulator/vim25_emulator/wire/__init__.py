"""The wire: HTTP and TLS, the SOAP protocol, and the Spyne application that calls the vCenter.

Spyne provides the application, its descriptors, contexts, events and faults; uvicorn provides HTTP. The
protocol between them is ours: it reads and writes the same bytes as a real vCenter.
"""
