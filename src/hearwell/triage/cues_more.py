"""More words that triage knows: the friendly, the pressing, the unwanted. See cues.py."""

from __future__ import annotations

from typing import Final

from hearwell.triage.cues import CueTable

PRAISE: Final[CueTable] = {
    "en": """
        love, loved, loves, loving, lovely, great, awesome, amazing, fantastic, excellent,
        wonderful, brilliant, superb, perfect, the best, best airline, best service, best
        company, best
        ever, outstanding, impress*, incredible,
        stellar, how kind, how very kind, how lovely, how nice, how sweet, how wonderful,
        how thoughtful, good, nice, so kind, very kind, friendly, helpful, happy, glad, pleased,
        delighted, enjoy*,
        appreciat*, kudos, props, well done, good job, great job, nice job, keep it up,
        keep up the, shout out, shoutout, shout-out, hats off, thumbs up, rock, rocks, rocked,
        rockstar*, cool, sweet, yay, woohoo, winning, win, made my day, can't wait, cannot wait,
        looking forward, excited, beautiful, gorgeous, smooth, on time, early, comfortable,
        delicious, fun, favorite, favourite, recommend*, satisfied, never disappoint*,
        never fails, no complaints, can't complain, couldn't be happier, can't thank you enough,
        not bad, no worries, no issues, exceeded, top notch, class act,
        classy, life saver, lifesaver, saved my, you guys are great, you guys are awesome,
        you guys are amazing,
        you guys are the best, you guys rock, thumbs-up, bravo, congrat*
    """,
    "de": """
        super, toll, tolle*, großartig*, fantastisch*, wunderbar*, hervorragend*, ausgezeichnet*,
        spitze, klasse, prima, perfekt*, beste, besten, bester, liebe, gut, gute, guter, gutes,
        schön*, freundlich*, nett*, hilfsbereit*, glücklich, zufrieden, begeistert, freue, freut,
        lob, weiter so, empfehl*, kein problem, nicht schlecht, hat geklappt, top, genial*
    """,
    "fr": """
        super, génial*, excellent*, parfait*, formidable*, magnifique*, merveilleu*, top, bravo,
        adore, j'adore, aime, j'aime, bon, bonne, bien, gentil*, sympa*, aimable*, content*,
        ravi*, satisfait*, heureu*, félicit*, meilleur*, recommand*, pas mal, pas de problème,
        aucun problème, chapeau, efficace*, rapide*
    """,
    "es": """
        genial*, excelente*, increíble*, perfecto*, perfecta*, fantástic*, maravillos*, estupend*,
        buen, bueno, buena, bien, mejor, mejores, amo, me encanta*, encant*,
        amable*, simpátic*, content*, feliz, felices, satisfech*, felicidades, felicit*,
        recomiend*, ningún problema, sin problema*, bravo, rápid*, de diez
    """,
    "it": """
        ottim*, eccellent*, fantastic*, perfett*, meraviglios*, bellissim*, bravo, brava, bravi,
        bravissim*, buono, buona, bene, benissimo, miglior*, adoro, amo, gentil*, simpatic*,
        content*, felice, soddisfatt*, complimenti, consigli*, nessun problema, grande, grandi,
        veloc*, impeccabil*
    """,
    "pt": """
        ótim*, excelente*, incrível, incríveis, perfeit*, fantástic*, maravilhos*, parabéns, bom,
        boa, bem, melhor, melhores, adoro, adorei, amo, amei, gentil*, simpátic*, atencios*,
        content*, feliz, satisfeit*, recomend*, sem problema*, nenhum problema, top, rápid*,
        nota dez
    """,
    "nl": """
        super, geweldig*, fantastisch*, uitstekend*, perfect*, top, prima, goed, goede, mooi*,
        leuk*, lekker*, vriendelijk*, aardig*, behulpzaam, blij, tevreden, beste, hulde, chapeau,
        aanrader, geen probleem, niet slecht, snel, snelle, toppers, compliment*
    """,
    "sv": """
        super*, jättebra, fantastisk*, underbar*, utmärkt*, perfekt*, bäst, bästa, bra, toppen,
        kanon, grym*, trevlig*, vänlig*, snäll, hjälpsam*, nöjd*, glad, älskar, rekommender*,
        inga problem, inte dåligt, snabb*, härlig*, beröm
    """,
    "no": """
        super*, kjempebra, fantastisk*, utmerket*, perfekt*, best, beste, bra, topp, strålende,
        hyggelig*, vennlig*, snill, hjelpsom*, fornøyd*, glad, elsker, anbefal*, ingen problem*,
        ikke dårlig, rask*, nydelig*, ros
    """,
    "da": """
        super*, fantastisk*, fremragende, perfekt*, bedst, bedste, god, godt, gode, dejlig*, top,
        venlig*, sød*, rar, hjælpsom*, tilfreds*, glad, elsker, anbefal*, ingen problem*, ikke
        dårligt, hurtig*, ros, flot*
    """,
}

