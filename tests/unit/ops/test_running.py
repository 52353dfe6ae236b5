"""Only one house works on a data folder."""

from __future__ import annotations

import os
import stat

import pytest

from hearwell.ops.running import (
    AlreadyRunningError,
    FolderRefusedError,
    make_data_folder,
    only_one,
    running_on,
)


def test_the_second_is_told_who_and_where(tmp_path):
    with (
        only_one(tmp_path, "http://localhost:8000"),
        pytest.raises(AlreadyRunningError) as caught,
        only_one(tmp_path, "http://localhost:8001"),
    ):
        pass
    assert caught.value.running
    assert (caught.value.running.pid, caught.value.running.url) == (
        os.getpid(),
        "http://localhost:8000",
    )


def test_the_folder_is_free_again_afterwards(tmp_path):
    with only_one(tmp_path, "a"):
        pass
    assert running_on(tmp_path) is None
    with only_one(tmp_path, "b"):
        assert running_on(tmp_path)


def test_a_note_of_a_killed_process_keeps_nobody_out(tmp_path):
    (tmp_path / "up.json").write_text('{"pid": 1, "url": "http://old"}')
    with only_one(tmp_path, "new"):
        found = running_on(tmp_path)
    assert found
    assert found.url == "new"


def test_a_new_data_folder_is_private(tmp_path):
    make_data_folder(tmp_path / "deep" / "data")
    assert stat.S_IMODE((tmp_path / "deep" / "data").stat().st_mode) == 0o700


@pytest.mark.parametrize("mode", [0o700, 0o755, 0o1777])
def test_an_existing_folder_keeps_its_permissions(tmp_path, mode):
    folder = tmp_path / "data"
    folder.mkdir()
    folder.chmod(mode)
    make_data_folder(folder)
    assert stat.S_IMODE(folder.stat().st_mode) == mode


def test_a_folder_that_cannot_be_made_is_named(tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(FolderRefusedError, match="DATA="):
        make_data_folder(tmp_path / "file" / "data")
