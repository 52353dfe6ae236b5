"""Cues of law, press and theft. Form as in ``cues``.

LEGAL and PRESS are what people write who engage a lawyer, an authority or a journalist, rather
than the bare words. They are signs; what raises an alarm is told by ``matters``.
"""

from __future__ import annotations

from typing import Final

from hearwell.triage.cues import CueTable

LEGAL: Final[CueTable] = {
    "en": """
        my lawyer*, our lawyer*, a lawyer, to lawyers, with lawyers, lawyer up, lawyers will, my
        attorney*, our attorney*, an attorney, attorney general, my solicitor*, our solicitor*,
        a solicitor, legal action, legal proceedings, legal advice, legal steps, legal team,
        take legal, taking legal, sue you, suing you, sue them, suing them, sue this, sue your,
        will sue, gonna sue, going to sue, going to be sued, get sued, lawsuit*, class action,
        small claims, to court, in court, court case, county court, letter before action, cease
        and desist, ombudsman, regulator*, trading standards, consumer protection, consumer
        rights, consumer court, bbb, better business bureau, ftc, fcc, cfpb, ofcom, ofgem, fca,
        caa complaint, dot complaint, gdpr, data protection, privacy commissioner, ico
        complaint, report you to, reporting you to, reported you to, police report, crime
        number, crime reference, called the police, calling the police, call the police, going
        to the police, went to the police, to the police, police are, police complaint, filed a
        complaint with, file a complaint with, formal complaint with, legal notice
    """,
    "de": """
        mein anwalt, meinem anwalt, meinen anwalt, meine anwältin, meiner anwältin, unser
        anwalt, unserem anwalt, unseren anwalt, einen anwalt, anwalt einschalten, anwalt
        eingeschaltet, zum anwalt, beim anwalt, rechtsanwalt*, rechtsanwält*, anwaltlich*,
        rechtliche schritte, rechtsweg, rechtsschutz*, juristisch*, klage einreichen, klage
        gegen, verklage*, vor gericht, amtsgericht, mahnbescheid, strafanzeige*, anzeige
        erstatt*, anzeige bei, erstatte anzeige, anzeige erstattet, zur polizei, bei der
        polizei, polizei eingeschaltet, polizei verständigt, polizei gerufen,
        verbraucherzentrale, verbraucherschutz*, schlichtungsstelle*, ombudsmann,
        bundesnetzagentur, bafin, eisenbahn-bundesamt, luftfahrt-bundesamt,
        datenschutzbeauftragt*, datenschutzbehörde, dsgvo, aufsichtsbehörde*, fristsetzung,
        abmahn*
    """,
    "fr": """
        mon avocat*, mon avocate, notre avocat*, un avocat, une avocate, avocats, porter
        plainte, porte plainte, porté plainte, portons plainte, dépôt de plainte, déposer
        plainte, dépose plainte, déposé plainte, en justice, poursuites judiciaires, poursuivre
        en, action en justice, mise en demeure, mettre en demeure, tribunal, tribunaux,
        huissier, conciliateur, médiateur, dgccrf, répression des fraudes, signal conso,
        signalconso, que choisir, 60 millions, cnil, rgpd, arcep, amf, acpr, à la police, la
        gendarmerie, au commissariat, class action, association de consommateurs
    """,
    "es": """
        mi abogad*, nuestro abogad*, nuestra abogada, un abogado, una abogada, abogados,
        demandar*, demandaré, demandarlos, demandaros, una demanda, acciones legales, vías
        legales, vía legal, vía judicial, acción legal, ir a juicio, a juicio, tribunales,
        juzgado*, denunciar*, denunciaré, una denuncia, denuncia en, puesto una denuncia,
        denuncia ante, a la policía, guardia civil, facua, profeco, sernac, indecopi, defensa
        del consumidor, oficina del consumidor, hoja de reclamaciones, hojas de reclamaciones,
        condusef, protección de datos, rgpd, burofax, organismo regulador
    """,
    "it": """
        il mio avvocato, mio avvocato, mia avvocata, nostro avvocato, un avvocato, all'avvocato,
        avvocati, vie legali, azioni legali, azione legale, per vie legali, legale di fiducia,
        diffida, in tribunale, giudice di pace, querela*, querel*, sporgere denuncia, sporto
        denuncia, fare denuncia, faccio denuncia, denuncia alla, denuncia ai, denuncio, vi
        denuncio, dai carabinieri, ai carabinieri, alla polizia, polizia postale, codacons,
        altroconsumo, adiconsum, agcom, agcm, antitrust, arera, garante, associazione
        consumatori, class action, conciliazione, gdpr
    """,
    "pt": """
        meu advogado, minha advogada, nosso advogado, um advogado, uma advogada, advogados,
        processar vocês, vou processar, processar a empresa, processo contra, processo judicial,
        ação judicial, medidas judiciais, medidas legais, na justiça, à justiça, a justiça,
        tribunal, juizado*, pequenas causas, procon, reclame aqui, consumidor.gov, anatel, anac,
        aneel, bacen, banco central, livro de reclamações, asae, anacom, cnpd, lgpd, boletim de
        ocorrência, à polícia, na polícia, na delegacia, polícia federal, queixa na polícia,
        queixa-crime, ministério público, defesa do consumidor
    """,
    "nl": """
        mijn advocaat, onze advocaat, een advocaat, advocaten, mijn advocate, juridische
        stappen, juridisch*, rechtsbijstand, rechtszaak, naar de rechter, voor de rechter,
        rechtbank, kantonrechter, dagvaard*, in gebreke, ingebrekestelling, aangifte, naar de
        politie, bij de politie, politie ingeschakeld, politie gebeld, consumentenbond,
        geschillencommissie, ombudsman, kifid, autoriteit persoonsgegevens, toezichthouder
    """,
    "sv": """
        min advokat, vår advokat, en advokat, advokater, min jurist, en jurist, juridisk*,
        rättsliga åtgärder, stämma er, stämmer er, stämning, i domstol, till domstol,
        tingsrätt*, kronofogden, allmänna reklamationsnämnden, konsumentverket,
        konsumentombudsman*, konsumentvägled*, polisanmäl*, anmäler er, anmäla er, anmält er,
        till polisen, polisen är, finansinspektionen, post- och telestyrelsen,
        integritetsskyddsmyndigheten, datainspektionen, gdpr
    """,
    "no": """
        min advokat, advokaten min, vår advokat, en advokat, advokater, juridisk*, rettslige
        skritt, saksøke*, saksøker, til retten, i retten, tingretten, forliksråd*,
        forbrukerrådet, forbrukertilsynet, forbrukerklageutvalget, transportklagenemnda,
        flyklagenemnda, finansklagenemnda, finanstilsynet, nkom, datatilsynet, gdpr,
        politianmeld*, anmelder dere, anmelde dere, anmeldt dere, til politiet, politiet er
    """,
    "da": """
        min advokat, vores advokat, en advokat, advokater, juridisk*, retslige skridt, sagsøge*,
        sagsøger, i retten, til retten, byretten, fogedretten, forbrugerombudsmand*,
        forbrugerklage*, forbrugerrådet, klagenævn*, ankenævn*, finanstilsynet, datatilsynet,
        gdpr, politianmeld*, anmelder jer, anmelde jer, anmeldt jer, til politiet, politiet er
    """,
    "ar": """
        محامي, محاميي, المحامي, محام, محاميه, محامين, المحاماه, بالمحكمه, المحكمه, المحاكم,
        محكمه, القضاء, للقضاء, قضائيا, قضيه, قضيه ضدكم, ارفع قضيه, برفع قضيه, هرفع قضيه, دعوى,
        ارفع دعوى, دعوى قضائيه, اجراءات قانونيه, الاجراءات القانونيه, اجراء قانوني, قانونيا,
        بلاغ, اعمل محضر, بلغت الشرطه, الشرطه, للشرطه, البوليس, النيابه, النيابه العامه, جهاز
        حمايه المستهلك, حمايه المستهلك, وزاره التجاره, هيئه الاتصالات, البنك المركزي, ساشتكيكم,
        راح اشتكيكم, بشتكي عليكم, اشتكيكم, اشتكي عليكم, شكوى رسميه, شكوى ضدكم, بلاغ تجاري
    """,
}

