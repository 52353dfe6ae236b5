"""What no workspace may unteach: plain lines that mean the same at every brand. Pure.

A version that gets fewer of these right than the shipped model is not promoted, however well it
does on the workspace's own labels: somebody may have taught it by mistake, or in bad faith.
"""

from __future__ import annotations

from typing import Final

from hearwell.triage.engine.features import Item

_ANSWER: Final = """
Where is my order?
My parcel never arrived and nobody answers
I was charged twice, please refund one of them
Can you help me change my booking?
The app crashes every time I log in
My account is locked and I cannot pay my bills
How do I cancel my subscription?
Still waiting for a reply after three weeks
You lost my luggage and I have no clothes
The product broke after one day
Worst service ever, I want my money back
Is there a number I can call?
Why is the internet down again?
My card was declined although there is money on it
I need a copy of my invoice
Do you deliver to Austria?
Wo bleibt mein Paket?
Ich warte seit zwei Wochen auf eine Antwort
Ich kann mich nicht mehr anmelden
¿Dónde está mi pedido?
Me cobraron dos veces
Où est ma commande ?
Je n'arrive pas à me connecter
أين طلبي؟
لم يصل الطرد بعد
"""
_ACKNOWLEDGE: Final = """
Thank you so much, the crew was wonderful!
Great service today, thanks a lot
You are the best, I love your shop
Vielen Dank, das war super freundlich
Muchas gracias, excelente servicio
Merci beaucoup, service parfait
"""

# Others like them: each version is made with these beside the workspace's labels, so that a stream
# in which most is talk does not teach it that everything is. They are never measured on.
_ASKED_AGAIN: Final = """
When will my package come?
My delivery is late and I have heard nothing
Please cancel my order and refund me
How can I change my address?
Your website does not let me pay
I cannot get into my account
What time do you close today?
The screen was cracked when it came
Nobody picks up the phone
I need help with my bill
Do you have this in size 40?
Is the service down in my area?
I want to speak to somebody about this charge
Can I return shoes without the box?
Could you send me the receipt again?
Meine Bestellung ist noch nicht da
Wie kann ich kündigen?
Das Gerät ist defekt
¿Cuándo llega mi paquete?
No puedo entrar en mi cuenta
Quand arrive mon colis ?
Je voudrais un remboursement
متى يصل طلبي؟
لا أستطيع تسجيل الدخول
"""
_THANKED_AGAIN: Final = """
Thanks a lot for the quick help
I really love your new store, well done
Your team was amazing, thank you
Herzlichen Dank für die tolle Hilfe
Mil gracias por la ayuda
Merci, vous êtes formidables
شكرا جزيلا على المساعدة
"""


def rehearsed() -> list[tuple[Item, str]]:
    """Return (message, its duty) of some thirty other plain lines, learned again each time."""
    said = (("answer", _ASKED_AGAIN), ("acknowledge", _THANKED_AGAIN))
    return [(Item(line), duty) for duty, lines in said for line in lines.strip().splitlines()]


def anchors() -> list[tuple[Item, str]]:
    """Return (message, its duty) of some thirty plain lines in five languages."""
    said = (("answer", _ANSWER), ("acknowledge", _ACKNOWLEDGE))
    return [(Item(line), duty) for duty, lines in said for line in lines.strip().splitlines()]
