"""Words by what they speak of: people and what they talk of among themselves. Data, no logic.

Unlike cues these decide nothing by themselves: a model weighs them, so that what it learned of a
word in one language holds for its sisters in the others. Entries are separated by commas, in small
letters; a trailing ``*`` stands for any ending of a single word, a phrase has two words. Written by
us from everyday language; nothing is copied from a data set.
"""

from __future__ import annotations

from typing import Final

from hearwell.triage.cues import CueTable

SENSES: Final[dict[str, CueTable]] = {
    "you": {
        "en": "you, your, yours, you're, you've, you'll, u, ur, y'all, yall, you guys",
        "de": """
            sie, ihnen, ihr, ihre, ihren, ihrer, ihrem, ihres, euch, euer, eure, euren, eurer, eurem
        """,
        "fr": """
            vous, votre, vos, vs, vot, chez vous, êtes, avez, faites, pouvez, savez, proposez,
            vendez, acceptez
        """,
        "es": """
            usted, ustedes, vosotros, vuestr*, os, su, sus, les, tenéis, tienen, hacéis, hacen,
            aceptan, venden, podéis, pueden
        """,
        "ar": """
            عندكم, لكم, منكم, معكم, فيكم, حضرتكم, خدمتكم, تطبيقكم, موقعكم, محلكم, فرعكم, عليكم,
            أنتم, انتو, انتوا, موظفكم, موظفينكم, شركتكم, مطعمكم
        """,
        "it": "voi, vostr*, vi, avete, siete, fate",
        "pt": "vocês, vosso*, vossa*, têm, vcs",
        "nl": "jullie, uw, u",
    },
    "thou": {
        "en": "bro, bruh, dude, mate, bestie, sis, girl, babe, man, fam, buddy",
        "de": "du, dir, dich, dein*, digga, bruder, bro, alter, alda, süße, schatz, hase, maus",
        "fr": """
            tu, toi, t'es, t'as, te, ton, ta, tes, jte, jtm, frérot, frère, ma belle, mon gars,
            meuf, chérie, poto, cousin, wesh, copine, ma poule, khey, kho
        """,
        "es": """
            tú, tu, ti, te, tus, tía, tío, bro, hermano, amiga, wey, güey, nena, cariño, parce,
            boludo, che, compa
        """,
        "ar": """
            انت, انتي, يا صاحبي, حبيبتي, يا بنت, يا قلبي, اخوي, يا اخي, يا عم, يسطا, ياسطا, صديقتي,
            خيو
        """,
    },
    "i": {
        "en": "i, i'm, i've, i'd, i'll, me, my, mine, im, ive, myself",
        "de": "ich, mir, mich, mein*, hab, habe, bin",
        "fr": """
            je, j'ai, j'avais, me, moi, mon, ma, mes, jai, j'aimerais, suis, chuis, chu, m'a, m'ont
        """,
        "es": "yo, me, mi, mis, mí, conmigo, estoy, tengo, he, llevo, soy, quiero, pedí, compré",
        "ar": """
            انا, لي, عندي, معي, معايا, مني, علي, حسابي, طلبي, رقمي, فلوسي, اريد, ابغى, عايز, بدي,
            اشتريت, طلبت, وصلني, رحت, جربت
        """,
    },
    "we": {
        "en": "we, we're, we've, us, our, ours",
        "de": "wir, uns, unser*",
        "fr": "nous, notre, nos, on",
        "es": "nosotros, nos, nuestr*, hemos, estamos, fuimos, llevamos",
        "ar": "نحن, احنا, حنا, لنا, عندنا, معنا, كلنا, علينا, طلبنا, رحنا, حجزنا, جربنا",
    },
    "they": {
        "en": """
            he, she, they, him, her, them, his, their, he's, she's, they're, someone, everyone,
            people, guy
        """,
        "de": "er, ihm, ihn, jemand, leute, alle, man, mancher, jeder, typ",
        "fr": """
            il, elle, ils, elles, lui, leur, eux, quelqu'un, gens, les gens, celui, celle, chacun,
            mec, type
        """,
        "es": "él, ella, ellos, ellas, alguien, gente, la gente, todos, cada uno, tipo",
        "ar": "هو, هي, هم, الناس, ناس, واحد, فلان, كل واحد, حد, احد, البعض",
    },
    "kin": {
        "en": """
            mom, mum, mother, dad, father, wife, husband, son, daughter, kid*, child*, grandma,
            grandpa, nan, sister, brother, cousin, neighbo*, friend*, family, boyfriend, girlfriend,
            uncle, aunt, baby, colleague*, teacher, boss
        """,
        "de": """
            mama, mutter, papa, vater, frau, mann, sohn, tochter, kind*, oma, opa, schwester,
            bruder, cousin*, nachbar*, freund*, familie, onkel, tante, baby, kollege*, lehrer*,
            chef, schwiegermutter, enkel*
        """,
        "fr": """
            maman, mère, papa, père, femme, mari, fils, fille, enfant*, mamie, papi, papy, mémé,
            sœur, frère, cousin*, voisin*, ami*, famille, copain, copine, oncle, tante, bébé,
            collègue*, prof, patron, grand-mère, grand-père, belle-mère, gosse*, mec, meuf
        """,
        "es": """
            mamá, madre, papá, padre, esposa, marido, esposo, hijo*, hija*, niñ*, abuel*, herman*,
            prim*, vecin*, amig*, familia, novi*, tío, tía, bebé, compañer*, profe*, jefe, suegra,
            nieto*, cuñad*
        """,
        "ar": """
            امي, ماما, ابي, بابا, زوجتي, زوجي, مراتي, ابني, بنتي, الاولاد, اولادي, جدتي, جدي, اختي,
            اخويا, ابن عمي, جاري, جارنا, جارتي, صاحبي, صديقي, العيله, عائلتي, عمي, خالتي, خالي,
            زميلي, الاستاذ, المدير, حماتي, ستي, تيتا
        """,
    },
    "agree": {
        "en": """
            same, true, exactly, agree, agreed, right, facts, this, indeed, yep, yup, nah, lmao,
            lmfao, yeah, well said, so true, no way, fr, ngl, imagine, literally, mood
        """,
        "de": """
            stimmt, genau, richtig, wahr, eben, echt, jo, jep, nee, naja, tja, so isses, seh ich,
            ach ja, typisch, tatsächlich, wahnsinn, ist doch, wahre worte
        """,
        "fr": """
            pareil, vrai, exactement, d'accord, c'est vrai, clair, carrément, grave, bah, ben,
            mouais, ouais, bien dit, pas faux, tiens, ah bon, eh ben, jure, tellement, trop vrai,
            genre, classique, t'abuses, sérieux
        """,
        "es": """
            igual, cierto, exacto, verdad, totalmente, claro, tal cual, pues, jo, bueno pues,
            así es, ya ves, en serio, menudo, menuda, vaya, ostras, de verdad, qué fuerte, literal,
            yo también, ni idea
        """,
        "ar": """
            صح, صحيح, فعلا, والله, اي والله, نفس, معك حق, بالضبط, طيب, يعني, اكيد, ايوه, لا يا,
            سبحان الله, مين فيكم, تخيل, كلامك, صدقت, عادي, طبعا, وانا كمان, حتي انا
        """,
    },
    "laugh": {
        "en": "lol, lmao, haha*, hehe*, rofl, lolol*, xd, im dead, i'm dead, 💀, lmfao",
        "de": "haha*, hihi*, lol, xd, lach*, lachflash, witz*, lustig*, hehe*",
        "fr": """
            mdr*, lol, ptdr*, haha*, hihi*, xd, rire, rigol*, marrant*, drôle*, mort de, morte de,
            jpp
        """,
        "es": """
            jaja*, jeje*, jiji*, lol, xd, risa, risas, reír, gracios*, me parto, me meo, muero de
        """,
        "ar": "ضحك, ضحكني, ضحكتني, نكته, اضحك, مت من, موت ضحك, خخخ*",
    },
    "greet": {
        "en": """
            morning, good morning, good night, goodnight, hello, hi, hey, happy birthday, merry,
            congrats, congratulations, happy new, rip, condolences, good luck, bless, cheers,
            weekend, welcome
        """,
        "de": """
            guten morgen, gute nacht, hallo, hi, moin, servus, mahlzeit, glückwunsch, alles gute,
            frohe*, schönes wochenende, schönen abend, schönen tag, viel glück, beileid, prost,
            willkommen, grüße, gruß, tschüss, zum geburtstag
        """,
        "fr": """
            bonjour, bjr, bonsoir, salut, coucou, bonne nuit, bonne journée, bon weekend,
            bonne rentrée, joyeux, joyeuse*, bonne année, félicitations, bon anniversaire, courage,
            condoléances, santé, bienvenue, bisous, bonne chance, bon courage, slt, cc
        """,
        "es": """
            hola, buenos días, buenas tardes, buenas noches, saludos, feliz cumpleaños, felicidades,
            feliz navidad, feliz año, buen finde, suerte, ánimo, pésame, salud, bienvenid*, besos,
            abrazo*, mucha suerte, feliz día
        """,
        "ar": """
            صباح الخير, مساء الخير, السلام, سلام, مرحبا, هلا, اهلا, تصبحون, مبروك, كل عام,
            عيد مبارك, رمضان كريم, جمعه مباركه, بالتوفيق, الله يرحمه, عظم الله, منورين, تحياتي,
            هلا والله, عيد سعيد
        """,
    },
    "opinion": {
        "en": """
            think, opinion, imo, imho, believe, guess, feel, honestly, personally, apparently,
            reckon
        """,
        "de": """
            finde, meinung, denke, glaube, meine, persönlich, offenbar, angeblich, früher,
            heutzutage
        """,
        "fr": """
            pense, pensent, crois, croit, trouve, avis, perso, franchement, paraît, il paraît,
            de nos, de toute, avant c'était, croire, parait
        """,
        "es": """
            creo, pienso, opino, opinión, parece, sinceramente, personalmente, dicen, según, supongo
        """,
        "ar": "اعتقد, اظن, رايي, برايي, احس, بصراحه, يقولون, بيقولوا, الظاهر, اتوقع",
    },
    "memory": {
        "en": "remember, reminds, childhood, used to, nostalgia, back then, old days, years ago",
        "de": "erinner*, kindheit, früher, damals, weißt du, nostalgie, als kind",
        "fr": """
            souvenir*, souviens, souvenez, rappelle, enfance, autrefois, jadis, nostalgie,
            à l'époque, mon époque, quand j'étais
        """,
        "es": "recuerd*, acuerd*, infancia, antes, antaño, nostalgia, cuando era, aquellos",
        "ar": "اتذكر, فاكر, ذكرني, ذكرتني, زمان, ايام زمان, الطفوله, ذكريات, طفولتي, ايام",
    },
    "life": {
        "en": """
            sleep, tired, monday, friday, weekend, coffee, gym, party, wedding, birthday, school,
            exam*, homework, holiday, movie, song, game, beach, cook*, dinner, diet, bored
        """,
        "de": """
            schlaf*, müde, montag, freitag, wochenende, kaffee, feier*, hochzeit, geburtstag,
            schule, prüfung*, hausaufgabe*, urlaub, ferien, film, lied, strand, koch*, abendessen,
            diät, langweile, feierabend, grill*
        """,
        "fr": """
            dors, dort, dormir, fatigué*, lundi, vendredi, week-end, café, fête, mariage, mariés,
            anniversaire, école, partiel*, exam*, devoirs, vacances, film, chanson, plage, cuisine,
            dîner, régime, ennuie, apéro, cuisin*, sieste, barbecue
        """,
        "es": """
            dormir, duermo, sueño, cansad*, lunes, viernes, finde, café, fiesta, boda, cumple*,
            escuela, cole, examen*, exámenes, deberes, vacaciones, peli*, canción, playa, cocin*,
            cena, dieta, aburr*, siesta, barbacoa
        """,
        "ar": """
            نوم, انام, نايم, تعبان, تعبت, الاحد, الجمعه, اجازه, قهوه, حفله, عرس, زواج, عيد ميلاد,
            مدرسه, امتحان, امتحانات, واجب, فيلم, اغنيه, بحر, طبخ, عشاء, رجيم, زهقان, زهقت, سهره,
            طبخت
        """,
    },
    "beast": {
        "en": "dog*, cat, cats, puppy, kitten, bird*, horse*, duck*, pigeon*, squirrel",
        "de": "hund*, katze*, kater, vogel, vögel, pferd*, ente*, taube*, hamster, igel, welpe*",
        "fr": """
            chien*, chat, chats, chaton*, oiseau*, cheval, canard*, pigeon*, coq, lapin*, hérisson*,
            chatte
        """,
        "es": "perr*, gat*, pájar*, caballo*, pato*, paloma*, gallo, conejo*",
        "ar": "كلب, كلاب, قطه, قطط, قط, بسه, عصفور, حصان, حمام, ديك, ارنب, القطه, خروف",
    },
    "world": {
        "en": """
            government, president, minister, mayor, politics, election*, vote*, war, police, news,
            football, match, referee, league, team won, goal, society, youth, taxes, country,
            weather, rain*, snow*, sun, heat, summer, winter, moon
        """,
        "de": """
            regierung, präsident*, minister*, bürgermeister*, politik*, wahl*, krieg*, nachrichten,
            fußball*, spiel, schiri*, liga, tor, tore, gesellschaft, jugend, steuern, land, wetter,
            regen*, regnet, schnee*, schneit, sonne*, hitze, sommer, winter, mond, herbst
        """,
        "fr": """
            gouvernement, président*, ministre*, maire, politique*, élection*, guerre*, infos, foot,
            match, arbitre*, ligue, but, société, jeunesse, jeunes, impôts, pays, météo, pluie*,
            pleut, neige*, soleil, canicule, chaleur, été, hiver, lune, saisons, automne, monde
        """,
        "es": """
            gobierno, president*, ministro*, alcald*, política, político*, eleccion*, guerra*,
            noticias, fútbol, partido, árbitro*, liga, gol, goles, sociedad, juventud, jóvenes,
            impuestos, país, tiempo, lluvia*, llueve, nieve, nieva, sol, calor, verano, invierno,
            luna, otoño, mundo
        """,
        "ar": """
            الحكومه, الرئيس, الوزير, البلديه, سياسه, انتخابات, حرب, اخبار, الاخبار, كره القدم,
            مباراه, الحكم, الدوري, هدف, المجتمع, الشباب, الضرائب, البلد, الجو, مطر, المطر, ثلج, شمس,
            حر, الصيف, الشتاء, القمر, الدنيا, العالم
        """,
    },
    "please": {
        "en": "please, pls, plz, kindly, thanks in, would you",
        "de": "bitte, bittee*, würdet ihr, könntet ihr, könnten sie, wären sie, seid so",
        "fr": """
            svp, stp, s'il vous, s'il te, merci de, prière, merci d'avance, veuillez, pourriez,
            pouvez-vous, auriez, voudriez, bien vouloir
        """,
        "es": """
            por favor, porfa, porfavor, podríais, podrían, pueden, podéis, podría, si son,
            agradecería, ruego, serían tan
        """,
        "ar": """
            لو سمحت, لو سمحتوا, من فضلك, من فضلكم, رجاء, الرجاء, ارجو, ممكن, بليز, تكفون, ياريت,
            نرجو, اذا ممكن, برجاء
        """,
    },
    "answer": {
        "en": """
            yes, here is, here's, done, sent, my number, my order, order number, attached,
            it's version, version, as requested, i did, tried, screenshot, see attached, dm sent
        """,
        "de": """
            ja, hier ist, anbei, erledigt, geschickt, meine nummer, meine bestellnummer,
            bestellnummer, kundennummer, version, wie gewünscht, hab ich, screenshot, im anhang,
            hier die
        """,
        "fr": """
            oui, voici, voilà, ci-joint, fait, envoyé, mon numéro, numéro de, commande n°, version,
            comme demandé, j'ai essayé, déjà essayé, capture, c'est bien, en mp, en dm, mme, dossier
        """,
        "es": """
            sí, aquí está, aquí va, aquí tienen, adjunto, hecho, enviado, mi número, número de,
            versión, como pedisteis, ya lo, ya probé, captura, por privado, a nombre, localizador
        """,
        "ar": """
            نعم, ايوه, هذا رقم, رقم الطلب, رقمي, رقم الحجز, مرفق, تم الارسال, ارسلت, بعتت, نسخه,
            كما طلبتم, جربت, سكرين, الصوره, باسم, خاص
        """,
    },
}
