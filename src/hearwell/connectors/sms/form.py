"""What a person does and fills in to connect a number."""

from __future__ import annotations

from hearwell.connect.connecting import Field, FieldKind, Step

STEPS = (
    Step(
        "Buy or bring a number that can send text messages (capability SMS) to the provider.",
        "https://console.twilio.com/us1/develop/phone-numbers/manage/incoming",
    ),
    Step(
        "For numbers of the United States, register your brand and campaign (A2P 10DLC) or verify"
        " your toll-free number: without that, carriers deliver nothing.",
        "https://console.twilio.com/us1/develop/sms/regulatory-compliance",
    ),
    Step(
        "Copy Account SID and Auth Token from the first page of the console.",
        "https://console.twilio.com",
    ),
)
FIELDS = (
    Field(
        name="number",
        label="Telephone number",
        hint="The number that people write to, with its country.",
        example="+15005550006",
    ),
    Field(
        name="sid",
        label="Account SID",
        hint="It begins with AC.",
        example="AC0123456789abcdef0123456789abcdef",
    ),
    Field(
        name="token",
        label="Auth Token",
        kind=FieldKind.SECRET,
        hint="It sends our messages and proves that calls come from the provider.",
    ),
    Field(
        name="service",
        label="Messaging service",
        hint="If you have one (it begins with MG), it sends, and tells at once what arrived.",
        example="MG0123456789abcdef0123456789abcdef",
        is_required=False,
        is_advanced=True,
    ),
)