THANKS: Final[CueTable] = {
    "en": """
        thank, thanks, thank you, thankyou, thank u, thx, thnx, thanx, tks, ty, tysm, cheers,
        much appreciated, appreciate it, grateful, gratitude, got it thanks, all good, all set,
        all sorted, sorted now, sorted, works now, working now, it works, that worked, that works,
        solved, resolved, fixed now, that fixed it, received it, refund received, got my refund,
        received my refund, refund arrived, got it, problem solved, issue resolved, that helped,
        you helped, helped me, for your help, for the help, for helping, for all your help,
        for the quick response, for the quick reply, for the fast response, for the reply,
        for your reply, for the response, for responding, for getting back to me, for your answer,
        for the answer, for the update, for the assistance, for your assistance, for your
        support, for the support,
        quick response, quick reply, fast response, great customer
        service, great service, excellent customer service, good customer service, amazing customer
        service, awesome customer service, best customer service, never mind, nevermind
    """,
    "de": """
        danke, dankeschön, danke schön, vielen dank, herzlichen dank, besten dank, danke sehr,
        dank, merci, hat geklappt, geht wieder, funktioniert wieder, funktioniert jetzt, erledigt,
        gelöst, alles gut, angekommen danke, für die hilfe, für ihre hilfe, für eure hilfe, für die
        schnelle antwort, für die antwort, problem gelöst
    """,
    "fr": """
        merci, merci beaucoup, grand merci, mille mercis, mercis, remerci*, c'est bon, c'est réglé,
        réglé, résolu*, ça marche, ça fonctionne, problème résolu, problème réglé, pour votre aide,
        pour votre réponse, pour la réponse, de votre réponse, pour l'aide
    """,
    "es": """
        gracias, muchas gracias, mil gracias, muchísimas gracias, agradec*, solucionado, resuelto,
        problema resuelto, problema solucionado, ya funciona, ya está, por la ayuda, por su ayuda,
        por tu ayuda, por la respuesta, por responder, por la atención
    """,
    "it": """
        grazie, grazie mille, mille grazie, tante grazie, ringrazi*, risolto, problema risolto,
        funziona, ora funziona, tutto ok, tutto a posto, per l'aiuto, per la risposta
    """,
    "pt": """
        obrigado, obrigada, muito obrigado, muito obrigada, brigado, brigada, valeu, agradeç*,
        agradec*, resolvido, problema resolvido, já funciona, deu certo, tudo certo, pela ajuda,
        pela resposta, pela atenção
    """,
    "nl": """
        bedankt, dank je, dank u, dank, dankjewel, dankuwel, thanks, opgelost, probleem opgelost,
        werkt weer, gelukt, voor de hulp, voor je hulp, voor uw hulp, voor de snelle
        reactie, voor de
        reactie, voor het antwoord, snelle reactie
    """,
    "sv": """
        tack, tack så mycket, tusen tack, stort tack, tackar, löst, problemet löst, funkar nu,
        fungerar nu, löste sig, för hjälpen, för svaret, för snabbt svar
    """,
    "no": """
        takk, tusen takk, takk skal du ha, mange takk, takker, løst, problemet løst, virker nå,
        fungerer nå, ordnet seg, for hjelpen, for svaret, for svar, for raskt svar
    """,
    "da": """
        tak, tusind tak, mange tak, takker, løst, problemet løst, virker nu, fungerer nu, for
        hjælpen, for svaret, for hurtigt svar
    """,
}
# Scripts without spaces, or outside our lists: looked for anywhere in a short text.
THANKS_ANYWHERE: Final = (
    "ありがと", "感謝", "谢谢", "謝謝", "多谢", "多謝", "감사", "고마", "ขอบคุณ", "спасибо",
    "благодар", "дякую", "شكرا", "شكرًا", "תודה", "ευχαριστ", "धन्यवाद", "शुक्रिया",
)  # fmt: skip

