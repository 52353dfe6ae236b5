"""Signatures: AWS's own published examples, to the last character."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta, timezone

import pytest

from hearwell.kit.sigv4 import Signer, encoded

# "Authenticating Requests: Using the Authorization Header", Amazon S3 API reference.
SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
BY = Signer("AKIAIOSFODNN7EXAMPLE", SECRET, "us-east-1")
AT = datetime(2013, 5, 24, tzinfo=UTC)
NOTHING = hashlib.sha256(b"").hexdigest()
HOST = "examplebucket.s3.amazonaws.com"


def signature(signer, *arguments, **more):
    return signer.signed(*arguments, **more)["authorization"].rpartition("Signature=")[2]


def of_s3(method, path, sha256=NOTHING, query=None, **more):
    headers = {"Host": HOST, "x-amz-content-sha256": sha256} | {
        name.replace("_", "-"): value for name, value in more.items()
    }
    return signature(BY, method, path, headers, sha256, AT, query)


def test_a_file_that_is_put():
    sha256 = hashlib.sha256(b"Welcome to Amazon S3.").hexdigest()
    assert of_s3(
        "PUT", encoded("/test$file.text"), sha256,
        Date="Fri, 24 May 2013 00:00:00 GMT", x_amz_storage_class="REDUCED_REDUNDANCY",
    ) == "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd"  # fmt: skip


@pytest.mark.parametrize(
    ("path", "query", "more", "wanted"),
    [
        ("/test.txt", None, {"range": "bytes=0-9"},
         "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"),
        ("/", {"lifecycle": ""}, {},
         "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543"),
        ("/", {"prefix": "J", "max-keys": "2"}, {},
         "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7"),
    ],
)  # fmt: skip
def test_what_is_got(path, query, more, wanted):
    assert of_s3("GET", path, query=query, **more) == wanted


def test_another_service():
    # "get-vanilla" of AWS's suite of tests for Signature Version 4.
    signer = Signer(
        "AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", "us-east-1", "service"
    )
    at = datetime(2015, 8, 30, 12, 36, tzinfo=UTC)
    found = signer.signed("GET", "/", {"Host": "example.amazonaws.com"}, NOTHING, at)
    assert found["authorization"] == (
        "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, "
        "SignedHeaders=host;x-amz-date, "
        "Signature=5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"
    )
    assert found["x-amz-date"] == "20150830T123600Z"


def test_the_zone_of_the_clock_and_the_blanks_of_a_value_do_not_matter():
    east = AT.astimezone(timezone(timedelta(hours=5)))
    one = BY.signed("PUT", "/a", {"host": HOST, "x-note": "a b"}, NOTHING, AT)
    other = BY.signed("PUT", "/a", {"Host": HOST, "X-Note": " a   b "}, NOTHING, east)
    assert one["authorization"] == other["authorization"]


def test_a_path_is_encoded_once_and_its_slashes_stay():
    assert encoded("/b/workspace=é/+ %~") == "/b/workspace%3D%C3%A9/%2B%20%25~"


def test_a_signer_does_not_show_its_secret():
    assert SECRET not in repr(BY)
    assert "AKIAIOSFODNN7EXAMPLE" in repr(BY)
