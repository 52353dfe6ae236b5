"""Static files under hashed names, also where one JavaScript module imports another."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedFiles(CompressedManifestStaticFilesStorage):  # type: ignore[misc] # untyped
    """WhiteNoise's storage; relative imports between ES modules get the hashed names too."""

    support_js_module_import_aggregation = True