NEGATION: Final[CueTable] = {
    "en": """
        not, no, never, nor, neither, without, hardly, barely, nothing, none, cannot, cant,
        dont,
        doesnt, didnt, isnt, wasnt, wont, wouldnt, couldnt, shouldnt, arent, werent, havent, hasnt,
        hadnt, aint, zero, lack, less, far from""",
    "de": "nicht, kein*, nie, niemals, ohne, nichts, weder, kaum",
    "fr": "ne, pas, jamais, aucun*, sans, rien, ni, plus du tout",
    "es": "no, nunca, jamás, sin, nada, ni, tampoco, ningún, ninguna",
    "it": "non, mai, nessun*, senza, niente, nulla, né, neanche",
    "pt": "não, nao, nunca, jamais, sem, nada, nem, nenhum*",
    "nl": "niet, geen, nooit, zonder, niets, noch, nauwelijks",
    "sv": "inte, ej, ingen, inget, inga, aldrig, utan, icke",
    "no": "ikke, ingen, intet, aldri, uten",
    "da": "ikke, ingen, intet, aldrig, uden",
}
CONTRAST: Final[CueTable] = {
    "en": """but, however, although, though, yet, still, unfortunately, except, instead, only, just,
        until, unless, if, why, when, how, again, sure, guess, least, maybe""",
    "de": "aber, jedoch, trotzdem, allerdings, obwohl, sondern, warum, wann, wieder, nur",
    "fr": "mais, cependant, pourtant, malheureusement, sauf, toutefois, encore, seulement",
    "es": "pero, aunque, sin embargo, lamentablemente, salvo, todavía, aún, solo, sólo",
    "it": "ma, però, tuttavia, purtroppo, anche se, ancora, solo",
    "pt": "mas, porém, contudo, infelizmente, embora, ainda, só",
    "nl": "maar, echter, helaas, toch, hoewel, alleen, weer",
    "sv": "men, dock, tyvärr, fast, fortfarande, bara, igen",
    "no": "men, dessverre, likevel, selv om, fortsatt, bare, igjen",
    "da": "men, desværre, dog, selvom, stadig, kun, igen",
}

