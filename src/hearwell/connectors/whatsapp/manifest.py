"""What WhatsApp is and allows to a business number on the Cloud API.

Figures that only third parties tell, or that change without notice, stand here with a word about
their source and nowhere else.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from hearwell.connect.manifest import (
    Auth,
    Changes,
    Idempotency,
    Manifest,
    RateLimit,
    ReadBack,
    ReplyWindow,
)
from hearwell.connect.mediarule import VIDEO, MediaLimit
from hearwell.connect.model import Audience, MessageKind
from hearwell.connect.terms import AccessLevel
from hearwell.connect.textrule import CodePoints
from hearwell.connectors.meta.wire import GRAPH_HOST, VERSION

# Where the addresses of media lead; they want the token, too.
MEDIA_HOST: Final = "lookaside.fbsbx.com"
TEXT_LIMIT, CAPTION_LIMIT = 4096, 1024
# A template's words with everything filled in.
TEMPLATE_LIMIT: Final = 1024
_MB = 1024 * 1024
IMAGE_BYTES, FILM_BYTES, FILE_BYTES = 5 * _MB, 16 * _MB, 100 * _MB
IMAGES: Final = frozenset({"image/jpeg", "image/png"})
FILMS: Final = frozenset({"video/mp4"})
# Text, Word, Excel and PowerPoint are taken as well, but their bytes do not tell them apart.
FILES: Final = frozenset({"application/pdf"})
MESSAGING: Final = "whatsapp_business_messaging"
MANAGEMENT: Final = "whatsapp_business_management"

MANIFEST = Manifest(
    network="whatsapp",
    title="WhatsApp",
    icon="phone",
    auth=Auth.TOKEN,
    hosts=frozenset({GRAPH_HOST, MEDIA_HOST}),
    public_text=CodePoints(TEXT_LIMIT),
    private_text=CodePoints(TEXT_LIMIT),
    kinds=frozenset({MessageKind.DM}),
    reply_audiences=frozenset({Audience.PRIVATE}),
    # One file a message. A sound has no place for words beside it, so none is sent.
    media=(
        MediaLimit("image", 1, IMAGE_BYTES, IMAGES),
        MediaLimit(VIDEO, 1, FILM_BYTES, FILMS),
        MediaLimit("file", 1, FILE_BYTES, FILES),
    ),
    most_media=1,
    caption=CodePoints(CAPTION_LIMIT),
    windows=(ReplyWindow(Audience.PRIVATE, timedelta(hours=24)),),
    # 80 a second for a number, 20 where it is used with the phone app, too (told by third parties).
    rates=(RateLimit("send", 80, 1), RateLimit("send", 1, 6, "user")),
    # Told only of numbers that are used with the phone app, too.
    edits=Changes.PUSHED,
    deletions=Changes.PUSHED,
    # What is said in the phone app is told (smb_message_echoes); what the API says is not.
    has_echo=False,
    idempotency=Idempotency.NONE,
    read_back=ReadBack.NONE,
    uses_initials=False,
    is_by_contract=True,
    access=(
        AccessLevel(
            key="test",
            title="Test number",
            allows="Messages to and from up to five phone numbers that you list.",
            how="Add the product WhatsApp to an app of yours at Meta; it brings a test number.",
            url="https://developers.facebook.com/docs/whatsapp/cloud-api/get-started",
        ),
        AccessLevel(
            key="number",
            title="Your own number",
            allows="Everybody may write to you. You may begin with 250 people a day by template.",
            how="Add your number in WhatsApp Manager, confirm it by call or message, and have its "
            "display name approved.",
            url="https://business.facebook.com/wa/manage/phone-numbers/",
        ),
        AccessLevel(
            key="verified",
            title="Verified business",
            allows="2,000 people a day and more by template, rising with good quality.",
            how="Verify the business in Meta's Security Centre.",
            url="https://business.facebook.com/settings/security",
        ),
    ),
    versions=(VERSION,),
)
