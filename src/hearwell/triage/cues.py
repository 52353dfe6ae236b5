"""The words that triage knows, by what they show and in which language. Data, no logic.

Entries are separated by commas; a trailing ``*`` stands for any ending, a phrase may have up to
five words. Written by us from the everyday language of customers; nothing is copied from a
data set. A longer entry hides the shorter ones inside it, so exceptions are simply longer entries
("no problem" is no trouble, "thanks for nothing" no thanks).
"""

from __future__ import annotations

from typing import Final

CueTable = dict[str, str]

TROUBLE: Final[CueTable] = {
    "en": """
        not working, doesn't work, does not work, didn't work, won't work, isn't working, not work,
        stopped working, broken, broke, broke down, defective, faulty, damaged, smashed, cracked,
        leaking, never arrived, hasn't arrived, not arrived, didn't arrive, still waiting,
        been waiting, waiting for, still no, still not, no response, no reply, no answer,
        never replied, ignored, ignoring, cancelled flight*, canceled flight*, cancel*, delay*,
        late flight*, hours late, late again, missed, missing, lost, stolen, wrong, mistake*,
        overcharged, charged twice, double charged, charge me, charged me, rip off, ripoff,
        rip-off, scam*, fraud*, outage*, down again, is down, are down, crash*, error*, bug*,
        glitch*, fail*, epic fail, worst, awful, terrible, horrible, horrid, horrendous, appalling,
        atrocious, disgust*, pathetic, useless, ridiculous, unacceptable, inexcusable, disgrace*,
        shame on, shameful, joke, a joke, nightmare, mess, disaster, poor, poorly, bad, badly,
        worse, sucks, suck, sucked, crap, crappy, garbage, trash, shit, shitty, bullshit, bs, wtf,
        damn, hell, screw*, pissed, angry, furious, annoy*, frustrat*, disappoint*, upset*,
        unhappy, dissatisf*, unprofessional, rude, rudely, rudest, incompeten*, clueless,
        complain*, lied, liar*, lies, unreliable, slow, stuck, stranded, sitting on, on hold,
        hung up, hang up, hanging up, disconnect*, hours, never again, last time, switching to,
        won't be flying, never fly*, never buy*, never order*, never use, done with, had enough,
        fed up, sick of, tired of, waste, wasted, wasting, poor service, no service, no one,
        nobody, unable, impossible, can't even, cannot even, couldn't, can't get, can't access,
        can't log in, unable to, locked out, blocked, suspended, hacked, refuse*, denied, reject*,
        expired, problem*, issue*, trouble, concern*, hurt*, sad, hate*, boo, ugh, ughh, smh, fml,
        really disappointed, thanks for nothing, thank you for nothing, no thanks to,
        thanks to you, thanks for ruining, thanks for losing, thanks for making me, thanks a lot
        for, great job losing, nice job losing, way to go, another outage, another delay*,
        another cancel*, yet another, again and again, as usual, once again,
        not happy, not impressed, not acceptable, not good, not okay, not ok, not cool, not fair,
        not great, not helpful, not helping, no help, not received, haven't received, didn't
        receive, never received, never got, didn't get, not honored, misled, misleading, unsafe,
        dirty, filthy, smell*, cold food, stale, uncomfortable, nickel and dime, extra charge,
        hidden fee*, fees, expensive, overpriced, too long, takes forever,
        supposed to, should have, was told, were told, told me, promised, left behind, bumped,
        overbooked, oversold, no gate, no crew, no pilot*, no luggage, no bag*, without my,
        leave me, left me, left us, treat*, lack of, blame*, worthless, fix your, fix this,
        fix it, get it together, get your act together, do better, step up,
        lose a customer, lost a customer, lost my business, losing customers, boycott*, lawsuit,
        fail whale, failing, hour delay, min delay, rebook*, delayed, diverted, turbulen*
    """,
    "de": """
        funktioniert nicht, geht nicht, klappt nicht, läuft nicht, kaputt*, defekt*, beschädigt*,
        nicht angekommen, nie angekommen, kam nie an, immer noch nicht, noch immer nicht,
        warte seit, warten seit, warte auf, warte schon, keine antwort, keine rückmeldung,
        keine reaktion, ignorier*, storniert*, annulliert*, ausgefallen, ausfall*, verspät*,
        zu spät, verpasst*, verloren, gestohlen, falsch*, fehler*, doppelt abgebucht, betrug*,
        betrüg*, abzocke*, störung*, abgestürzt, absturz*, schlecht*, schlimm*, furchtbar*,
        schrecklich*, katastroph*, unverschämt*, frech*, frechheit, peinlich*, lächerlich*,
        inakzeptabel, unmöglich*, zumutung, skandal*, enttäusch*, ärger*, verärgert, wütend,
        sauer, genervt, nervt, unzufrieden*, unfreundlich*, inkompetent*, beschwer*, reklam*,
        lüge*, gelogen, unzuverlässig*, langsam*, steck* fest, sitze fest, gestrandet,
        warteschleife,
        nie wieder, zum letzten mal, reicht mir, reicht's, kündig*, problem*, leider, schade,
        scheiß*, mist, saftladen, service wüste, servicewüste, danke für nichts, nicht zufrieden,
        nicht okay, nicht gut, nicht in ordnung, erstattung, umsonst, vergeblich, niemand,
        keiner, gesperrt, gehackt, zu teuer, dreck*, mangel*, mangelhaft, ruiniert, verarscht
    """,
    "fr": """
        ne marche pas, ne marche plus, marche pas, marche plus, ne fonctionne pas, ne fonctionne
        plus, fonctionne pas, en panne, panne*, cassé*, défectueu*, abîmé*, endommagé*, jamais
        arrivé*, jamais reçu, pas reçu, pas arrivé*, toujours pas, j'attends, attends depuis,
        attente, aucune réponse, pas de réponse, sans réponse, aucune nouvelle, ignor*, annul*,
        retard*, en retard, raté*, manqué*, perdu*, volé*, erreur*, faux, arnaque*, escroc*,
        fraude*, débité deux fois, nul, nulle, nuls, mauvais*, pire, horrible*, affreu*,
        catastroph*, scandal*, honte*, honteu*, inadmissible*, inacceptable*, lamentable*,
        pitoyable*, ridicule*, déçu*, décevant*, déception, énerv*, furieu*, colère, mécontent*,
        insatisf*, impoli*, désagréable*, incompétent*, plainte, plaindre, réclamation*, menti,
        mensonge*, lent, lente, lenteur, bloqué*, coincé*, plus jamais, dernière fois, marre,
        ras le bol, problème*, souci*, bug*, plante, galère, merde, foutu*, foutage de gueule,
        merci pour rien, merci de rien pour, pas content*, pas satisfait*, pas normal, pas bon,
        personne, impossible*, piraté*, trop cher, dégueulasse, sale
    """,
    "es": """
        no funciona, no funcionan, no sirve, no va, no carga, no anda, no puedo, dañado*, roto,
        rota, averiad*, defectuos*, nunca llegó, no llegó, no ha llegado, no llega, no me llega*,
        sigo esperando, llevo esperando, esperando, sin respuesta, no responden, no contestan,
        nadie responde, nadie contesta, nadie, ignor*, cancel*, retras*, demora*, tarde, perdí,
        perdido*, perdida*, perdieron, robad*, robo, ladrones, error*, fallo*, falla*, caído,
        caída, estafa*, fraude*, engañ*, cobraron, cobrado, me cobr*, malo, mala, malos, mal,
        malísim*, peor, pésim*, horrible*, terrible*, fatal, desastre*, vergüenza, vergonzos*,
        vergonzoso, inaceptable*, indignante*, indignad*, asco, asqueros*, inútil*, decepcion*,
        enfadad*, enojad*, furios*, hart*, molest*, frustra*, insatisfech*, grosero*, maleducad*,
        incompetente*, queja*, reclam*, mentir*, mentira*, lento, lenta, atrapad*, varad*, nunca
        más, última vez, basta, problema*, inconveniente*, mierda, puta, carajo, porquería, basura,
        gracias por nada, no estoy content*, no estoy satisfech*, ni caso, imposible, hackead*,
        bloquead*, carísimo, sinvergüenza*, tomadura de pelo
    """,
    "it": """
        non funziona, non funzionano, non va, non riesco, rotto, rotta, guast*, difettos*,
        danneggiat*, mai arrivat*, non è arrivat*, non arriva*, non ho ricevuto, mai ricevut*,
        sto aspettando, aspetto da, ancora niente, nessuna risposta, nessuno risponde, nessuno,
        ignor*, cancellat*, annullat*, ritard*, in ritardo, perso, persa, smarrit*, rubat*, errore*,
        sbagliat*, truffa*, frode*, addebit*, pessim*, peggio*, peggior*, orribil*, terribil*,
        schifo*, vergogn*, scandal*, inaccettabil*, ridicol*, assurd*, delus*, deludent*,
        arrabbiat*, furios*, insoddisfatt*, maleducat*, scortes*, incompetent*, reclam*, lament*,
        bugie, bugiard*, lent*, bloccat*, mai più, ultima volta, basta, stuf*, problem*,
        disservizi*, guasto, merda, cazzo, grazie di niente, grazie per niente, non sono content*,
        non sono soddisfatt*, impossibil*, hackerat*, troppo caro
    """,
    "pt": """
        não funciona, não funcionam, não consigo, não abre, quebrad*, defeit*, danificad*, nunca
        chegou, não chegou, não chega, não recebi, nunca recebi, ainda não, esperando, aguardando,
        à espera, sem resposta, ninguém responde, ninguém, ignor*, cancel*, atras*, perdi, perdid*,
        perderam, roubad*, roubo, erro, erros, falha*, golpe, fraude*, enganad*, cobraram,
        cobrança*,
        ruim, péssim*, pior, horrível, horríveis, terrível, desastre, vergonh*, inaceitável,
        ridícul*, absurdo, decepcion*, desiludid*, irritad*, furios*, revoltad*, insatisfeit*,
        grosseir*, mal educad*, incompetent*, reclam*, queixa*, mentira*, mentiros*, lento, lenta,
        pres*, nunca mais, última vez, chega, cansad*, problema*, merda, porcaria, lixo, droga,
        obrigad* por nada, não estou content*, não estou satisfeit*, descaso, palhaçada, impossível,
        bloquead*, hackead*
    """,
    "nl": """
        werkt niet, werkt nog niet, doet het niet, kapot*, defect*, stuk, beschadigd*, nooit
        aangekomen, niet aangekomen, nog steeds niet, nog niet, niet ontvangen, nooit ontvangen,
        wacht al, wacht op, wachten, geen reactie, geen antwoord, geannuleerd, vertraag*,
        vertraging*, te laat, gemist, kwijt, verloren, gestolen, fout, foute, verkeerd*, fraude,
        oplicht*, storing*, crasht, slecht*, slechtste, erger, vreselijk*, verschrikkelijk*,
        belachelijk*, schandalig*, schande, onacceptabel*, waardeloos, waardeloze, teleur*,
        boos, woedend, gefrustreerd*, irritant*, ontevreden*, onbeleefd*, onbeschoft*,
        incompetent*, klacht*, klagen, gelogen, leugen*, traag, trage, vast, gestrand*, nooit meer,
        laatste keer, zat, probleem, problemen, helaas, jammer, kut, klote, bagger, bedankt voor
        niets, niet blij, niet tevreden, niet goed, niemand, onmogelijk, gehackt, geblokkeerd, te
        duur
    """,
    "sv": """
        fungerar inte, funkar inte, funkar ej, trasig*, sönder, defekt*, skadad*, aldrig kommit,
        inte kommit, inte kommer, inte fått, aldrig fått, väntar fortfarande, väntat, väntar på,
        inget svar, ingen svarar, inställ*, försena*, sen igen, missat, missade, borttappad*,
        försvunnen, stulen, fel, felaktig*, bedrägeri, lurad, driftstörning*, ligger nere, dålig*,
        sämst, sämre, hemsk*, fruktansvärd*, katastrof*, skandal*, skamlig*, oacceptabel*, löjlig*,
        besviken, besvikna, arg, rasande, irriterad*, frustrerad*, missnöjd*, otrevlig*,
        inkompetent*, klaga*, klagomål, ljuger, långsam*, fast, strandsatt*, aldrig mer, sista
        gången, trött på, problem*, tyvärr, skit, jävla, tack för ingenting, inte nöjd*, inte bra,
        inte okej, omöjlig*, hackad*, spärrad*, för dyrt
    """,
    "no": """
        fungerer ikke, virker ikke, funker ikke, ødelagt*, defekt*, skadet, aldri kommet, ikke
        kommet, ikke fått, aldri fått, ikke mottatt, venter fortsatt, har ventet, venter på,
        ingen svar, ikke svar, får ikke svar, innstilt*, kansellert*, forsink*, for sent, mistet,
        mistade, borte, stjålet, feil*, svindel*, lurt, nede, dårlig*, verst*, verre, forferdelig*,
        grusom*, katastrof*, skandal*, skammelig*, uakseptabel*, latterlig*, skuffe*, skuffende,
        sint, rasende, irriter*, frustrert*, misfornøyd*, uhøflig*, frekk*, inkompetent*, klage*,
        klagde, løgn*, treg*, sitter fast, strandet, aldri mer, siste gang, lei av, problem*,
        dessverre, dritt*, jævla, faen, takk for ingenting, ikke fornøyd*, ikke bra, ikke greit,
        umulig*, hacket, sperret, for dyrt
    """,
    "da": """
        virker ikke, fungerer ikke, ødelagt*, i stykker, defekt*, beskadiget, aldrig kommet,
        ikke kommet, ikke fået, aldrig fået, ikke modtaget, venter stadig, har ventet, venter på,
        intet svar, ikke svar, får ikke svar, aflyst*, forsinke*, for sent, mistet, væk, stjålet,
        fejl*, svindel*, snydt, nede, dårlig*, værst*, værre, forfærdelig*, katastrof*, skandal*,
        pinlig*, uacceptabel*, latterlig*, skuffe*, skuffende, vred, rasende, irriter*,
        frustreret*, utilfreds*, uhøflig*, inkompetent*, klage*, løgn*, langsom*, strandet,
        aldrig mere, aldrig igen, sidste gang, træt af, problem*, desværre, lort*, fandme, tak for
        ingenting, ikke tilfreds*, ikke god*, ikke okay, umulig*, hacket, spærret, for dyrt
    """,
}

