"""Cues of whether alarming words are meant, and of whom. Form as in ``cues``.

HARMLESS hides alarming words inside everyday phrases ("dying laughing"). NEAR are whole words of
a writer who is concerned; DISTANT those of news and condolence.
"""

from __future__ import annotations

from typing import Final

from hearwell.triage.cues import CueTable

HARMLESS: Final[CueTable] = {
    "en": """
        dying laughing, stolen heart, insult to injury, phone is dying, battery is dying, dying
        of laughter, dying to, i'm dying, im dying, laughing to death, killing it, killed it,
        killer deal*, killer app, to die for, die laughing, i'm dead, im dead, i am dead, dead
        lol, lol dead, i died, we died, is fire, are fire, was fire, straight fire, pure fire,
        so fire, fire sale, fire emoji, fire stick, firestick, fire tv, fire tablet, fire hd,
        amazon fire, camp fire, you're on fire, you are on fire, youre on fire, team is on fire,
        guys are on fire, boys are on fire, deals are on fire, sale is on fire, she's on fire,
        he's on fire, is on fire lately, is on fire tonight, girl is on fire, on fire today,
        mouth is on fire, wallet is on fire, stolen my heart, stole my heart, steal my heart,
        stole the show, stole the deal, a steal, bath bomb*, photo bomb*, photobomb*, the bomb,
        da bomb, bomb ass, bomb dot com, burning question, burning questions, burning calories,
        burn calories, burn fat, burned out, burnt out, burn out, slow burn, cd burn*, burning
        cd*, burning hole, burning a hole, blow up my phone, blowing up my phone, blew up on,
        blown up on, blew up my phone, dead battery, battery is dead, battery dead, battery
        died, battery dies, phone died, phone is dead, line went dead, line is dead, dead link*,
        dead pixel*, dead line, chat is dead, dead end, dead zone, laptop died, tv died, screen
        died, router died, dead slow, drop dead, over my dead body, death of me, bored to death,
        love you to death, scared to death, starving to death, tickled to death, sick of, shock
        horror, sticker shock, shocked at, shocked by, shocked to, in shock, a shock to see,
        what a shock, blood sugar, blood boil*, blood pressure monitor*, out for blood, blood
        type, blood test kit*, smoking hot, smoking deal, smoke free, smoke-free, no smoking,
        non smoking, non-smoking, smoking area, smoking room, smoke alarm price*, smoked salmon,
        smoke signals, up in smoke, stroke of, different strokes, brush stroke*, attack on
        titan, heart attack grill, panic attack lol, attack of the, emergency exit, emergency
        exits, emergency chocolate, emergency fund, emergency contact*, fashion emergency,
        emergency row, emergency kit, break fast, brake pads price, knife set*, knives set,
        kitchen knife, bread knife, gun metal, top gun, water gun, glue gun, nerf gun, heat gun,
        jumping the gun, flooded with, flood of, floods of tears, drowning in, danger zone,
        dangerous curves, dangerously good, dangerously delicious, stalker vibes, stalking your,
        i stalk, stalk your, stalk you, toxic masculinity, toxic relationship, melt in my mouth,
        melts in my mouth, melts in your mouth, melt my heart, melts my heart, melted my heart,
        melted cheese, chocolate melted, ice cream melted, melted ice cream, crashed my party,
        accident free, happy accident, by accident, accidentally, rash decision, trapped in my
        head, love trapped, kick the bucket, shoot me, shoot me an, shoot me a, could kill for,
        i'd kill for, would kill for, kill for a, kill time, killing time, killing me smalls,
        kills me, killing me, overkill, buzzkill, kill the mood, hang me, cut my hair, cut my
        bill, cut my losses, cut my order, fire your social, fire whoever, fire him, fire her,
        get fired, fired up, court side, courtside, i'm a lawyer and, not a lawyer, ain't a
        lawyer, local news anchor, swallowed by, hard to swallow, choked up, is on deadline,
        deal is fire, cold fire, hellfire, court in session, bomb dot, heart attack when, nearly
        had a heart attack, almost had a heart attack, gave me a heart attack, give me a heart
        attack, kill myself laughing, panic attack, attack ads, drop dead gorgeous, dead
        gorgeous, dead good, dead easy, dead chuffed, dead happy, dead excited, murdered that,
        brush with death, dying for, dying over here, i am dying, died of laughter, died
        laughing, crying and dying, poison ivy, rat poison, pick your poison, shock absorber*,
        shock proof, shockproof, smoke detector*, smoked paprika, smokey, liquid smoke, blood
        orange, bloody mary, bloody good, bloody brilliant, bloody love, bleeding edge, first
        aid kit, knife block, gun show, smoking gun, brake light price, danger of missing,
        injury time, wound up, emergency services discount, hospital discount, hospitality,
        choke hold on, a chokehold, chokehold
    """,
    "de": """
        feuer und flamme, feuerwerk*, feierabend, lachen gestorben, vor lachen gestorben, vor
        lachen, sterbe vor, tot gelacht, totgelacht, brandneu*, brand neu, blutwurst,
        bombenstimmung, bombastisch*, akku tot, akku ist tot, leitung tot, leitung ist tot, zum
        sterben schön, herz gestohlen, herz geklaut, ist der hammer, burnout, messerset,
        küchenmesser, rauchfrei*, nichtraucher*
    """,
    "fr": """
        mort de rire, morte de rire, mourir de rire, meurs de rire, à mourir de rire, c'est du
        feu, trop le feu, tuerie, une tuerie, ça tue, pot de feu, feu d'artifice, sang froid,
        bombe de bain, coup de coeur, coup de cœur, batterie morte, volé mon coeur, volé mon
        cœur, pot-au-feu, tout feu
    """,
    "es": """
        muero de risa, me muero de risa, morir de risa, muerta de risa, muerto de risa, la
        bomba, es la bomba, robó el corazón, fuegos artificiales, está que arde, batería muerta,
        bomba de baño, me muero por, muero por, de muerte, robado el corazón
    """,
    "it": """
        morire dal ridere, muoio dal ridere, morto dal ridere, morta dal ridere, da morire, una
        bomba, è una bomba, rubato il cuore, fuochi d'artificio, batteria morta, bomba da bagno,
        sangue freddo, fuoco e fiamme
    """,
    "pt": """
        morrendo de rir, morri de rir, morta de rir, morto de rir, a bomba, roubou meu coração,
        fogos de artifício, pega fogo cabaré, bateria morta, morrendo de amor, morro de amor, tô
        morta, tô morto, golpe baixo
    """,
    "nl": """
        lach me dood, dood van het lachen, vuurwerk, bom van een, hart gestolen, rookvrij*,
        batterij dood
    """,
    "sv": """
        dör av skratt, dog av skratt, död av skratt, bomben, fyrverkeri*, stulit mitt hjärta,
        rökfri*
    """,
    "no": "dør av latter, død av latter, fyrverkeri, stjålet hjertet, bombesikker, røykfri*",
    "da": "dør af grin, død af grin, fyrværkeri, stjålet mit hjerte, bombesikker*, røgfri*",
    "ar": """
        اموت عليك*, بموت عليك*, بموت فيك*, اموت فيكم, متت ضحك, بموت ضحك, ميت ضحك, نار يا, سرق
        قلبي, قنبله الموسم
    """,
}

