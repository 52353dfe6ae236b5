#!/bin/sh
# Make the virtual environment with a Python that is new enough, and put uv into it.
# Usage: make-venv.sh FOLDER UV_VERSION     (PYTHON= names the interpreter to use)
set -eu
folder=$1
uv_version=$2

is_new_enough() {
    "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null
}

find_python() {
    if [ -n "${PYTHON:-}" ]; then
        is_new_enough "$PYTHON" && echo "$PYTHON"
        return
    fi
    for name in python3 python3.14 python3.13 python3.12 python3.11; do
        if is_new_enough "$name"; then
            echo "$name"
            return
        fi
    done
}

python=$(find_python || true)
if [ -z "$python" ]; then
    echo "Hearwell needs Python 3.11 or newer, and ${PYTHON:-python3} is not: install one and say PYTHON=python3.11 make up" >&2
    exit 1
fi
if ! is_new_enough "$folder/bin/python"; then
    if ! "$python" -m venv "$folder"; then
        echo "$python cannot make virtual environments: install its venv package (Debian: apt-get install python3-venv)" >&2
        exit 1
    fi
fi
"$folder/bin/python" -m pip install --quiet --disable-pip-version-check "uv==$uv_version"