PRESS: Final[CueTable] = {
    "en": """
        journalist, journalists, reporter, reporters, i'm a journalist, press inquiry, press
        enquiry, press office, press contact, press request, media inquiry, media enquiry, media
        request, request for comment, comment for a story, comment for an article, writing an
        article, writing a story, writing a piece, working on a story, on deadline, for
        publication, to the press, to the media, the press will, contact the press, contacting
        the press, contacted the press, the newspapers, local newspaper, local news, local
        paper, to the news, on the news, news station, news channel, channel 4 news, news desk,
        newsroom, bbc watchdog, consumer reporter, tv station
    """,
    "de": """
        journalist*, reporter*, redakteur*, redaktion*, presseanfrage*, presse anfrage,
        pressestelle, an die presse, der presse, zur presse, die presse, an die medien, den
        medien, an die öffentlichkeit, bild zeitung, bildzeitung, zur zeitung, an die zeitung,
        stellungnahme bis, bitte um stellungnahme, recherchier*, bericht über sie
    """,
    "fr": """
        journaliste*, reporter*, rédaction, service de presse, demande presse, demande de
        presse, à la presse, la presse, aux médias, les médias, journal télévisé, à la télé, un
        article sur, enquête pour, droit de réponse, 60 millions de consommateurs, julien
        courbet
    """,
    "es": """
        periodista*, reporter*, redacción, gabinete de prensa, consulta de prensa, solicitud de
        prensa, a la prensa, la prensa, a los medios, los medios, medios de comunicación, a la
        tele, a la televisión, un reportaje, un artículo sobre
    """,
    "it": """
        giornalist*, reporter, redazione, ufficio stampa, richiesta stampa, alla stampa, la
        stampa, ai giornali, ai media, in televisione, striscia la notizia, le iene, mi manda
        rai, un articolo su, un servizio su
    """,
    "pt": """
        jornalista*, repórter*, redação, assessoria de imprensa, pedido de imprensa, à imprensa,
        a imprensa, na imprensa, aos jornais, na televisão, na mídia, à mídia, aos media, uma
        reportagem, uma matéria sobre, um artigo sobre
    """,
    "nl": """
        journalist*, verslaggever*, redactie, persvraag, persvragen, perswoordvoerder, naar de
        pers, de pers, naar de media, de media, naar de krant, op tv, een artikel over, een
        uitzending
    """,
    "sv": """
        journalist*, reporter*, redaktion*, pressfråga*, pressförfrågan, presskontakt, till
        pressen, pressen, till media, i media, till tidningen, tidningarna, uppdrag granskning,
        plus svt, en artikel om, ett reportage
    """,
    "no": """
        journalist*, reporter*, redaksjon*, pressehenvendelse, pressekontakt, til pressen,
        pressen, til media, i media, til avisen, avisa, tv2 hjelper deg, forbrukerinspektørene,
        en artikkel om, en sak om
    """,
    "da": """
        journalist*, reporter*, redaktion*, pressehenvendelse, pressekontakt, til pressen,
        pressen, til medierne, i medierne, medierne, til avisen, aviserne, operation x, en
        artikel om, et indslag
    """,
    "ar": """
        صحفي*, صحافي*, الصحفي, مراسل*, اعلامي*, الصحافه, للصحافه, الاعلام, للاعلام, وسائل
        الاعلام, تحقيق صحفي, استفسار صحفي, طلب صحفي, تعليق رسمي, مقال عن, تقرير عن
    """,
}

