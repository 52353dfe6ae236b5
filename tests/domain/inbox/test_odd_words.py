"""Words as people and attackers write them, through the real doors: kept and judged."""

from __future__ import annotations

from typing import Final

import pytest

from hearwell.accounts.models import Workspace
from hearwell.conversations.models import Case, Message
from hearwell.inbox.intake import take_in
from hearwell.sla import services as sla
from hearwell.triage.models import Verdict
from tests.factories import make_channel, make_item

pytestmark = pytest.mark.usefixtures("small_shipped")
ODD: Final = {
    "100 kB": "Where is my bag? " * 6_250,
    "100 kB in one word": "x" * 100_000,
    "100 kB of marks": "e" + "\u0301" * 50_000,
    "100 kB of mentions": "@northwind " * 9_000,
    "one emoji": "😡",
    "a family": "👨‍👩‍👧‍👦",
    "nothing that is seen": "\u200b\u200d\u2060\ufeff",
    "zero width in a word": "wh\u200bere is m\u200dy ba\u2060g?",
    "turned about": "\u202e?gab ym si erehW\u202c",
    "never turned back": "\u2067\u2067\u2067Where is my bag?",
    "a NUL and half a pair": "Where\x00 is \ud83d my bag?",
    "look-alikes": "Whеrе is my bаg?",
    "only signs": "?!" * 2_000,
}
LANGUAGES: Final = """
Waar is my sak?
Ku është çanta ime?
ቦርሳዬ የት ነው?
أين حقيبتي؟
Որտե՞ղ է իմ պայուսակը:
Çantam haradadır?
Non dago nire poltsa?
Дзе мая сумка?
আমার ব্যাগ কোথায়?
Gdje je moja torba?
Къде е чантата ми?
On és la meva maleta?
我的包在哪里？
我的袋喺邊度？
Gdje mi je torba?
Kde je moje taška?
Hvor er min taske?
Waar is mijn tas?
Kus on mu kott?
Missä laukkuni on?
Où est mon sac ?
Onde está a miña maleta?
სად არის ჩემი ჩანთა?
Wo ist mein Koffer?
Πού είναι η τσάντα μου;
મારી બેગ ક્યાં છે?
איפה התיק שלי?
मेरा बैग कहाँ है?
Hol van a táskám?
Hvar er taskan mín?
Di mana tas saya?
Cá bhfuil mo mhála?
Dov'è la mia borsa?
私の鞄はどこですか？
ನನ್ನ ಚೀಲ ಎಲ್ಲಿದೆ?
Менің сөмкем қайда?
កាបូបរបស់ខ្ញុំនៅឯណា?
내 가방은 어디 있나요?
ກະເປົາຂອງຂ້ອຍຢູ່ໃສ?
Kur ir mana soma?
Kur mano krepšys?
Каде ми е торбата?
എന്റെ ബാഗ് എവിടെ?
माझी बॅग कुठे आहे?
Миний цүнх хаана байна?
मेरो झोला कहाँ छ?
کیف من کجاست؟
Gdzie jest moja torba?
Onde está a minha mala?
ਮੇਰਾ ਬੈਗ ਕਿੱਥੇ ਹੈ?
Unde este geanta mea?
Где моя сумка?
Где ми је торба?
මගේ බෑගය කොහෙද?
Kde je moja taška?
"""


@pytest.mark.parametrize("name", ODD)
def test_odd_words_are_taken_in_and_judged(name: str, workspace: Workspace) -> None:
    sla.ensure_defaults(workspace)
    (message,) = take_in(make_channel(), [make_item(ODD[name])])

    verdict = Verdict.objects.get(message_id=message.id)
    assert verdict.duty in {"answer", "acknowledge", "none"}
    assert 0.0 <= verdict.certainty <= 1.0
    assert Message.objects.get().text
    assert Case.objects.get().kind == verdict.kind


def test_what_hides_in_a_question_does_not_hide_it(workspace: Workspace) -> None:
    sla.ensure_defaults(workspace)
    hidden = [ODD["zero width in a word"], ODD["never turned back"]]
    take_in(make_channel(), [make_item(text) for text in hidden])
    assert set(Verdict.objects.values_list("duty", flat=True)) == {"answer"}


def test_fifty_languages_are_taken_in_together(workspace: Workspace) -> None:
    sla.ensure_defaults(workspace)
    texts = LANGUAGES.strip().splitlines()
    assert len(texts) >= 50

    take_in(make_channel(), [make_item(text) for text in texts])

    verdicts = list(Verdict.objects.all())
    assert len(verdicts) == len(texts)
    # Whatever the language: a question is shown to somebody, or somebody is asked about it.
    assert not [one for one in verdicts if one.duty == "none" and not one.is_unsure]
