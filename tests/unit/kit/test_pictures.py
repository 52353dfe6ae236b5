"""Of a picture only the picture goes on, and which way up it is; read back by another reader."""

from __future__ import annotations

import io
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageCms, PngImagePlugin

from hearwell.kit.pictures import DamagedError, without_metadata
from tests.pictures import DEVICE, PLACE, WHEN, photo, picture, scene

KINDS = ("JPEG", "PNG", "WEBP")
XMP = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:li>Anna Berg, Karl-Marx-Allee 1</rdf:li>'
ICC = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
TOLD = (PLACE.encode(), DEVICE.encode(), WHEN.encode(), b"Anna Berg", b"Contoso")
TURN = 0x0112


def mime(kind: str) -> str:
    return f"image/{kind.lower()}"


def bare(body: bytes, kind: str) -> bytes:
    return without_metadata(body, mime(kind))


def seen(body: bytes) -> Image.Image:
    return Image.open(io.BytesIO(body))


def pixels(body: bytes) -> list[bytes]:
    """Every frame as it is drawn, before it is turned."""
    shown, frames = seen(body), []
    for number in range(getattr(shown, "n_frames", 1)):
        shown.seek(number)
        frames.append(shown.convert("RGBA").tobytes())
    return frames


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("turn", [0, 1, 3, 6, 8])
def test_a_photo_keeps_its_pixels_and_its_way_up_and_tells_nothing(kind: str, turn: int) -> None:
    body = photo(kind, turn)
    assert all(word in body for word in TOLD if word != b"Anna Berg"), "the test's own photo"
    kept = bare(body, kind)
    assert not [word for word in TOLD if word in kept]
    assert pixels(kept) == pixels(body)
    assert dict(seen(kept).getexif()) == ({TURN: turn} if turn > 1 else {})
    assert bare(kept, kind) == kept


@pytest.mark.parametrize("kind", KINDS)
def test_what_programs_write_beside_a_picture_goes_and_its_colours_stay(kind: str) -> None:
    more: dict[str, object] = {"icc_profile": ICC}
    if kind == "PNG":
        notes = PngImagePlugin.PngInfo()
        notes.add_text("Author", "Anna Berg")
        notes.add_itxt("XML:com.adobe.xmp", XMP.decode())
        notes.add_text("Comment", "by Anna Berg", zip=True)
        more["pnginfo"] = notes
    else:
        more["xmp"] = XMP
    if kind == "JPEG":
        more |= {"comment": b"by Anna Berg", "progressive": True, "quality": 95}
    body = photo(kind, **more)
    kept = bare(body, kind)
    assert not [word for word in TOLD if word in kept]
    assert pixels(kept) == pixels(body)
    assert seen(kept).info["icc_profile"] == ICC
    assert set(seen(kept).info) <= {
        "icc_profile", "exif", "dpi", "jfif", "jfif_version", "jfif_unit", "jfif_density",
        "progressive", "progression", "loop", "background", "timestamp", "duration",
    }  # fmt: skip


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "GIF"])
def test_what_moves_goes_on_moving(kind: str) -> None:
    frames = [scene(), scene().rotate(90), scene().rotate(180)]
    more: dict[str, object] = {"comment": b"by Anna Berg"} if kind == "GIF" else {"exif": b""}
    out = io.BytesIO()
    frames[0].save(out, kind, save_all=True, append_images=frames[1:], duration=120, loop=0, **more)
    kept = bare(out.getvalue(), kind)
    assert b"Anna Berg" not in kept
    assert pixels(kept) == pixels(out.getvalue())
    assert (seen(kept).n_frames, seen(kept).info["loop"]) == (3, 0)  # type: ignore[attr-defined]


@pytest.mark.parametrize("kind", [*KINDS, "GIF"])
def test_what_lies_behind_a_picture_goes_with_the_rest(kind: str) -> None:
    """A phone puts a film there; programs that crop have left what was cropped away."""
    body = io.BytesIO()
    scene().save(body, kind)
    hidden = body.getvalue() + b"\0\0\0\x18ftypmp42" + b"Anna Berg" * 20
    kept = bare(hidden, kind)
    assert b"Anna" not in kept
    assert pixels(kept) == pixels(body.getvalue())


def test_a_thumbnail_in_the_head_goes() -> None:
    body = photo()
    thumb = b"\xff\xe0" + struct.pack(">H", 16 + 12) + b"JFIF\0\x01\x02\0\0\x01\0\x01\x02\x02"
    rest = body[2 + 2 + struct.unpack(">H", body[4:6])[0] :]
    kept = bare(b"\xff\xd8" + thumb + b"Anna Berg\0\0\0" + rest, "JPEG")
    assert b"Anna" not in kept
    assert pixels(kept) == pixels(body)


def test_a_gigantic_picture_costs_what_its_bytes_cost() -> None:
    head = bytearray(picture(side=2))
    head[16:24] = struct.pack(">II", 2**31 - 1, 2**31 - 1)
    assert without_metadata(bytes(head), "image/png") == bytes(head)


def test_other_files_are_left_alone() -> None:
    for body, kind in ((b"%PDF-1.7", "application/pdf"), (b"", "application/octet-stream")):
        assert without_metadata(body, kind) == body


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("JPEG", b"\xff\xd8\xff\xe0" + b"x" * 60),
        ("JPEG", b"\xff\xd8\xff\xd9"),
        ("JPEG", photo()[:100]),
        ("PNG", b"\x89PNG\r\n\x1a\n"),
        ("PNG", picture()[:60]),
        ("WEBP", b"RIFF\x04\0\0\0WEBP"),
        ("WEBP", photo("WEBP")[:60]),
        ("GIF", b"GIF89a"),
        ("GIF", b"GIF89a" + b"\0" * 7 + b";"),
    ],
)
def test_what_is_no_whole_picture_does_not_go_on_as_one(kind: str, body: bytes) -> None:
    with pytest.raises(DamagedError):
        bare(body, kind)


@given(st.sampled_from([*KINDS, "GIF"]), st.data())
def test_broken_pictures_are_refused_or_bare(kind: str, data: st.DataObject) -> None:
    """Whatever was changed in it: no other trouble, and doing it twice changes nothing more."""
    whole = bytearray(photo(kind))
    for _ in range(data.draw(st.integers(1, 8))):
        whole[data.draw(st.integers(8, len(whole) - 1))] = data.draw(st.integers(0, 255))
    try:
        kept = bare(bytes(whole), kind)
    except DamagedError:
        return
    assert bare(kept, kind) == kept
