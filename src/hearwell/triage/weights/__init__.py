"""Makes somebody's sentence model ready for ``engine.embedding``: once, on the operator's word.

Needs the extra `embed-make` (onnx) beside `embed`. Nothing is downloaded: the model comes from a
folder or from an installed package, and no weights are part of Hearwell.
"""