NEAR: Final[CueTable] = {
    "en": """
        i, i'm, im, i've, ive, i'd, i'll, me, my, mine, myself, we, we're, we've, us, our, ours,
        your, son, daughter, husband, wife, mum, mom, dad, mother, father, kid, kids, child,
        toddler, baby, grandma, grandmother, grandpa, neighbour, neighbor, flatmate, roommate
    """,
    "de": """
        ich, mir, mich, mein*, wir, uns, unser*, euer*, eure*, euch, ihre*, dein*, sohn,
        tochter, mutter, vater, oma, opa
    """,
    "fr": """
        je, j'ai, j'étais, me, m'a, moi, mon, ma, mes, nous, notre, nos, votre, vos, ton, ta,
        tes, au secours, fils, fille, bébé
    """,
    "es": """
        yo, me, mi, mis, mí, conmigo, nosotros, nos, nuestr*, vuestr*, tu, tus, vosotros,
        auxilio, socorro, hijo*, hija*, marido, esposa, esposo, madre, padre, bebé, estoy,
        estamos, tengo, tenemos
    """,
    "it": """
        io, mi, mio, mia, miei, mie, me, noi, nostr*, voi, vostr*, tuo, tua, figlio, figlia,
        figli, marito, moglie, madre, mamma, padre, papà, sono, siamo, ho, abbiamo
    """,
    "pt": """
        eu, me, mim, meu*, minha*, comigo, nós, nosso*, nossa*, a gente, vosso*, vossa*,
        socorro, filho*, filha*, marido, esposa, esposo, mãe, pai, bebê, bebé, estou, estamos,
        tenho
    """,
    "nl": """
        ik, mij, me, mijn, mezelf, wij, we, ons, onze, jullie, jouw, zoon, dochter, moeder,
        vader, baby, oma, opa, aub, alsjeblieft
    """,
    "sv": """
        jag, mig, min, mitt, mina, vi, oss, vår, vårt, våra, er, ert, era, ditt, son, dotter,
        fru, mamma, pappa, bebis, snälla
    """,
    "no": """
        jeg, meg, min, mitt, mine, vi, oss, vår, vårt, våre, deres, ditt, sønn*, datter*, mann*,
        kone*, mor, far, mamma, pappa, baby*, vær så snill
    """,
    "da": """
        jeg, mig, min, mit, mine, vi, os, vores, jer, jeres, dit, søn, datter, kone, mor, far,
        baby, venligst
    """,
    "ar": """
        انا, اني, احنا, نحن, عندي, عندنا, معي, معاي, معايا, معنا, ابني, بنتي, ولدي, طفلي, زوجي,
        زوجتي, مراتي, جوزي, امي, ابي, ابوي, اخوي, اخي, اختي, جدتي, جدي, جاري, جارتي, ساعدونا,
        ساعدوني, الحقوني, الحقونا, منتجكم, جهازكم, شركتكم, مطعمكم, خدمتكم, عندكم, منكم, بيتي,
        بيتنا, شقتي, سيارتي, يدي, ايدي, وجهي, نحتاج, محتاجين, ارجوكم, اصبت, تعرضت, حصل لي, صار
        لي, صار معي, كدت
    """,
}

