"""Cues of harm to life and limb. Form as in ``cues``.

Signs for the model, and what makes a message a complaint for the rules. What raises an alarm is
told by ``matters``, for most people who write "explosion" pass on news or rave about a sauce.
"""

from __future__ import annotations

from typing import Final

from hearwell.triage.cues import CueTable

DANGER: Final[CueTable] = {
    "en": """
        kill myself, killing myself, killed myself, end my life, ending my life, take my own
        life, taking my own life, end it all, ending it all, suicidal, commit suicide,
        committing suicide, want to die, wanna die, wish i was dead, wish i were dead, better
        off dead, don't want to live, dont want to live, do not want to live, no reason to live,
        can't go on anymore, cant go on anymore, don't want to be here anymore, dont want to be
        here anymore, don't want to wake up, dont want to wake up, not worth living, hurt
        myself, hurting myself, harm myself, harming myself, self harm, self-harm, cut myself,
        cutting myself, overdose*, jump off, jump in front of, can't breathe, cant breathe,
        cannot breathe, can not breathe, couldn't breathe, trouble breathing, not breathing,
        stopped breathing, struggling to breathe, difficulty breathing, gas leak, smell gas,
        smells of gas, smell of gas, smelling gas, gas smell, smells like gas, carbon monoxide,
        co alarm, caught fire, catch fire, catching fire, caught on fire, went up in flames,
        burst into flames, is on fire, electric shock, electric shocks, got a shock, got
        shocked, gave me a shock, gives me a shock, shocked me, electrocut*, anaphyla*, epipen,
        epi pen, epi-pen, allergic reaction, call an ambulance, called an ambulance, need an
        ambulance, call 911, called 911, call 999, call 112, heart attack, chest pain*, having a
        seizure, had a seizure, unconscious, unresponsive, passed out, passing out, choked on,
        choking on, is choking, was choking, choking hazard, nearly choked, almost choked,
        brakes failed, brake failure, brakes don't work, brakes not working, brakes stopped,
        brakes gave, no brakes, trapped in, trapped inside, stuck in the lift, stuck in the
        elevator, stuck in a lift, stuck in an elevator, stuck in your lift, stuck in your
        elevator, going to kill me, gonna kill me, threatened to kill, death threat*,
        threatening to kill, threatened me, threatening me, threatens me, he hit me, beating me,
        following me home, outside my house, outside my door, has a gun, has a knife, with a
        knife, with a gun, raped, sexual assault*, sexually assault*, life threatening,
        life-threatening, in danger, going to get hurt, someone will die, somebody will die,
        someone dies, someone could die, someone is going to die
    """,
    "de": """
        umbringen, mich umzubringen, bring mich um, bringe mich um, selbstmord*, suizid*, nicht
        mehr leben, will sterben, möchte sterben, mir das leben nehmen, leben nehmen, mich
        verletzen, mir was antun, mir etwas antun, ritze mich, keinen sinn mehr, bekomme keine
        luft, kriege keine luft, bekomm keine luft, krieg keine luft, keine luft, atemnot,
        gasgeruch, riecht nach gas, gasleck, kohlenmonoxid, feuer gefangen, in flammen, in
        brand, brennt gerade, stromschlag*, eine gewischt, unter strom, anaphyla*, allergischer
        schock, allergische reaktion*, krankenwagen, notarzt, notruf, herzinfarkt,
        brustschmerz*, bewusstlos*, ohnmächtig*, ohnmacht, krampfanfall, verschluckt, erstick*,
        bremsen versagt*, bremse versagt*, bremsen funktionieren nicht, bremse geht nicht,
        bremsen gehen nicht, im aufzug fest, im fahrstuhl fest, im aufzug stecken, steckt im
        aufzug, stecke im aufzug, stecken im aufzug, morddrohung*, bedroht mich, bedroht uns,
        mich bedroht, lebensgefahr, lebensgefährlich*, lebensbedrohlich*, in gefahr,
        vergewaltig*, mit dem messer, mit einem messer
    """,
    "fr": """
        me tuer, me suicider, suicid*, envie de mourir, veux mourir, veux plus vivre, plus envie
        de vivre, en finir, me faire du mal, mettre fin à mes jours, fin à ma vie, mutil*, peux
        plus respirer, peux pas respirer, arrive plus à respirer, arrive pas à respirer,
        n'arrive plus à respirer, du mal à respirer, fuite de gaz, odeur de gaz, sent le gaz,
        monoxyde, pris feu, prend feu, en feu, en flammes, électrocut*, décharge électrique,
        coup de jus, choc anaphyla*, anaphyla*, choc allergique, réaction allergique, ambulance,
        samu, pompiers, les urgences, aux urgences, crise cardiaque, infarctus, douleur à la
        poitrine, douleurs à la poitrine, inconscient*, perdu connaissance, évanoui*, étouff*,
        avalé*, freins ont lâché, freins ne marchent, freins ne fonctionnent, plus de freins,
        coincé dans l'ascenseur, coincée dans l'ascenseur, coincés dans l'ascenseur, bloqué dans
        l'ascenseur, bloquée dans l'ascenseur, bloqués dans l'ascenseur, menaces de mort, menacé
        de mort, me menace, m'a menacé*, en danger, danger de mort, viol, violée, avec un
        couteau
    """,
    "es": """
        matarme, suicid*, quiero morir, quiero morirme, no quiero vivir, quitarme la vida,
        acabar con mi vida, acabar con todo, hacerme daño, cortarme, autolesion*, no puedo
        respirar, no podía respirar, no respira, fuga de gas, huele a gas, olor a gas, monóxido,
        se incendió, se prendió fuego, se está quemando, se quemó, en llamas, descarga
        eléctrica, calambrazo, me dio corriente, me dio la corriente, electrocut*, anafil*,
        reacción alérgica, choque alérgico, ambulancia, urgencias, infarto, dolor en el pecho,
        inconsciente*, desmay*, perdió el conocimiento, se atragantó, atragant*, asfixi*, se
        tragó, frenos fallaron, fallaron los frenos, sin frenos, frenos no funcionan, no frena,
        atrapad* en el ascensor, encerrad* en el ascensor, atrapada en el ascensor, atrapado en
        el ascensor, atrapados en el ascensor, encerrados en el ascensor, encerrada en el
        ascensor, encerrado en el ascensor, amenaza de muerte, amenazas de muerte, me amenaz*,
        en peligro, peligro de muerte, violación, me violó, con un cuchillo
    """,
    "it": """
        uccidermi, ammazzarmi, suicid*, voglio morire, non voglio più vivere, farla finita,
        togliermi la vita, farmi del male, tagliarmi, autolesion*, non riesco a respirare, non
        respiro, non respira, fuga di gas, odore di gas, puzza di gas, monossido, preso fuoco,
        prende fuoco, in fiamme, va a fuoco, scossa elettrica, preso la scossa, dato la scossa,
        folgorat*, anafil*, reazione allergica, shock allergico, ambulanza, pronto soccorso,
        infarto, dolore al petto, dolori al petto, incoscient*, svenut*, perso i sensi, soffoc*,
        ingoiat*, ingerit*, freni non funzionano, freni rotti, senza freni, freni hanno ceduto,
        bloccat* in ascensore, bloccati in ascensore, bloccata in ascensore, bloccato in
        ascensore, bloccati nell'ascensore, bloccata nell'ascensore, bloccato nell'ascensore,
        minacce di morte, minacciat* di morte, mi minaccia, mi ha minacciat*, in pericolo,
        pericolo di vita, violentat*, con un coltello
    """,
    "pt": """
        me matar, matar-me, suicid*, quero morrer, não quero viver, não quero mais viver, tirar
        minha vida, acabar com a minha vida, acabar com tudo, me machucar, me cortar,
        automutil*, não consigo respirar, nao consigo respirar, não respira, falta de ar,
        vazamento de gás, fuga de gás, cheiro de gás, cheiro a gás, cheirando a gás, monóxido,
        pegou fogo, pegando fogo, em chamas, choque elétrico, levei um choque, tomei um choque,
        levou um choque, apanhei um choque, deu choque, eletrocut*, anafil*, reação alérgica,
        choque alérgico, ambulância, samu, pronto socorro, infarto, enfarte, dor no peito, dores
        no peito, inconsciente*, desmai*, engasg*, sufoc*, engoliu, freios falharam, freio
        falhou, sem freio*, travões falharam, sem travões, preso no elevador, presa no elevador,
        presos no elevador, ameaça de morte, ameaças de morte, me ameaç*, em perigo, perigo de
        morte, risco de vida, estupr*, com uma faca
    """,
    "nl": """
        zelfmoord*, mezelf van kant, mezelf iets aandoen, mezelf pijn, wil niet meer leven, niet
        meer leven, wil dood, eind aan mijn leven, einde aan mijn leven, snijd mezelf, krijg
        geen lucht, geen lucht, niet ademen, benauwd, gaslucht, gaslek, ruikt naar gas, ruik
        gas, koolmonoxide, in brand, vlam gevat, in vlammen, elektrische schok*, kreeg een
        schok, onder stroom, geëlektrocuteerd, anafyla*, allergische reactie*, ambulance,
        spoedeisende hulp, alarmnummer, hartaanval, pijn op de borst, bewusteloos,
        flauwgevallen, flauw gevallen, gestikt, stikte, verstikk*, verslikt, ingeslikt,
        doorgeslikt, remmen weigerden, remmen doen het niet, remmen werken niet, vast in de
        lift, opgesloten, doodsbedreiging*, bedreigt me, bedreigt mij, in gevaar, levensgevaar*,
        verkracht*, met een mes
    """,
    "sv": """
        ta livet av mig, ta mitt liv, självmord*, vill inte leva, vill dö, orkar inte leva,
        skada mig själv, skära mig, kan inte andas, får ingen luft, svårt att andas, gasläcka,
        luktar gas, gaslukt, kolmonoxid, fattade eld, fattat eld, börja brinna, började brinna,
        i lågor, elstöt, elchock, fick en stöt, fick stöt, anafyla*, allergisk reaktion,
        allergiska reaktion*, ambulans, ring 112, ringde 112, hjärtattack, hjärtinfarkt, ont i
        bröstet, medvetslös*, svimma*, kvävas, kvävdes, satte i halsen, svalde, svalt, bromsarna
        fungerar inte, bromsarna slutade, inga bromsar, fast i hissen, instängd*, dödshot*,
        hotar mig, hotade mig, i fara, livsfar*, våldtag*, våldtäkt*, med kniv
    """,
    "no": """
        ta livet av meg, ta mitt eget liv, selvmord*, vil ikke leve, vil dø, orker ikke leve,
        skade meg selv, kutte meg, får ikke puste, får ikke pust, kan ikke puste, får ikke luft,
        gasslekkasje, lukter gass, gasslukt, karbonmonoksid, kullos, tok fyr, tatt fyr, begynte
        å brenne, i flammer, elektrisk støt, fikk støt, fikk et støt, anafyla*, allergisk
        reaksjon*, ambulanse, legevakt*, ring 113, ringte 113, hjerteinfarkt, brystsmerter,
        vondt i brystet, bevisstløs*, besvimt*, besvimte, kvalt, kveles, satte i halsen,
        svelget, bremsene virker ikke, bremsene sviktet, ingen bremser, fast i heisen,
        innestengt, drapstrus*, truer meg, truet meg, i fare, livsfar*, voldt*, med kniv
    """,
    "da": """
        tage livet af mig, tage mit eget liv, selvmord*, vil ikke leve, vil dø, orker ikke at
        leve, skade mig selv, skære i mig, kan ikke trække vejret, får ikke luft, får ingen
        luft, svært ved at trække vejret, gaslækage, gasudslip, lugter af gas, gaslugt, kulilte,
        brød i brand, gik i brand, gået i brand, i brand, i flammer, elektrisk stød, fik stød,
        får stød, fik et stød, anafyla*, allergisk reaktion*, allergisk chok, ambulance*,
        skadestue*, lægevagt*, ring 112, ringede 112, hjertestop, hjerteanfald, blodprop, ondt i
        brystet, bevidstløs*, besvimet, besvimede, kvalt, kvæles, kvælning, slugte, fik galt i
        halsen, bremserne virker ikke, bremserne svigtede, ingen bremser, fast i elevatoren,
        indespærret, dødstrus*, truer mig, truede mig, i fare, livsfar*, voldt*, med kniv
    """,
    "ar": """
        انتحار, انتحر, سانتحر, بنتحر, هنتحر, اقتل نفسي, اموت نفسي, اقتل روحي, ابي اموت, ابغى
        اموت, عايز اموت, عايزه اموت, بدي اموت, اريد ان اموت, اريد الموت, لا اريد العيش, مابي
        اعيش, ما ابي اعيش, مش عايز اعيش, ما بدي عيش, انهي حياتي, بنهي حياتي, انهاء حياتي, اؤذي
        نفسي, اذي نفسي, ااذي نفسي, اجرح نفسي, ما اقدر اتنفس, ماقدر اتنفس, مش قادر اتنفس, مش
        قادره اتنفس, لا استطيع التنفس, مو قادر اتنفس, ما عم اقدر اتنفس, ضيق تنفس, ضيق في التنفس,
        اختنق*, اختناق, تسرب غاز, تسريب غاز, ريحه غاز, ريحه الغاز, رائحه غاز, رائحه الغاز, اول
        اكسيد, احترق*, يحترق, تحترق, بيحترق, اشتعل*, ولع*, ولعت, مسك فيه نار, طلع دخان, يطلع
        دخان, طلع منه دخان, صعقه كهرب*, صعق*, انصعق*, تكهرب*, كهربني, كهربتني, صدمه تحسسيه,
        حساسيه شديده, اسعاف*, طوارئ, الطوارئ, ازمه قلبيه, ذبحه صدريه, الم في الصدر, وجع بصدري,
        فاقد الوعي, فقد الوعي, فقدت الوعي, اغمى علي*, اغمي علي*, مغمى عليه*, تسمم*, بلع*,
        ابتلع*, الفرامل ما, الفرامل لا, الفرامل مش, الفرامل خربت, محبوس* بالمصعد, محبوسين
        بالمصعد, محبوس بالاصنصير, عالق بالمصعد, عالقين بالمصعد, عالق في المصعد, عالقين في
        المصعد, محبوسين في المصعد, محبوس في المصعد, محبوسين في الاسانسير, محبوس في الاسانسير,
        هددني بالقتل, تهديد بالقتل, يهددني, بيهددني, هددني, هددوني, في خطر, خطر علي, خطر على
        حياه, اغتصاب, اغتصب*, معه سكين, معاه سكينه
    """,
}