# Weight = urgency: 4 life and limb, 3 cannot wait (stranded, minutes, law, press), 2 today.
SAFETY: Final[CueTable] = {
    "en": """emergency, ambulance, injured, injury, bleeding, caught fire, on fire, smoke, explod*,
        electric shock, poison*, allergic reaction, anaphyla*, heart attack, seizure, unconscious,
        overdose, suicid*, kill myself, end my life, hurt myself, assault*, attacked, threaten*,
        unsafe, gas leak, hospital, in danger, can't breathe, cannot breathe, choking""",
    "de": """
        notfall, krankenwagen, verletzt*, blutet, brennt, feuer, rauch, explodier*,
        stromschlag,
        vergift*, allergische reaktion, herzinfarkt, bewusstlos*, selbstmord, umbringen, bedroh*,
        gefährlich*, lebensgefahr, krankenhaus, gasgeruch""",
    "fr": """urgence, ambulance, blessé*, saigne, prend feu, en feu, incendie, fumée, explos*,
        électrocut*, intoxi*, allergi*, infarctus, inconscient*, suicid*, menac*, danger*,
        hôpital""",
    "es": """emergencia, ambulancia, herid*, sangr*, incendio, fuego, humo, explot*, electrocut*,
        intoxic*, alergi*, infarto, inconsciente, suicid*, amenaz*, peligro*, hospital""",
    "it": """emergenza, ambulanza, ferit*, sanguin*, incendio, fuoco, fumo, esplos*, intossic*,
        allergi*, infarto, svenut*, suicid*, minacc*, pericol*, ospedale""",
    "pt": """
        emergência, ambulância, ferid*, sangr*, incêndio, fogo, fumaça, explod*, choque
        elétrico,
        intoxic*, alergi*, infarto, enfarte, suicid*, ameaç*, perigo*, hospital""",
    "nl": """noodgeval, ambulance, gewond*, bloed*, rook, ontploft, vergiftig*, allergisch*,
        hartaanval, bewusteloos, zelfmoord, bedreig*, gevaar*, ziekenhuis""",
    "sv": """nödläge, ambulans, skadad*, blöder, brinner, rök, exploder*, förgift*, allergisk*,
        hjärtattack, medvetslös*, självmord, hotar, farlig*, sjukhus""",
    "no": """nødsituasjon, ambulanse, skadet, blør, brenner, røyk, eksploder*, forgift*, allergisk*,
        hjerteinfarkt, bevisstløs*, selvmord, truer, farlig*, sykehus""",
    "da": """nødsituation, ambulance, såret, bløder, brænder, røg, eksploder*, forgift*, allergisk*,
        hjertestop, bevidstløs*, selvmord, truer, farlig*, hospital""",
}
PRESSING: Final[CueTable] = {
    "en": """
        stranded, stuck at the airport, stuck in, urgent*, asap, immediately, right now,
        boarding now, already boarding, departs in, leaves in, in an hour, in 10 minutes,
        in 20 minutes, in 30 minutes,
        minutes left, missed my connection, miss my connection, missing my connection,
        funeral, lawyer*, attorney*, legal action, lawsuit, sue, suing, small claims,
        court, police, regulator, ombudsman, journalist*, reporter*, newspaper, press
        inquiry, press enquiry, the press, the media, on the news, locked out, hacked,
        data breach, breach, identity theft, unauthorized, unauthorised, stolen card,
        card stolen, discriminat*, racis*, harass*
    """,
    "de": """
        gestrandet, sitze fest, dringend*, sofort, eilt, abflug in, beerdigung, anwalt*,
        rechtsanwalt*, klage, verklagen, gericht, polizei, verbraucherschutz,
        verbraucherzentrale, schlichtung*, journalist*, presse, zeitung, gehackt,
        datenleck, datenschutz*, diskriminier*, rassis*
    """,
    "fr": """
        bloqué* à, coincé* à, urgent*, immédiatement, tout de suite, enterrement,
        avocat*, plainte, tribunal, police, justice, journaliste*, presse, piraté*,
        discrimin*, racis*
    """,
    "es": """
        varad*, atrapad*, urgente*, inmediatamente, ya mismo, funeral, abogad*,
        demanda*, denunci*, juicio, policía, consumidor, periodista*, prensa, hackead*,
        discrimin*, racis*
    """,
    "it": """
        bloccat* a, bloccat* in, urgent*, immediatamente, funerale, avvocat*, denunci*,
        tribunale, polizia, giornalist*, stampa, hackerat*, discrimin*, razzis*
    """,
    "pt": """
        pres* no, pres* em, urgente*, imediatamente, agora mesmo, funeral, advogad*,
        process*, procon, justiça, tribunal, polícia, jornalist*, imprensa, hackead*,
        discrimin*, racis*
    """,
    "nl": """
        gestrand*, vast op, dringend*, spoed, begrafenis, advocaat, rechtbank, rechter,
        politie, journalist*, pers, gehackt, datalek, discrimin*, racis*
    """,
    "sv": """
        strandsatt*, akut, brådska*, omedelbart, genast, begravning, advokat*, stämma,
        polis*, journalist*, pressen, hackad*, diskrimin*, rasis*
    """,
    "no": """
        strandet, haster, akutt, umiddelbart, straks, begravelse, advokat*, saksøke,
        politi*, journalist*, pressen, hacket, diskrimin*, rasis*
    """,
    "da": """
        strandet, haster, akut, straks, med det samme, begravelse, advokat*, sagsøge,
        politi*, journalist*, pressen, hacket, diskrimin*, racis*
    """,
}
# Who needs care. By itself no hurry; when something goes wrong, it cannot wait.
CARE: Final[CueTable] = {
    "en": """
        wheelchair, insulin, medication, medicine, oxygen, baby, infant, newborn,
        unaccompanied, elderly, pregnant, disabled, epilep*, dialysis
    """,
    "de": "rollstuhl, insulin, medikament*, baby, säugling, schwanger*, behindert*",
    "fr": "fauteuil roulant, insuline, médicament*, bébé, enceinte, handicap*",
    "es": "silla de ruedas, insulina, medicament*, medicina, bebé, embarazada, discapac*",
    "it": "sedia a rotelle, insulina, farmac*, medicin*, neonato, incinta, disabil*",
    "pt": "cadeira de rodas, insulina, remédio*, medicament*, bebê, bebé, grávida, deficien*",
    "nl": "rolstoel, insuline, medicijn*, baby, zwanger, gehandicapt*",
    "sv": "rullstol, insulin, medicin*, bebis, gravid, funktionsnedsatt*",
    "no": "rullestol, insulin, medisin*, baby, gravid, funksjonshem*",
    "da": "kørestol, insulin, medicin*, baby, gravid, handicap*",
}
TODAY: Final[CueTable] = {
    "en": """
        today, tonight, tomorrow, this morning, this afternoon, this evening, now, hours,
        deadline
    """,
    "de": "heute, heute abend, morgen früh, jetzt, stunden, frist",
    "fr": "aujourd'hui, ce soir, demain, maintenant, heures",
    "es": "hoy, esta noche, mañana, ahora, horas",
    "it": "oggi, stasera, domani, adesso, ore",
    "pt": "hoje, esta noite, amanhã, agora, horas",
    "nl": "vandaag, vanavond, morgen, nu, uren, uur",
    "sv": "idag, i dag, ikväll, i kväll, imorgon, nu, timmar",
    "no": "i dag, i kveld, i morgen, nå, timer",
    "da": "i dag, i aften, i morgen, nu, timer",
}

