from __future__ import annotations
from enum import StrEnum
class Duty(StrEnum):
    ANSWER = "answer"
    ACKNOWLEDGE = "acknowledge"
    NONE = "none"
class Kind(StrEnum):
    COMPLAINT = "complaint"
    QUESTION = "question"
    REQUEST = "request"
    PRAISE = "praise"
    IDEA = "idea"
    PREPURCHASE = "prepurchase"
    REVIEW = "review"
    CHATTER = "chatter"
    SPAM = "spam"
