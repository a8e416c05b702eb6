"""The VI/JSON binding: the codec of its values, the paths of its requests, and its description.

`json_encoder` and `json_decoder` are the entrance to the codec, as in `soap/`.
"""
