"""The JSON codec: the values of the API as the VI/JSON binding writes and reads them.

`json_encoder` and `json_decoder` are the entrance to it.
"""