NEED: Final[CueTable] = {
    "en": """
        help, helping me, please help, help me, help us, need, needs, i need, we need, need to,
        please, pls, plz, can you, could you, can i, can we, could i, would you, will you, may i,
        do you, are you, is there, how do, how can, how to, what is, what's, what are, where is,
        where are, where can, where do, when will, when is, when are, when do, why is, why are,
        why do, who do, who can, any update*, any chance, any way, any idea, update me, let me know,
        let us know, contact me, call me, call back, get back to me, reply, respond, respond to,
        respond to my, answer me, dm me, follow me so, i sent, sent you, sent a dm, dm sent,
        check your dm*, check dm, look into, looking into my, advise, assist*, refund*,
        reimburse*, compensat*, exchange, replace*, cancel my, change my, reset, unlock, trying to,
        try to, tried, want to, would like, i'd like, i would like, wondering, wonder if, question*,
        request*, looking for, looking to, waiting on, in advance, asap, booking, reservation,
        confirmation, my flight, my bag, my bags, my luggage, my order, my account, my card,
        my package, my parcel, my ticket*, my money, my phone, my bill, my seat*, my refund,
        status of, customer service, customer support, phone number, email address, speak to,
        talk to, someone, reschedul*, rebook*, voucher*, on hold
    """,
    "de": """
        hilfe, helfen, helft, bitte, brauche, brauchen, benötige, können sie, könnt ihr, könnten
        sie, kann ich, kann man, wie kann, wie komme, wie lange, wo ist, wo sind, wo bleibt, wann
        kommt, wann ist, wann wird, warum ist, wieso, weshalb, was ist, gibt es, habt ihr, haben
        sie, melden sie sich, meldet euch, rückruf, rückmeldung, antwort*, erstatt*, umtausch*,
        stornieren, ändern, möchte, ich will, würde gern*, frage, fragen, anfrage, im voraus,
        meine bestellung, mein paket, mein flug, mein konto, mein gepäck, meine buchung, dringend
    """,
    "fr": """
        aide, aidez, aider, s'il vous plaît, s'il vous plait, svp, stp, besoin, pouvez-vous,
        pouvez vous, pourriez-vous, pourriez vous, est-ce que, est ce que, puis-je, comment,
        où est, où sont, où en est, quand, pourquoi, combien, quel, quelle, répond*, réponse,
        contactez, rappel*, rembours*, échang*, annuler, modifier, je voudrais, j'aimerais,
        je souhaite, je veux, question*, d'avance, ma commande, mon colis, mon vol, mon compte,
        mon bagage, ma valise, ma réservation, urgent*
    """,
    "es": """
        ayuda, ayudar*, ayúdenme, por favor, porfa, necesit*, pueden, puede, podrían, podría,
        puedo, se puede, cómo, como puedo, dónde, donde está, cuándo, cuando llega, por qué, qué
        pasa, cuánto, cuál, hay alguna, respond*, contest*, contact*, llámenme, devolu*, devuelv*,
        reembols*, cambiar, cancelar, quiero, quisiera, me gustaría, pregunta*, consulta, duda,
        de antemano, mi pedido, mi paquete, mi vuelo, mi cuenta, mi equipaje, mi maleta, mi reserva,
        urgente*, solución, soluciones, solucion*
    """,
    "it": """
        aiuto, aiutar*, aiutate*, per favore, per piacere, bisogno, potete, potreste, può, posso,
        si può, come faccio, come posso, dov'è, dove, quando, perché, perche, quanto, quale,
        rispond*, risposta, contatt*, richiam*, rimbors*, cambiare, annullare, vorrei, voglio,
        domanda, in anticipo, il mio ordine, il mio pacco, il mio volo, il mio account, i miei
        bagagli, la mia valigia, prenotazione, urgent*
    """,
    "pt": """
        ajuda, ajudar*, ajudem, por favor, pf, preciso, precisamos, podem, pode, poderiam, posso,
        como faço, como posso, onde está, onde, quando, por que, porque não, quanto, qual, respond*,
        resposta, contat*, contact*, liguem, devolu*, reembols*, estorn*, trocar, cancelar, quero,
        queria, gostaria, pergunta, dúvida, desde já, meu pedido, minha encomenda, meu voo, minha
        conta, minha bagagem, minha mala, minha reserva, urgente*, solução
    """,
    "nl": """
        hulp, help, helpen, alstublieft, alsjeblieft, graag, aub, nodig, kunnen jullie, kunt u,
        kun je, kan ik, mag ik, hoe kan, hoe lang, waar is, waar blijft, waar zijn, wanneer, waarom,
        hoeveel, welke, is er, hebben jullie, antwoord, reactie, reageer, contact, bel me,
        terugbel*,
        terugbetal*, geld terug, ruilen, annuleren, wijzigen, ik wil, zou graag, vraag, vraagje,
        alvast, mijn bestelling, mijn pakket, mijn vlucht, mijn account, mijn koffer, mijn bagage,
        mijn boeking, dringend
    """,
    "sv": """
        hjälp, hjälpa, snälla, behöver, kan ni, kan du, kan jag, kan man, hur gör, hur kan, hur
        lång, var är, när kommer, när är, varför, vad är, vilken, finns det, har ni, svara, svar,
        kontakt*, ring, återbetal*, pengar tillbaka, byta, avboka, ändra, jag vill, skulle vilja,
        fråga, undrar, på förhand, min beställning, mitt paket, mitt flyg, mitt konto, min väska,
        mitt bagage, min bokning, brådska*
    """,
    "no": """
        hjelp, hjelpe, vær så snill, trenger, kan dere, kan du, kan jeg, kan man, hvordan, hvor er,
        hvor lang*, når kommer, når er, hvorfor, hva er, hvilken, finnes det, har dere, svar*,
        kontakt*, ring, refusjon*, refunder*, pengene tilbake, bytte, avbestille, endre, jeg vil,
        ønsker, spørsmål, lurer på, på forhånd, min bestilling, bestillingen min, pakken min, flyet
        mitt, kontoen min, bagasjen min, kofferten min, haster
    """,
    "da": """
        hjælp, hjælpe, venligst, behøver, har brug for, kan i, kan du, kan jeg, kan man, hvordan,
        hvor er, hvor lang*, hvornår, hvorfor, hvad er, hvilken, findes der, har i, svar*,
        kontakt*, ring, refusion*, refunder*, pengene tilbage, bytte, afbestille, ændre, jeg vil,
        ønsker, spørgsmål, på forhånd, min bestilling, min ordre, min pakke, mit fly, min konto,
        min bagage, min kuffert, haster
    """,
}
# Words that a question begins with.
ASKING = """
    what, what's, whats, when, where, where's, why, who, how, which, can, could, would, will,
    do, does, did, is, are, am, should, wo, wann, warum, wieso, was, wer, wie, welche,
    welcher, kann, können, où, quand, pourquoi, comment, combien, qui, que, quel, quelle, qué,
    cuándo, dónde, cómo, cuánto, quién, cuál, dove, quando, perché, come, quanto, chi, quale,
    onde, quem, qual, waar, wanneer, waarom, hoe, welke, wat, var, när, varför, hur, vad, vem,
    hvor, hvorfor, hvordan, hva, hvem, hvornår, hvad
"""