FRAUD: Final[CueTable] = {
    "en": """
        unauthorized, unauthorised, didn't authorize, didn't authorise, did not authorise, did
        not authorize, never authorised, never authorized, don't recognize, don't recognise,
        dont recognise, dont recognize, do not recognise, do not recognize, wasn't me, wasnt me,
        hacked, been hacked, got hacked, compromised, stolen, stole, got scammed, been scammed,
        scammed me, scammed out of, scammer*, phishing, fraudulent*, fraudster*, identity theft,
        stole my, someone used my, somebody used my, someone is using my, someone logged in,
        someone else logged, someone changed my, password was changed, password changed, email
        was changed, sim swap*, cloned, skimmed, took money, taken from my account, money gone,
        money is gone, money disappeared, money missing, emptied my, drained my, transactions i
        didn't, purchase i didn't, payment i didn't, payments i didn't, charges i didn't, lost
        my card, lost card, card was lost, swallowed my card, freeze my, block my card, that was
        not me, was not me
    """,
    "de": """
        gehackt*, gestohlen*, geklaut*, betrug*, betrüger*, phishing*, abgephisht, unbefugt*,
        nicht autorisiert*, kenne ich nicht, nicht von mir, war ich nicht, fremde abbuchung*,
        unbekannte abbuchung*, geld weg, geld ist weg, konto leer, konto geplündert, karte
        verloren, karte sperren, karte weg, identitätsdiebstahl, jemand hat sich, passwort
        geändert
    """,
    "fr": """
        piraté*, piratage, volé*, volée, vol de, fraude*, frauduleu*, escroqu*, arnaque*,
        hameçonnage, phishing, usurpation, pas moi qui, pas autorisé*, non autorisé*, débit
        inconnu, prélèvement inconnu, opposition, carte perdue, perdu ma carte, argent disparu,
        compte vidé, vidé mon compte
    """,
    "es": """
        hackead*, hackearon, robad*, robaron, robo, robó, estafa*, estafad*, estafaron, fraude*,
        fraudulent*, phishing, suplant*, no autoric*, no autorizad*, no reconozco, no fui yo, no
        he sido yo, cargo desconocido, cargos desconocidos, bloquear mi tarjeta, bloquear la
        tarjeta, perdí mi tarjeta, vaciaron mi, desapareció mi dinero, clonad*, clonaron
    """,
    "it": """
        hackerat*, rubat*, furto, truffa*, truffat*, frode, frodi, fraudolent*, phishing,
        clonat*, non autorizzat*, non ho autorizzato, non riconosco, non sono stato io, non sono
        stata io, addebito sconosciuto, bloccare la carta, blocco carta, perso la carta,
        svuotat*, spariti i soldi
    """,
    "pt": """
        hackead*, hackearam, roubad*, roubaram, roubo, furto, furtad*, golpe, golpista*,
        fraude*, burla, fraudulent*, phishing, clonad*, clonaram, não autorizei, não autorizad*,
        não reconheço, não fui eu, compra desconhecida, bloquear meu cartão, bloquear o cartão,
        perdi meu cartão, perdi o cartão, limparam minha, esvaziaram, sumiu meu dinheiro,
        dinheiro sumiu
    """,
    "nl": """
        gehackt*, gestolen*, oplicht*, opgelicht, fraude*, phishing, niet door mij, was ik niet,
        ken ik niet, herken ik niet, onbekende afschrijving*, zonder toestemming, pas kwijt,
        kaart kwijt, pas blokkeren, kaart blokkeren, geld weg, rekening leeg*, identiteitsfraude
    """,
    "sv": """
        hackad*, hackat, stulen, stulet, stulna, stal, bedragare, bedrägeri*, lurad, phishing,
        obehörig*, inte jag som, känner inte igen, okänt köp, okänd betalning, spärra kort*,
        spärra mitt, tappat kort*, tappade mitt kort, pengar borta, pengarna är borta,
        id-kapning*, kapat
    """,
    "no": """
        hacket, stjålet, stjålne, svindel*, svindlet, svindlere, bedrageri*, phishing,
        uautorisert*, ikke meg som, kjenner ikke igjen, kjenner ikke til, ukjent trekk, sperre
        kort*, mistet kort*, pengene er borte, penger borte, tømt konto*, id-tyveri*
    """,
    "da": """
        hacket, stjålet, stjålne, svindel*, svindlet, svindlere, bedrageri*, phishing,
        uautoriseret*, ikke mig der, kender ikke til, genkender ikke, ukendt træk, ukendt
        betaling, spærre kort*, spærre mit, mistet mit kort, pengene er væk, penge væk, tømt
        konto*, identitetstyveri*
    """,
    "ar": """
        اخترق*, اختراق, مخترق*, تهكر*, انهكر*, اتهكر*, هكر*, هاكر*, سرق*, سرقه, مسروق*, انسرق*,
        اتسرق*, احتيال*, محتال*, نصب علي, نصبوا علي, اتنصب علي*, انتحل*, انتحال, عمليه مشبوهه,
        عمليات مشبوهه, عمليه غير معروفه, عمليه ما اعرفها, عمليات ما سويتها, لم اقم بها, لم اقم
        ب, ما سويتها, مش انا اللي, بدون علمي, بدون اذني, بدون موافقتي, ضاعت بطاقتي, ضيعت بطاقتي,
        وقف بطاقتي, اوقفوا البطاقه, ايقاف البطاقه, سحب فلوس, سحبوا فلوس, انسحب من حسابي, انسحبت
        من حسابي, اختفت الفلوس
    """,
}
