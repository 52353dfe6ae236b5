"""Words that show whether a common word is meant as a name. Pure; folded, by what they show.

Written by us for English, German, French, Spanish, Portuguese and Norwegian. None of them belongs
to a trade: what a brand deals in, its own term says (`Wanted.helps`, `Wanted.against`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from hearwell.listening.tokens import folded


def _set(text: str) -> frozenset[str]:
    return frozenset(folded(word) for word in text.split())


# A customer's matter: what people speak of to a firm and not of a thing.
CARE: Final = _set(
    "account app bill billed billing bot branch cancel cancelled cancelling charged charges"
    " charging chat chatbot complaint contract customer customers discount fee fees fined helpline"
    " hotline invoice login offer password price prices pricing refund refunded refunds"
    " refuse refused refuses service staff subscription support supports switched switching"
    " verification voucher website blocked declined ombudsman regulator licence hiring hires"
    # German
    " konto rechnung rueckerstattung erstattung kundenservice kundendienst support hotline kunde"
    " kunden vertrag gekundigt kundigen kundige gesperrt berechnet gebuhr gebuhren abgebucht bucht"
    " kostet tarif filiale"
    # French
    " compte client clients rembourser remboursement rembourse facture abonnement preleve commande"
    " appli application commission resilier"
    # Spanish and Portuguese
    " cuenta cliente clientes factura facturas reclamacion cobra cobrado cobrando cobrar cobrarme"
    " devolver devuelve contrato tarifa tarifas oferta descuento atencion averia tienda cambiado"
    " permanencia multa servicio servicios servico cobrou cancelar apoio"
    " fatura conta denuncia rival operador"
    # Norwegian
    " konto kunde kundeservice regning faktura avtale betalt penger refusjon gebyr appen abonnement"
    " chatten svarer byttet rente"
)
# Before a name, bare: one deals with somebody, and not with a common noun without an article.
DEALING: Final = _set(
    "with from by via at to for is are was can does did do has have had hey hi hello dear thanks"
    " thank love kudos shout like of why how when and but use used using join joined bye tried hate"
    " if because so whether has asked ask tell told called since though except than that"
    " bei von mit danke an hat ist kann seit warum"
    " chez par avec merci a de"
    " con gracias por que a si"
    " da com obrigado na"
    " fra til hos med i tilbake takk"
)
# An article or the like makes it a thing: the harbour, our harbour, this harbour. By language,
# because what is an article here is a preposition there.
ARTICLES: Final[Mapping[str, frozenset[str]]] = {
    "en": _set(
        "the a an this that these those every each any some no our your their its another whole old"
        " new"
    ),
    "de": _set("der die das den dem des ein eine einen einem im am beim zum zur vom"),
    "fr": _set("le la les un une du des au ce cette"),
    "es": _set("el la los las un una al del lo este ese su nuestro cada"),
    "pt": _set("o os as um uma do no ao pelo"),
    "nb": _set("en et ei den det denne av"),
}
ANY_ARTICLE: Final = frozenset().union(*ARTICLES.values())
# What follows a name that does things.
DOING: Final = _set(
    "is has was will would won't isn't hasn't does doesn't did didn't keeps kept charged charges"
    " refused refuses refunded closed closes gave gives took takes told sent sends adds added"
    " answers answered support app pls please where why just now still finally and can can't cannot"
    " could should needs wants sorted works worked called blocked cancelled froze hires ended to"
    " hat ist will verlangt lasst macht sperrt antwortet gab tut kostet nimmt"
    " a est ne refuse m'a n'a"
    " ha me no lleva sube tiene cobra compra sigue quiere cambia os contestad se"
    " cobrou nao tem"
    " har tok svarer er vil tar fungerer"
)
# Before a verb: to harbour, will drift. And after a person: I harbour, people drift.
VERB_BEFORE: Final = _set(
    "to will would can could should may might must don't didn't won't can't not never always still"
    " we i you they he she it people who and let begin began begun start started"
)
# Small words in front: a sentence's first word, none of which belongs to a longer name.
PLAIN: Final = (
    DEALING
    | ANY_ARTICLE
    | _set("my mein meine mon ma mes mi mis meu minha min mitt mine")
    | _set(
        "left paid rode unlocked been lost got took take switched moved applied anyone anybody"
        " nobody does is why how what where when who just finally people hey hello hi yes no okay"
        " ok good bad big great even only both two three four ten hoy endlich schon leider"
        " señores senores llevo llamo desde weiss jemand wie karte quelqu'un llego ahora"
        " multa hello fibra cambio ayer roller noen har reserved riding whoever probe"
    )
)
# A street or a quarter of that name.
PLACES: Final = _set(
    "street road lane square quay strasse platz rue place calle avenida plaza barrio zona distrito"
    " estacion rua gata"
)
# One goes to a direction, looks at a place: never to a firm.
PLACE_BEFORE: Final = _set(
    "near along around across over into inside outside towards behind beside between through"
    " nach uber hacia rumbo vers mot"
)
