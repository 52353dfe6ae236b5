"""What invented customers and agents say."""

from __future__ import annotations

import random
from typing import Final

NAMES: Final = (
    "Lena", "Duarte", "Mads", "Aino", "Yusuf", "Priya", "Chloe", "Mateo", "Ingrid", "Kwame",
    "Sofia", "Hiro", "Nadia", "Oskar", "Leila", "Tomasz", "Grace", "Emil", "Rosa", "Viktor",
)  # fmt: skip
_PLACES: Final = ("Alta", "Bergen", "Lisbon", "Porto", "Oslo", "Leeds", "Riga", "Turin", "Graz")
_DAYS: Final = ("yesterday", "on Monday", "last week", "on Friday", "two days ago", "this morning")
_TEXTS: Final[dict[str, tuple[str, ...]]] = {
    "urgent": (
        "My mother needs her insulin and it is in the bag you lost at {place}. Please help now!",
        "URGENT: we are stuck at {place} airport, the gate closes in 20 minutes, nobody is here",
        "A child was hurt by a falling tray on flight NW{n}. Who do we talk to, right now?",
        "There is smoke in the cabin of NW{n} and the crew says nothing. Is this safe?",
        "My daughter is travelling alone, NW{n} was cancelled and nobody is with her. Emergency!",
        "My lawyer will contact you today about the injury on NW{n}. Answer me.",
        "Someone has hacked my account and booked three flights from {place}! Stop them now",
        "I had an allergic reaction to your meal on NW{n}, I told the crew about nuts. Hospital.",
    ),
    "complaint": (
        "Flight NW{n} to {place} was two hours late {day} and nobody told us why.",
        "Your app has shown me the same error since {day}. I cannot check in.",
        "Third time this month my bag did not arrive in {place}. Really?",
        "The seat on NW{n} was broken and the crew just shrugged.",
        "I paid for a window seat and got the middle. Not what I call service.",
        "You charged my card twice for the trip to {place}.",
        "Still waiting for the refund you promised {day}.",
        "On hold for an hour with your call centre, then cut off. Unbelievable.",
        "My suitcase came back from {place} without a wheel.",
        "No vegetarian meal on NW{n} although I had ordered it {day}.",
        "Great, another delay out of {place}. Thanks for nothing.",
        "Booking cancelled without a word. I only noticed at the airport in {place}.",
    ),
    "question": (
        "Can I take my bicycle on the flight to {place}?",
        "How much hand luggage is allowed on NW{n}?",
        "When does check-in open for {place}?",
        "Is there wifi on board of NW{n}?",
        "Do I need a visa to change planes in {place}?",
        "How can I add my frequent flyer number after booking?",
        "What time does the last flight from {place} leave on Sundays?",
        "Could two infants travel with one adult to {place}?",
        "Where do I find my boarding pass in the app?",
        "Which terminal does NW{n} leave from?",
    ),
    "request": (
        "Please move my flight NW{n} to the day after.",
        "I would like to change the name on my ticket to {place}, there is a typo.",
        "Please send me the invoice for my trip {day}.",
        "Kindly cancel my seat on NW{n} and tell me what I get back.",
        "I need a wheelchair at the gate in {place}, booking under my name.",
        "Please add a second bag to NW{n}.",
    ),
    "praise": (
        "Lovely crew on NW{n}, thank you so much!",
        "Best landing in {place} ever. Great work!",
        "Thanks to the lady at the desk in {place} who found my scarf. You are wonderful.",
        "Really happy with your new seats. Well done!",
    ),
    "chatter": (
        "Off to {place} {day} with the gang",
        "window seat vibes, NW{n}",
        "{place}, here we come",
        "just landed in {place}",
    ),
    "thanks": ("Thank you!", "Thanks, that helps.", "Perfect, thank you so much!", "Great, thanks"),
}
_ANSWERS: Final = (
    "Hello {name}, I have looked into it: {what}. I hope that helps.",
    "Hi {name}, sorry for the trouble. {What}. Tell me if anything is missing.",
    "Good news, {name}: {what}. Have a good trip!",
    "{name}, thank you for writing. {What}, and I have noted it in your booking.",
)
_WHATS: Final = (
    "your bag is on the next plane to {place}",
    "the money is on its way to your card",
    "NW{n} takes two pieces of hand luggage up to eight kilos",
    "check-in for {place} opens thirty hours before",
    "a colleague waits for you at the gate of NW{n}",
    "your seat has been changed, and the old fee is gone",
    "the flight to {place} was held up by fog",
)


def text_of(kind: str, dice: random.Random) -> str:
    """Return something that a customer might write."""
    return _filled(dice.choice(_TEXTS[kind]), dice)


def answer_to(name: str, dice: random.Random) -> str:
    """Return something that an agent might answer."""
    what = _filled(dice.choice(_WHATS), dice)
    return dice.choice(_ANSWERS).format(name=name, what=what, What=what[:1].upper() + what[1:])


def _filled(text: str, dice: random.Random) -> str:
    n = dice.randrange(100, 999)
    return text.format(place=dice.choice(_PLACES), day=dice.choice(_DAYS), n=n)