SAFETY: Final[CueTable] = {
    "en": """
        burn, burned, burnt, burning, burns, burn marks, flames, sparks, sparking, smoke,
        smoking, melt*, overheat*, exploded, explodes, exploding, explosion, blew up, blow up,
        blown up, shock, shocks, zapped, bleed*, blood, cut my, sliced my, sliced open, glass
        in, shards, shard, metal in, splinter*, choke*, poison*, toxic, fumes, chemical burn*,
        rash, hives, swelling, swollen, swelled, blisters, blister*, vomit*, threw up, throwing
        up, food poisoning, salmonella, sick after, ill after, made me sick, made me ill, made
        us sick, made us ill, hospital*, emergency, ambulance, paramedic*, injur*, wound*,
        fractur*, broken arm, broken leg, concussion, stitches, faint*, collaps*, seizure*,
        stroke, accident, crashed my, airbag*, steering, brake*, dangerous*, danger, hazard*,
        unsafe, threat*, stalk*, attack*, assault*, weapon, gun, knife, bomb*, drown*, trapped,
        flood*, killed, suicide, hurt my, scald*, infect*, infection, bitten, evacuat*, a fire,
        the fire, fire in, fire at, fire from, fire started, fire hazard, fire alarm, fire
        brigade, fire department, going to die, gonna die, could die, could have died, might
        die, will die, almost died, nearly died, could have killed, almost killed, nearly
        killed, death trap, hurt me, hurt us, hurt him, hurt her, got hurt, was hurt, hurts to
        breathe, in the er, to the er, a&e, stung, crushed, slipped, fell down, fell off, fell
        on, mouldy, moldy, maggot*, needle, razor blade, contaminat*, side effects, overdosing,
        drugged, kidnap*, abuse*, abusing, abusive, battered, scared for my, fear for my,
        fearing for, not safe, feel unsafe, swallowed, get hurt, gets hurt
    """,
    "de": """
        brandgefahr, brennt, verbrannt*, verbrenn*, verbrüh*, feuer, flammen, funken, qualm*,
        rauch*, geschmolzen, überhitz*, explodiert*, explosion*, geplatzt, blut*, geschnitten,
        scherben, splitter*, glassplitter, vergift*, giftig*, dämpfe, ausschlag, quaddeln,
        geschwollen*, schwellung*, erbroch*, übergeben, lebensmittelvergiftung, salmonell*,
        krank geworden, notaufnahme, krankenhaus*, klinik, notfall*, verletz*, wunde*,
        gebrochen*, gehirnerschütterung, genäht, umgekippt, zusammengebrochen, unfall*, airbag*,
        lenkung, bremse*, gefährlich*, gefahr*, bedroh*, drohung*, angegriffen, überfall*,
        waffe*, messer, bombe*, eingeklemmt*, sterben, stirbt, gestorben, infektion*, entzünd*,
        evakuier*, ertrunken, ertrinkt, ertrink*, lebensgefahr, gebrannt, angebrannt,
        durchgeschmort, geschmort, schmort, verätz*, allergi*, luftnot, schimmel*, scherbe,
        angst um, stürz*, gestürzt
    """,
    "fr": """
        brûl*, brulé*, incendie*, flammes, étincelle*, fumée*, fondu*, surchauff*, explos*,
        saigne*, coupé*, éclats de verre, morceau de verre, morceaux de verre, bout de verre,
        intoxication*, empoisonn*, toxique*, vapeurs, éruption*, plaques rouges, gonflé*,
        enflé*, vomi*, malade après, rendu malade, rendue malade, hôpital, hopital, urgence
        vitale, bless*, fracture*, points de suture, malaise, accident*, airbag*, frein*,
        direction assistée, dangereu*, danger, menac*, agress*, attaqu*, arme, couteau, bombe,
        noyé*, mourir, meurt, mort, morte, infect*, évacu*, du sang, en sang, le feu a, un feu,
        a pris feu, moisi*, allergi*
    """,
    "es": """
        quemad*, quemó, quemadura*, quema, incendi*, fuego, llamas, chispa*, humo, derreti*,
        sobrecalent*, explot*, explosi*, sangr*, cort* con, vidrio, vidrios, cristales,
        intoxic*, envenen*, tóxic*, gases, sarpullido, ronchas, urticaria, hinchad*, hinchó,
        hinchazón, vomit*, enfermé, enfermó, enfermamos, hospital*, emergencia*, herid*,
        lesion*, fractur*, accidente*, airbag*, freno*, dirección asistida, peligro*, amenaz*,
        agredi*, atac*, arma, cuchillo, bomba, ahog*, morir, muere, murió, muert*, infecc*,
        infect*, evacu*, puntos de sutura, alergi*, moho, gusano*
    """,
    "it": """
        bruciat*, brucia, ustion*, scottat*, incendi*, fuoco, fiamme, scintill*, fumo, sciolt*,
        surriscald*, esplos*, scoppiat*, sangue, sanguin*, tagliat*, vetro, vetri, schegg*,
        intossic*, avvelen*, tossic*, sfogo, orticaria, gonfi*, vomit*, stat* male, ospedale,
        emergenza, ferit*, frattur*, punti di sutura, incidente, airbag, sterzo, pericol*,
        minacc*, aggred*, aggressione, attacc*, arma, coltello, bomba, anneg*, morire, muore,
        morto, morta, infezion*, evacu*, freni, freno, allergi*, muffa
    """,
    "pt": """
        queim*, incêndio*, fogo, chamas, faísca*, fumaça, fumo a sair, derret*, superaquec*,
        sobreaquec*, explod*, explos*, estour*, sangr*, sangue, cortei, cortou, vidro,
        estilhaço*, intoxic*, envenen*, tóxic*, alergia, urticária, inchad*, inchou, vomit*,
        passei mal, passou mal, passamos mal, hospital*, emergência*, ferid*, ferim*, fratur*,
        acidente*, airbag*, freio*, travões, perigo*, ameaç*, agredi*, atac*, arma, faca, bomba,
        afog*, morrer, morre, morreu, infecç*, evacu*, morto, morta, morte, mortes, mofo, larva*
    """,
    "nl": """
        verbrand*, brandwond*, vuur, vlammen, vonken, rook*, gesmolten, oververhit*, ontploft*,
        ontploffing, explo*, bloed*, gesneden, glas in, glasscherven, scherven, splinter*,
        vergift*, giftig*, dampen, uitslag, gezwollen, opgezwollen, overgegeven, braken,
        voedselvergiftiging, ziek geworden, ziek van, ziekenhuis, noodgeval, gewond*, verwond*,
        gebroken, hechtingen, ongeluk, airbag*, remmen, gevaar*, bedreig*, aangevallen, wapen,
        verdr*, doodgaan, begon te roken, begint te roken, sterven, sterft, overleden,
        infectie*, ontsteking*, ontruim*, met een mes, bommelding, brandlucht, brandgevaar,
        allergi*, schimmel
    """,
    "sv": """
        brännskad*, brände, bränt, eld, lågor, gnistor, gnistra*, rök*, smält*, överhett*,
        exploder*, explosion*, blod*, skar mig, glasbit*, glassplitter, förgift*, giftig*,
        utslag, svullen*, svullna*, svullnade, kräk*, spy*, matförgift*, sjuk av, sjuka av,
        sjukhus*, nöd*, skadad*, skadade, bruten, brutit, stygn, olycka*, krockkudde*, bromsar*,
        bromsen, styrning, farlig*, fara, hotade, attacker*, överfall*, vapen, kniv, drunkn*,
        döda, död, infektion*, evakuer*, hotar, allergi*, mögel*, brinner
    """,
    "no": """
        brannskad*, brant, svidd*, flammer, gnister, gnistr*, røyk*, smelt*, overopphet*,
        eksploder*, eksplosjon*, blod*, kuttet, glassbit*, glasskår, forgift*, giftig*, utslett,
        hoven*, hovnet, kastet opp, spydde, matforgift*, syk av, syke av, sykehus*,
        nødsituasjon, skadet, brukket, ulykke*, kollisjonspute*, bremse*, farlig*, trus*,
        angrep*, overfall*, våpen, kniv, bombe*, drukn*, dør av, døde, død, infeksjon*,
        evakuer*, allergi*, mugg*, brenner
    """,
    "da": """
        brandsår, forbrænd*, brændt, brandfare, flammer, gnister, gnistr*, røg*, smelt*,
        overophed*, eksploder*, eksplosion*, blod*, skåret, glasskår, forgift*, giftig*, udslæt,
        hævede, kastede op, kastet op, opkast*, madforgift*, syg af, syge af, hospital*,
        sygehus*, kommet til skade, skade, brækket, ulykke*, airbag*, bremse*, farlig*, trus*,
        angreb*, overfald*, våben, kniv, bombe*, drukn*, dør af, døde, død, infektion*,
        evakuer*, allergi*, mug, skimmel*, brænder
    """,
}
