"""What text messages are and what a Twilio-compatible service allows.

Figures: the provider's documents of 2026. What only others report is marked "reported"; change it
here when the provider says otherwise.
"""

from __future__ import annotations

from hearwell.connect.manifest import Auth, Idempotency, Manifest, RateLimit, ReadBack
from hearwell.connect.model import Audience, MessageKind
from hearwell.connect.smsrule import TextMessage
from hearwell.connect.terms import AccessLevel, ApiVersion, Price, Retention

BASE = "https://api.twilio.com"
SERVICES = "https://messaging.twilio.com"
VERSION = "2010-04-01"
# Of a whole message, however many segments it goes out in.
TEXT_LIMIT = 1_600
TRIAL, FULL = "trial", "full"
SEGMENT = "segment"
# So many are looked at when one of ours is looked for, or when a page of news is read.
PAGE = 50

MANIFEST = Manifest(
    network="sms",
    title="SMS",
    icon="message-square",
    auth=Auth.TOKEN,
    # Files of picture messages are handed out by the last two.
    hosts=frozenset(
        {"api.twilio.com", "messaging.twilio.com", "media.twiliocdn.com", "mms.twiliocdn.com"}
    ),
    public_text=TextMessage(TEXT_LIMIT),
    private_text=TextMessage(TEXT_LIMIT),
    kinds=frozenset({MessageKind.DM}),
    reply_audiences=frozenset({Audience.PRIVATE}),
    # One segment a second leaves a plain number; short codes and paid throughput take more
    # (reported).
    rates=(RateLimit("send", 1, 1, "number"),),
    # What was sent from the same number by other software, when we look again.
    has_echo=True,
    idempotency=Idempotency.NONE,
    # A message that is found is proof; how far the list may trail is not written.
    read_back=ReadBack.HINT,
    read_lag_s=5.0,
    poll_every_s=60.0,
    uses_initials=False,
    is_by_contract=True,
    access=(
        AccessLevel(
            TRIAL,
            "Trial account",
            "Receiving, and sending to numbers that you have verified with the provider.",
            "Open to everybody who signs up.",
            "https://www.twilio.com/docs/usage/tutorials/how-to-use-your-free-trial-account",
        ),
        AccessLevel(
            FULL,
            "Paid account",
            "Sending to anybody in the countries that are switched on. In the United States the"
            " number has to be registered first (A2P 10DLC, toll-free verification), else carriers"
            " do not deliver.",
            "Add a way to pay, switch on the countries you write to, register brand and campaign.",
            "https://www.twilio.com/docs/messaging/compliance/a2p-10dlc",
        ),
    ),
    # No end of it is announced.
    versions=(ApiVersion(VERSION),),
    # To a number in the United States, without carrier fees (reported). Other countries cost up to
    # twenty times as much: the provider's price list has the last word.
    prices=(Price(SEGMENT, "A segment of a text message", 8_300),),
    retention=Retention("The provider sets no limit on what its customers keep of their messages."),
)
