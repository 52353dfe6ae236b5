"""The tactics of replies, against a table that was labelled by hand."""

from __future__ import annotations

from hearwell.benchmarks.tactics import Tactics, tactics_in, tactics_of

# What each reply does, read by a person; a comma parts several.
LABELLED = (
    ("@ann Your bag is in Oslo and comes tonight. ^ML", "thread"),
    ("@ann Which phone do you have? We can look.", "thread"),
    ("@ann That is the last call for Oslo, please hurry!", "thread"),
    ("@ann We're sorry, boarding starts at 9:40.", "thread,apology"),
    ("@ann Apologies for the wait. Gate 12.", "thread,apology"),
    ("@ann Here is how: https://example.org/bags", "link"),
    ("@ann Have a look at www.example.org", "link"),
    ("@ann Please DM us your booking number", "dm"),
    ("@ann Could you send us a private message?", "dm"),
    ("@ann Sorry to hear this! Send us a DM: https://t.co/x1", "dm,link,apology"),
    ("@ann Please e-mail us at care@northwind.example", "email"),
    ("@ann You can reach them by email.", "email"),
    ("@ann Please call us on 0800 123456.", "phone"),
    ("@ann Give us a call and we sort it out", "phone"),
    ("@ann Try 1-800-555-0100", "phone"),
    ("@ann We regret that. Ring us tomorrow.", "phone,apology"),
    ("@ann Thanks for letting us know about the admin desk", "thread"),
    ("@ann Der Koffer ist in Oslo und kommt heute Abend.", "thread"),
    ("@ann Das tut uns sehr leid. Flugsteig 12.", "thread,apology"),
    ("@ann Entschuldigung, das war unser Fehler.", "thread,apology"),
    ("@ann Schicken Sie uns bitte eine Direktnachricht.", "dm"),
    ("@ann Bitte schreib uns eine PN mit der Nummer", "dm"),
    ("@ann Schreiben Sie bitte per E-Mail an uns.", "email"),
    ("@ann Bitte rufen Sie uns morgen früh an.", "phone"),
    ("@ann Unsere Hotline hilft gern, wir bedauern das.", "phone,apology"),
    ("@ann Die Mannschaft ist an Bord.", "thread"),
    ("@ann قريبا", "thread"),
    ("", "thread"),
)


def test_every_reply_of_the_table_is_read_as_a_person_read_it():
    wrong = {
        text: sorted(found)
        for text, label in LABELLED
        if (found := tactics_in(text)) != frozenset(label.split(","))
    }
    assert wrong == {}


def test_shares_have_their_n_and_none_where_there_is_nothing():
    found = tactics_of(["Sorry!", "DM us", "Gate 12"])
    shares = {key: (times, share) for key, _title, times, share in found.shares}
    assert found.n == 3
    assert shares["thread"] == (2, 2 / 3)
    assert shares["phone"] == (0, 0.0)
    assert {share for *_rest, share in Tactics().shares} == {None}
