"""Benchmarks of the emulator beside vcsim, on the same machine at the same time.

Both servers run at the same time and requests alternate (A B A B …), so that a busy machine slows both. A
ratio is taken per pair, and the result is the median of the ratios. Requests are prepared bytes over one
kept-alive TLS connection on loopback, so that the client's cost hardly counts. Every response is checked,
because a wrong one is always fast. Every loop is bounded.
"""
