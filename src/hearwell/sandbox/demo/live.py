"""What is said while one watches. Seconds after the curtain; all invented."""

# ruff: noqa: E501 -- people's words are easier to read, and to change, in one line

from __future__ import annotations

from hearwell.sandbox.demo.script import (
    Line,
    aside,
    assign,
    close,
    comment,
    delete,
    edit,
    like,
    mention,
    message,
    note,
    post,
)

LIVE: tuple[Line, ...] = (
    mention(3, "mo_hassan", "l-board", "@northwindair we are all on board NW409 and nobody has said a word for 40 minutes. What is happening?"),
    aside(5, "wing_geek", "l-aside", "Third time this month that Northwind Air leaves the gate with half the bags still on the ground. Nobody tells you, you find out at the belt."),
    post(7, "anna_ferr", "l-hat", "Ho dimenticato un cappello verde sul volo NW212 di stamattina, fila 9. È di mia nonna. Qualcuno può guardare? 🙏", "it"),
    message(10, "grace_ob", "l-chair-dm", "They are closing the gate in 25 minutes and still no decision about my chair. Battery is the WE-24 you approved, letter attached to booking HT5QWD. My number is 020 7946 0112."),
    comment(14, "tomreed", "l-218", "nw218", "Boarding has started. Finally. Will you pay for the taxi now that the last train is gone?"),
    assign(16, "JO", "nw218"),
    note(16.1, "JO", "nw218", "Line maintenance says the wheel is on, new time 18:05. 61 guests at B7, vouchers are out."),
    assign(16.2, "ML", "hotel"),
    assign(16.3, "ML", "umrah"),
    assign(16.4, "AB", "group"),
    assign(16.5, "AB", "refund"),
    close(16.6, "AB", "ski"),
    close(16.7, "AB", "seat"),
    close(16.8, "ML", "bag"),
    mention(18, "zoe_ap", "l-love", "ok @northwindair, the steward who sang happy birthday to row 20 deserves a raise 🎂🎶"),
    post(22, "nadia_p", "l-visa", "Do I need a printed visa for Tirana or is the phone enough? Flying tomorrow morning."),
    comment(26, "priya_n", "l-insulin", "insulin", "He has landed. There is nobody at the arrivals desk. PLEASE."),
    post(30, "ben_ac", "l-late", "Wieder 20 Minuten zu spät, wieder keine Durchsage. NW158."),
    edit(34, "ben_ac", "l-late", "Wieder 20 Minuten zu spät, wieder keine Durchsage. NW158, Köln nach Wien, jeden Montag."),
    post(37, "dan_fitz", "l-rage", "never again, absolute cowboys"),
    message(41, "carlos_v", "l-iban", "Buenas tardes, ¿les sirve el mismo IBAN que usé en la reserva? Caso 55-20917.", "es"),
    delete(44, "dan_fitz", "l-rage"),
    post(47, "yusuf_a", "l-thanks", "وصلت قبل قليل على رحلة NW220. طاقم رائع وطعام لذيذ، شكراً جزيلاً 🌙", "ar"),
    like(49, "ruth_s", "l-love"),
    mention(52, "wing_geek", "l-plane", "Is NW601 tonight really the new neo, @northwindair? Asking for everyone in this café."),
    comment(56, "jamal_t", "l-funeral", "nw218-4", "Got the message that I am on the 07:05 tomorrow. Thank you for sorting that so quickly."),
    post(60, "chloe_w", "l-family", "Travelling as four 👨‍👩‍👧‍👦 and the system put our five-year-old in row 31, alone. We are in row 8. Can you fix this before tomorrow?"),
    mention(65, "bram_dj", "l-dog", "@northwindair en mijn hond? 🐶 Vlucht is overmorgen.", "nl"),
    comment(69, "ewan_mc", "l-sunday", "bergen-1", "Any word on the Sunday flight?"),
)  # fmt: skip
