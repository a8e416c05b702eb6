"""What the emulator costs, measured beside its neighbor vcsim on the same machine in the same minute.

Rules: both servers run at the same time and are asked in turns (A B A B …), so that a busy machine
slows both; a ratio is taken pair by pair and the median of the ratios is what counts; requests are
prepared bytes over one kept-alive TLS connection on loopback, so that the client's cost matters
little; every answer is checked, because a wrong answer is always fast; every loop has an end.
"""
