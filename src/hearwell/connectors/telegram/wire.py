"""One call to the Bot API, and what its answers mean.

The API tells errors by status (``error_code``) and, for 400, by its description only; what can be
acted on stands in ``parameters``. The token is part of every address: nothing here shows one.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final, cast
from urllib.parse import quote

import httpx

from hearwell.connect import failures
from hearwell.connect.answers import object_or_none
from hearwell.connectors.telegram.manifest import CAPTION_LIMIT, HOST, TEXT_LIMIT
from hearwell.kit import clock

# By the name of the field: what the file is called, its bytes, its type.
Files = Mapping[str, tuple[str, bytes, str]]
_NEVER_LEFT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
_FIRST_SERVER_ERROR: Final = 500
_LONGEST_WAIT_S: Final = 86_400
_BY_STATUS: Mapping[int, type[failures.Failure]] = {
    # An address with a token that never was is "not found".
    401: failures.NeedsReauth,
    404: failures.NeedsReauth,
    403: failures.NotAllowed,
    413: failures.MediaRejected,
}
_GONE = ("chat not found", "message to be replied not found", "message to delete not found",
         "message to react not found", "peer_id_invalid", "user not found")  # fmt: skip
_UNFIT = ("photo_invalid_dimensions", "image_process_failed", "photo_ext_invalid",
          "file is too big", "wrong file", "file must be non-empty")  # fmt: skip
_MOVED = "This group has moved. Answer the customer's next message: it comes from the new one."
_TWO_READERS = "Another program, or a webhook, already takes this bot's messages."


def _encoded(body: Mapping[str, Any], files: Files | None) -> dict[str, Any]:
    """As JSON; with a file as a form, in which what is no plain value is JSON."""
    if not files:
        return {"json": dict(body)}
    plain = {name: v if isinstance(v, str) else json.dumps(v) for name, v in body.items()}
    return {"data": plain, "files": dict(files)}


def call(
    client: httpx.Client, base_url: str, token: str, method: str, body: Mapping[str, Any]
) -> Any:
    """Ask: nothing can be half done, so whatever went wrong in transit is ``Unavailable``."""
    try:
        response = client.post(_url(base_url, token, method), json=dict(body))
    except httpx.TransportError as error:
        raise failures.Unavailable(network_code=type(error).__name__) from error
    if response.status_code >= _FIRST_SERVER_ERROR:
        raise failures.Unavailable(network_code=str(response.status_code))
    return _result(response)


def act(
    client: httpx.Client,
    base_url: str,
    token: str,
    method: str,
    body: Mapping[str, Any],
    files: Files | None = None,
) -> Any:
    """Do something, once. Any doubt about the outcome is said to be one."""
    try:
        response = client.post(_url(base_url, token, method), **_encoded(body, files))
    except _NEVER_LEFT as error:
        raise failures.Unavailable(network_code=type(error).__name__) from error
    except httpx.TransportError as error:
        raise failures.OutcomeUnknown(network_code=type(error).__name__) from error
    if response.status_code >= _FIRST_SERVER_ERROR:
        raise failures.OutcomeUnknown(network_code=str(response.status_code))
    try:
        return _result(response)
    except failures.ContractChanged as error:
        raise failures.OutcomeUnknown(network_code=str(response.status_code)) from error


def download(client: httpx.Client, base_url: str, token: str, path: str) -> bytes:
    """The bytes of a file by the path that ``getFile`` told."""
    address = f"{_server(base_url)}/file/bot{token}/{quote(path)}"
    try:
        response = client.get(address)
    except httpx.TransportError as error:
        raise failures.Unavailable(network_code=type(error).__name__) from error
    if response.status_code == httpx.codes.NOT_FOUND:
        raise failures.TargetGone(network_code="404")
    if response.status_code != httpx.codes.OK:
        raise failures.Unavailable(network_code=str(response.status_code))
    return response.content


def _url(base_url: str, token: str, method: str) -> str:
    return f"{_server(base_url)}/bot{token}/{method}"


def _server(base_url: str) -> str:
    return base_url.rstrip("/") or f"https://{HOST}"


def _result(response: httpx.Response) -> Any:
    body = object_or_none(response)
    if body is None:
        if response.status_code in _BY_STATUS:
            raise _BY_STATUS[response.status_code](network_code=str(response.status_code))
        raise failures.ContractChanged(network_code=str(response.status_code))
    if body.get("ok") is True and "result" in body:
        return body["result"]
    raise _failure(response.status_code, body)


def _failure(status: int, body: Mapping[str, Any]) -> failures.Failure:
    found = body.get("error_code")
    code = found if isinstance(found, int) else status
    given = body.get("parameters")
    parameters: Mapping[str, Any] = given if isinstance(given, dict) else {}
    words = str(body.get("description", "")).lower()
    if code == httpx.codes.TOO_MANY_REQUESTS:
        return _slow_down(parameters)
    if code == httpx.codes.CONFLICT:
        return failures.Refused(_TWO_READERS, network_code="409")
    if "migrate_to_chat_id" in parameters:
        return failures.TargetGone(_MOVED, network_code="400 migrate_to_chat_id")
    if code == httpx.codes.BAD_REQUEST:
        return _bad_request(words)
    if code >= _FIRST_SERVER_ERROR:
        return failures.ContractChanged(network_code=str(code))
    return _BY_STATUS.get(code, failures.Refused)(network_code=str(code))


def _slow_down(parameters: Mapping[str, Any]) -> failures.Failure:
    seconds = parameters.get("retry_after")
    is_said = isinstance(seconds, int) and 0 <= seconds <= _LONGEST_WAIT_S
    retry_at = clock.now() + timedelta(seconds=cast("int", seconds)) if is_said else None
    return failures.Throttled(retry_at, "account", network_code="429")


def _bad_request(words: str) -> failures.Failure:
    if any(sign in words for sign in _GONE):
        return failures.TargetGone(network_code="400")
    if any(sign in words for sign in _UNFIT):
        return failures.MediaRejected(network_code="400")
    if "caption is too long" in words:
        return failures.TooLong(CAPTION_LIMIT, 0, "utf16", network_code="400")
    if "message is too long" in words:
        return failures.TooLong(TEXT_LIMIT, 0, "utf16", network_code="400")
    return failures.Refused(network_code="400")