IDEA: Final[CueTable] = {
    "en": """
        suggestion, suggestions, i suggest, idea, ideas, feature request, would be nice,
        would be great if,
        would be cool if, would love to see, would love it if, you should add, please add,
        should add, should bring back, bring back, please bring back, wish you, i wish""",
    "de": "vorschlag*, idee*, anregung*, wäre schön wenn, wäre toll wenn, wünsche mir, wünschte",
    "fr": "suggestion*, idée*, ce serait bien, ce serait super, propose*",
    "es": "sugerencia*, sugiero, idea, ideas, estaría bien, sería genial, propong*",
    "it": "suggeriment*, suggerisco, idea, idee, sarebbe bello, propong*",
    "pt": "sugest*, sugiro, ideia*, seria bom, seria legal, propon*",
    "nl": "suggestie*, idee, ideeën, zou leuk zijn, zou fijn zijn, voorstel*",
    "sv": "förslag*, idé*, vore bra, vore kul, önskar att",
    "no": "forslag*, idé*, ide, hadde vært fint, hadde vært kult, ønsker meg",
    "da": "forslag*, idé*, ide, ville være rart, ville være fedt",
}
PREPURCHASE: Final[CueTable] = {
    "en": """how much, price*, cost, costs, in stock, available, availability, do you sell,
        do you have, do you ship, do you deliver, ship to, deliver to, where can i buy,
        thinking of buying, thinking about buying, want to buy, interested in, buy one, preorder,
        pre-order, discount, promo code, coupon, group booking, quote""",
    "de": """
        was kostet, wie teuer, preis*, lieferbar, verfügbar*, vorrätig, verkauft ihr,
        liefert ihr, kaufen, rabatt*, angebot*
    """,
    "fr": """
        combien coûte, prix, tarif*, en stock, disponible*, vendez-vous, livrez-vous,
        acheter, réduction, promo
    """,
    "es": """
        cuánto cuesta, cuanto cuesta, precio*, disponible*, en stock, venden, hacen
        envíos, comprar, descuento*
    """,
    "it": "quanto costa, prezz*, disponibil*, vendete, spedite, comprare, acquistare, sconto*",
    "pt": "quanto custa, preço*, disponíve*, em estoque, vendem, entregam, comprar, desconto*",
    "nl": """
        wat kost, prijs, prijzen, op voorraad, beschikbaar*, verkopen jullie, leveren
        jullie, kopen, korting*
    """,
    "sv": "vad kostar, pris*, i lager, tillgänglig*, säljer ni, levererar ni, köpa, rabatt*",
    "no": "hva koster, pris*, på lager, tilgjengelig*, selger dere, leverer dere, kjøpe, rabatt*",
    "da": "hvad koster, pris*, på lager, tilgængelig*, sælger i, leverer i, købe, rabat*",
}
SPAM: Final[CueTable] = {
    "en": """
        follow me, follow back, follow for follow, f4f, check out my, check my bio, link in
        bio,
        click here, click the link, click my profile, click on my profile, my profile,
        winners every,
        winners announced, free flights, free tickets, free gift cards, sign up now, free
        money, earn money, make money, work from home,
        passive income, bitcoin, crypto*, forex, investment opportunity, onlyfans,
        giveaway*, sweepstake*,
        win a free, retweet to win, rt to win, enter to win, chance to win, buy followers,
        cheap followers, hot singles, viagra, casino, dm me to earn, whatsapp me, limited offer,
        act now, 100% free, seo services, promote your""",
    "de": """
        gewinnspiel*, klick hier, jetzt anmelden, geld verdienen, schnell reich, folge
        mir, folgt mir
    """,
    "fr": "cliquez ici, gagner de l'argent, concours, suivez-moi, abonnez-vous",
    "es": "haz clic, ganar dinero, gana dinero, sorteo, sígueme, sígueme y",
    "it": "clicca qui, guadagna, guadagnare soldi, seguimi, concorso a premi",
    "pt": "clique aqui, ganhe dinheiro, ganhar dinheiro, sorteio, me siga",
    "nl": "klik hier, geld verdienen, volg mij, winactie",
    "sv": "klicka här, tjäna pengar, följ mig, tävling",
    "no": "klikk her, tjene penger, følg meg, konkurranse",
    "da": "klik her, tjen penge, følg mig, konkurrence",
}
CHATTER: Final[CueTable] = {
    "en": """ok, okay, k, kk, lol, lmao, rofl, haha*, hehe*, hahaha, omg, wow, yep lol, same, this,
        first, hi, hello, hey, morning, good morning, good night, good evening, happy birthday,
        merry christmas, happy new year, bye, cya, xd, yum, mood, relatable, facts""",
    "de": "hallo, hi, moin, guten morgen, guten tag, schönen tag, tschüss, haha*, oh",
    "fr": "bonjour, salut, coucou, bonsoir, bonne journée, mdr, ptdr, haha*",
    "es": "hola, buenas, buenos días, buenas tardes, buenas noches, jaja*, jeje*, adiós",
    "it": "ciao, buongiorno, buonasera, salve, ahah*, haha*",
    "pt": "olá, oi, bom dia, boa tarde, boa noite, kkk*, rsrs*, haha*",
    "nl": "hoi, hallo, goedemorgen, goedemiddag, doei, haha*",
    "sv": "hej, hejsan, god morgon, haha*",
    "no": "hei, god morgen, haha*",
    "da": "hej, godmorgen, haha*",
}

