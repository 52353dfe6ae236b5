"""The templates of the fake network: some that can be sent with words alone, some that cannot."""

from __future__ import annotations

from typing import Any, Final

TEMPLATES: Final[tuple[dict[str, Any], ...]] = (
    {
        "id": "1192339204654487", "name": "bag_found", "language": "en_US", "status": "APPROVED",
        "category": "UTILITY",
        "components": [
            {"type": "HEADER", "format": "TEXT", "text": "Your bag {{1}}",
             "example": {"header_text": ["LIS 4711"]}},
            {"type": "BODY", "text": "Hello {{1}}, your bag is in {{2}}. Shall we send it on?",
             "example": {"body_text": [["Lena", "Lisbon"]]}},
            {"type": "FOOTER", "text": "Northwind Airways"},
            {"type": "BUTTONS", "buttons": [{"type": "QUICK_REPLY", "text": "Yes, please"}]},
        ],
    },
    {
        "id": "1192339204654488", "name": "write_again", "language": "en_US",
        "status": "APPROVED", "category": "UTILITY",
        "components": [
            {"type": "BODY", "text": "We have news about your request. May we tell you here?"},
        ],
    },
    {
        "id": "1192339204654489", "name": "order_news", "language": "de", "status": "APPROVED",
        "category": "UTILITY",
        "components": [
            {"type": "BODY", "text": "Guten Tag {{name}}, zu Ihrer Buchung {{booking}} gibt es"
             " Neues.",
             "example": {"body_text_named_params": [
                 {"param_name": "name", "example": "Lena"},
                 {"param_name": "booking", "example": "NW 4711"},
             ]}},
        ],
    },
    {
        "id": "1192339204654490", "name": "fall_sale", "language": "en_US", "status": "REJECTED",
        "category": "MARKETING",
        "components": [{"type": "BODY", "text": "Our Fall Sale is on!"}],
    },
    {
        "id": "1192339204654491", "name": "boarding_pass", "language": "en_US",
        "status": "APPROVED", "category": "UTILITY",
        "components": [
            {"type": "HEADER", "format": "IMAGE"},
            {"type": "BODY", "text": "Here is your boarding pass."},
        ],
    },
)  # fmt: skip
