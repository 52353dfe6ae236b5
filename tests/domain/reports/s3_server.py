"""An S3 server that nobody here has written, on loopback: rclone's, which checks signatures."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

KEY_ID, SECRET = "AKIACONTOSO", "canary/secret+of=S3"


@contextmanager
def s3_server(folder: Path) -> Iterator[str]:
    """Serve the folders below `folder` as buckets; gives the endpoint."""
    process = subprocess.Popen(
        [Path(sys.executable).parent / "rclone", "serve", "s3", folder, "--addr", "127.0.0.1:0"],
        env={**os.environ, "RCLONE_AUTH_KEY": f'"{KEY_ID},{SECRET}"', "RCLONE_CONFIG": os.devnull},
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr
    try:
        said = iter(process.stderr.readline, "")
        found = (re.search(r"server on \[(http://[^/\]]+)", line) for line in said)
        yield next(match[1] for match in found if match)
    finally:
        process.terminate()
        process.communicate(timeout=10)
