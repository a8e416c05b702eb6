"""The VI/JSON binding: the codec of its values, and the paths of its requests.

`json_encoder` and `json_decoder` are the entrance to the codec, as in `soap/`.
"""