DISTANT: Final[CueTable] = {
    "en": """
        prayers, praying for, pray for, thoughts are with, thoughts and prayers, our thoughts,
        victims, rip, breaking news, reportedly, according to, death toll, condolences, in
        memory of, survivors of, suspects, suspect in, casualties, rescue teams, relief efforts,
        donate to, donations for, red cross, officials say, police say, authorities say, news
        reports
    """,
    "de": """
        beileid, gedanken sind bei, opfer, eilmeldung, laut polizei, todesopfer, spenden für,
        rotes kreuz
    """,
    "fr": "pensées pour, condoléances, victimes, bilan, selon la police, dons pour, croix-rouge",
    "es": """
        oremos, oraciones, víctimas, victimas, damnificados, última hora, ultima hora, según
        autoridades, muertos, heridos, cruz roja, fuerza a, condolencias, epicentro, sismo,
        terremoto
    """,
    "it": """
        vittime, terremotati, ultim'ora, condoglianze, preghiamo, preghiere, protezione civile,
        croce rossa, epicentro, terremoto
    """,
    "pt": """
        vítimas, vitimas, oremos, orações, luto, boate, segundo a polícia, cruz vermelha,
        condolências
    """,
    "nl": "slachtoffers, medeleven, volgens de politie, rode kruis",
    "sv": "offer för, tankar går till, enligt polisen, röda korset",
    "no": "ofre, tankene går til, ifølge politiet, røde kors",
    "da": "ofre, tanker går til, ifølge politiet, røde kors",
    "ar": """
        ضحايا, الضحايا, شهداء, الشهداء, الله يرحم*, تعازينا, عاجل مقتل, مصادر امنيه, بحسب الشرطه
    """,
}