# The commonest small words, to tell languages of our lists apart. Not used outside of that.
SMALL_WORDS: Final[CueTable] = {
    "en": """
        the,and,is,to,of,you,my,it,for,was,are,this,that,have,with,your,on,at,i,we,they,been,what
    """,
    "de": """
        der,die,das,und,ist,ich,nicht,ein,eine,mit,für,auf,wir,sie,ihr,mein,meine,es,zu,wie,war,euch,
        hat,bei,noch,nur,auch,aus,seit,von,im,guten,schon,mal,oder,wenn,kann,habe,wird
    """,
    "fr": """
        le,la,les,et,est,je,ne,pas,un,une,des,vous,pour,que,mon,ma,dans,sur,avec,nous,ce,au,du,c'est
    """,
    "es": "el,la,los,las,y,es,que,de,en,un,una,mi,por,con,para,me,se,lo,su,les,muy,ya,del,esto",
    "it": "il,lo,la,gli,e,è,che,di,un,una,mi,per,con,non,si,mio,mia,ho,sono,del,della,questo,ma,da",
    "pt": "o,a,os,as,e,é,que,de,em,um,uma,meu,minha,por,com,para,me,se,não,do,da,vocês,foi,muito",
    "nl": """
        de,het,een,en,is,ik,niet,van,op,met,voor,mijn,jullie,dat,zijn,naar,maar,heb,er,al,wat,ook
    """,
    "sv": "och,är,det,jag,att,en,ett,inte,på,för,med,som,har,min,mitt,ni,till,av,om,den,men,så",
    "no": "og,er,det,jeg,å,en,et,ikke,på,for,med,som,har,min,mitt,dere,til,av,om,men,hva,meg",
    "da": "og,er,det,jeg,at,en,et,ikke,på,for,med,som,har,min,mit,jer,til,af,om,men,hvad,mig,i",
}
