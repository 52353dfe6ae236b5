"""What the guard finds, and above all what it does not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hearwell.guard.accounts import cards, ibans
from hearwell.guard.addresses import emails, phones
from hearwell.guard.likeness import count_alike, likeness, names_one, pieces
from hearwell.guard.plain import plain
from hearwell.guard.profanity import WORDS, checked_words, profane
from hearwell.guard.references import BadMaskError, checked_mask, references
from hearwell.guard.rules import DEFAULTS, Check, Finding, Level, Terms, findings
from hearwell.kit.check_digits import IBAN_LENGTHS, is_card, is_iban
from tests.unit.guard.ordinary import ORDINARY, OURS

TERMS = Terms(ours=OURS, patterns=["NW-999999", "******"])


def found(text: str, *, public: bool = True, terms: Terms = TERMS) -> dict[str, tuple[str, ...]]:
    return {one.check.value: one.found for one in findings(text, terms, is_public=public)}


def test_there_are_enough_ordinary_replies_to_say_so():
    assert len(set(ORDINARY)) >= 60


@pytest.mark.parametrize("text", ORDINARY)
def test_an_ordinary_reply_goes_without_a_word(text):
    assert found(text) == {}


@pytest.mark.parametrize(
    ("text", "check", "what"),
    [
        ("We sent it to lena.vik@mail.example.", "email", "lena.vik@mail.example"),
        ("Is lena.vik@mail.example right?", "email", "lena.vik@mail.example"),
        ("Is ＬＥＮＡ＠mail.example right?", "email", "LENA@mail.example"),
        ("We ring you on +47 900 12 345 then.", "phone", "+47 900 12 345"),
        ("We ring (555) 123-4567.", "phone", "(555) 123-4567"),
        ("Your number 0176 1234 5678 is wrong.", "phone", "0176 1234 5678"),
        ("Call 555-123-4567 now", "phone", "555-123-4567"),
        ("رقمك +٩٦٦ ٥٠ ١٢٣ ٤٥٦٧", "phone", "+966 50 123 4567"),
        ("Card 4111 1111 1111 1111 was charged", "card", "4111 1111 1111 1111"),
        ("4111-1111-1111-1111", "card", "4111-1111-1111-1111"),
        ("5500005555555559!", "card", "5500005555555559"),
        ("4111 1111 1111 1111 12/27 it says", "card", "4111 1111 1111 1111"),
        ("Card 4111 1111 1111 1111 123", "card", "4111 1111 1111 1111"),
        ("You have 2 4111-1111-1111-1111", "card", "4111-1111-1111-1111"),
        ("4111 1111 1111 1111 5500 0055 5555 5559", "card", "5500 0055 5555 5559"),
        ("amex 378282246310005", "card", "378282246310005"),
        ("To DE89 3704 0044 0532 0130 00, as you wished", "iban", "DE89 3704 0044 0532 0130 00"),
        ("gb82west12345698765432.", "iban", "gb82west12345698765432"),
        ("NO93 8601 1117 947", "iban", "NO93 8601 1117 947"),
        ("Booking NW-204518 is yours.", "reference", "NW-204518"),
        ("Your code X7K2PQ works.", "reference", "X7K2PQ"),
        ("What the FUCK", "profanity", "fuck"),
        ("So eine Scheisse", "profanity", "scheiße"),
        ("Halt die Klappe bitte", "profanity", "halt die klappe"),
    ],
)
def test_it_is_found(text, check, what):
    assert what in found(text)[check]


@pytest.mark.parametrize(
    "text",
    [
        "Scunthorpe, Essex and the Bastardo winery are fine.",
        "The class of 4111 1111 1111 1112 has no such number.",
        "DE89 3704 0044 0532 0130 01 has a digit wrong.",
        "Version 1.2.3.4.5.6.7.8.9.10 of NW-2045181",
        "Write to help@northwind.example or press@NORTHWIND.example",
        "PLEASE SHOUT NOBODY",
    ],
)
def test_it_is_not_found(text):
    assert found(text) == {}


def test_an_account_number_is_no_telephone_number_as_well():
    assert set(found("DE89 3704 0044 0532 0130 00")) == {"iban"}


def test_in_private_only_what_is_never_said_counts():
    text = "Card 4111 1111 1111 1111, lena@mail.example, NW-204518, you idiot"
    assert set(found(text, public=False)) == {"profanity"}


@pytest.mark.parametrize("check", sorted(Check))
def test_what_is_off_is_not_looked_for(check):
    text = (
        "Card 4111 1111 1111 1111, DE89 3704 0044 0532 0130 00, lena@mail.example, "
        "+47 900 12 345, NW-204518, you idiot"
    )
    off = Terms({**DEFAULTS, check: Level.OFF}, OURS, ["NW-999999"], WORDS)
    assert set(found(text, terms=off)) == {
        "card", "iban", "email", "phone", "reference", "profanity",
    } - {check.value}  # fmt: skip


@given(st.from_regex(r"[0-9]{12,18}", fullmatch=True))
def test_one_wrong_digit_is_no_card(digits):
    numbers = [digits + str(last) for last in range(10)]
    assert sum(is_card(number) for number in numbers) <= 1


@given(st.sampled_from(sorted(IBAN_LENGTHS)), st.data())
def test_an_iban_with_its_own_check_digits_is_found_in_a_sentence(country, data):
    length = IBAN_LENGTHS[country] - 4
    body = data.draw(st.text("0123456789", min_size=length, max_size=length))
    turned = "".join(str(int(sign, 36)) for sign in f"{body}{country}00")
    whole = f"{country}{98 - int(turned) % 97:02d}{body}"
    assert is_iban(whole)
    assert ibans(f"It goes to {whole} today") == [whole]
    spaced = " ".join(whole[at : at + 4] for at in range(0, len(whole), 4))
    assert ibans(f"({spaced})") == [spaced]


@given(st.text(max_size=300))
def test_no_text_is_too_odd(text):
    looked = plain(text)
    assert isinstance(findings(text, TERMS, is_public=True), list)
    assert cards(looked) == cards(plain(looked))
    assert 0 <= likeness(pieces(text), pieces("another")) <= 1


@pytest.mark.parametrize("part", ["1 ", "111 ", "4-", "a@", "DE12 ", "+1", "A1", "(", "\n"])
def test_no_text_is_too_long(part):
    text = part * (40_000 // len(part))
    assert "card" not in found(text)
    assert found(f"{text}! 4111 1111 1111 1111")["card"] == ("4111 1111 1111 1111",)


def test_a_mask_says_what_is_wrong_with_it():
    assert checked_mask("  NW-999999 ") == "NW-999999"
    for bad in ("A9", "HELLO", "9" * 41):
        with pytest.raises(BadMaskError):
            checked_mask(bad)
    assert references("a.b 1 a-b 1", ["a.b 9"]) == ["a.b 1"], "a mask is no regular expression"


def test_our_own_numbers_are_ours_however_they_are_written():
    assert phones("Ring 020 7946 0018", OURS) == []
    assert emails("a@northwind.example", ["@Northwind.example"]) == []


def test_words_are_read_as_people_write_them():
    assert checked_words("Potz, blitz\nhimmel  hilf\n ,,") == ["potz", "blitz", "himmel hilf"]
    assert profane("Himmel hilf!", {"de": ["himmel hilf"]}) == ["himmel hilf"]


def test_a_template_with_another_number_reads_the_same():
    told = "Thank you for your patience. Your request 4711 is with our team, we answer in 2 days."
    again = "Thank you for your patience! Your request 80 is with our team; we answer in 3 days."
    other = (
        "I have just spoken to the station in Oslo: your bag is on the 18:40 and with you today."
    )
    assert count_alike(told, [again, other, again]) == 2
    assert count_alike(other, [told, again]) == 0


def test_a_name_is_a_name_and_no_part_of_a_word():
    assert names_one("Hello Lena, it is done", ["Lena Vik"])
    assert names_one("It is HW-12", ["HW-12"])
    assert not names_one("Helena is not her", ["Lena Vik"])
    assert not names_one("An X is short", ["X"])


def test_a_token_is_good_for_what_was_told_and_nothing_else():
    one = Finding(Check.EMAIL, Level.WARN, ("a@b.example",))
    other = Finding(Check.EMAIL, Level.WARN, ("a@b.example", "c@d.example"))
    assert one.token != other.token
    assert one.token == Finding(Check.EMAIL, Level.BLOCK, ("A@b.example",)).token
