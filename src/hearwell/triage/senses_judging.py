"""Words by what they speak of: judgements of people, products and help. Data, no logic.

See ``senses_talk``.
"""

from __future__ import annotations

from typing import Final

from hearwell.triage.cues import CueTable

SENSES: Final[dict[str, CueTable]] = {
    "staff": {
        "en": """
            driver*, courier, technician*, agent*, seller, salesman, nurse, doctor, waiter*,
            waitress, team, staff, crew, manager, cashier, employee*, rep, support, hostess, clerk,
            receptionist, advisor, baker, barista, conductor, pilot
        """,
        "de": """
            fahrer*, kurier, techniker*, mitarbeiter*, verkäufer*, schwester, arzt, ärztin,
            kellner*, team, personal, crew, leiter*, kassierer*, berater*, support, schaffner*,
            zugbegleiter*, monteur*, bedienung, hotline, postbote*, zusteller*, bäcker*, pilot*
        """,
        "fr": """
            chauffeur*, livreur*, technicien*, agent*, vendeu*, infirmi*, médecin, serveu*, équipe*,
            personnel, équipage, gérant*, caissi*, employé*, conseill*, support, contrôleur*,
            conduct*, dépann*, hôtesse*, facteur, factrice, animat*, guichet*, stagiaire, coiffeu*,
            boulang*, réception*, pharmacien*
        """,
        "es": """
            conductor*, repartidor*, mensajero, técnico*, agente*, vendedor*, enfermer*, médic*,
            camarer*, mesero*, equipo, personal, tripulación, gerente, cajer*, emplead*, asesor*,
            soporte, revisor*, cartero, dependient*, chófer, chofer, recepcionista, azafata*,
            peluquer*
        """,
        "ar": """
            السائق, سائق, المندوب, مندوب, الفني, فني, الموظف, موظف, موظفه, البائع, الممرضه, الدكتور,
            النادل, الفريق, فريق, فريقكم, طاقم, الكاشير, الدعم, الكابتن, كابتن, عامل, العمال,
            الشباب, خدمه العملاء, المستشار
        """,
    },
    "kind": {
        "en": """
            kind, friendly, patient, helpful, polite, professional, lovely, sweet, caring, honest,
            quick*, fast, prompt*, on time, punctual, thoughtful, smiling, smile, competent,
            efficient, welcoming
        """,
        "de": """
            nett*, freundlich*, geduldig*, hilfsbereit*, höflich*, professionell*, lieb*,
            aufmerksam*, ehrlich*, schnell*, flott*, pünktlich*, lächeln*, kompetent*, herzlich*,
            zuvorkommend*, sympathisch*, zuverlässig*, ruckzuck
        """,
        "fr": """
            gentil*, aimable*, patient*, serviable*, poli, polie, polis, professionnel*, adorable*,
            attentif*, attentionné*, honnête*, rapide*, rapidement, ponctuel*, à l'heure, sourire*,
            souriant*, compétent*, efficace*, chaleureu*, accueillant*, sympa*, réacti*, à l'écoute,
            disponible*, soigné*
        """,
        "es": """
            amable*, simpátic*, paciente*, servicial*, educad*, profesional*, encantador*, atent*,
            honest*, honrad*, rápid*, rapidísim*, puntual*, sonris*, competente*, eficiente*,
            acogedor*, cariñ*, majo, maja, majísim*, detallista*
        """,
        "ar": """
            لطيف, لطيفه, محترم, محترمه, محترمين, صبور, خدوم, مهذب, محترف, امين, سريع, سريعه, بسرعه,
            في الموعد, بشوش, مبتسم, ابتسامه, متعاون, متعاونين, راقي, راقيه, ذوق, اخلاق, خلوق,
            متعاونه
        """,
    },
    "good": {
        "en": """
            great, good, best, perfect, perfectly, awesome, amazing, brilliant, excellent,
            wonderful, fantastic, superb, delicious, tasty, beautiful, gorgeous, lovely, comfy,
            comfortable, solid, top, flawless*, impressed, impressive, happy, pleased, glad, fun,
            nice, spotless, worth, fab, yum*, stunning, bravo, kudos, legend*, hero, heroes,
            masterpiece, delight*, pleasure, relief, proud, favourite, favorite, incredible,
            smooth*, easy, banger, fire, goat, slay*
        """,
        "de": """
            toll*, gut, gute*, beste*, bestens, perfekt*, super, klasse, spitze*, hervorragend*,
            wunderbar*, fantastisch*, großartig*, lecker*, köstlich*, schön*, wunderschön*, bequem*,
            stabil*, top, einwandfrei*, beeindruckt, begeister*, glücklich, zufrieden*, froh,
            freude, spaß, sauber*, genial*, mega, bombe, hammer, geil*, bravo, lob, respekt, hut ab,
            held*, meisterwerk, genuss, traum*, erleichtert, stolz, lieblings*, unglaublich*,
            reibungslos*, problemlos*, einfach toll, tadellos*, prima, gelungen*, fein*,
            vorbildlich*, sternstunde, herrlich*
        """,
        "fr": """
            super, bon, bonne, bons, bonnes, meilleur*, parfait*, génial*, excellent*, merveill*,
            fantastique*, superbe*, délicieu*, régal*, beau, belle, belles, magnifique*, confort*,
            solide*, top, impecc*, nickel, bluff*, heureu*, content*, ravi*, plaisir, joie, propre*,
            sublime*, splendide*, chapeau, bravo, respect, héros, chef-d'œuvre, bonheur, rêve,
            soulag*, fier, fière, préféré*, incroyable*, tuerie, pépite, bijou, merveille*, divin*,
            tip top, au top, satisf*, imbattable*, réussi*, kiffe*, canon, ouf, dingue, de ouf,
            la bombe, régalé*, savoureu*, agréable*, luxe, irréprochable*, félicitation*,
            mention spéciale, tonnerre, bien joué, as, perle*, fondant*, croustillant*, moelleu*
        """,
        "es": """
            genial*, buen, bueno, buena, buenos, buenas, buenísim*, mejor*, perfect*, estupend*,
            excelente*, maravill*, fantástic*, espectacular*, delicios*, riquísim*, rico, rica,
            bonit*, precios*, hermos*, cómod*, sólid*, top, impecable*, impresion*, feliz, felices,
            content*, encantad*, placer, alegr*, limpi*, increíble*, bravo, respeto, héroe*, crack*,
            obra maestra, gozada, sueño, alivi*, orgullos*, favorit*, chulo, chulísim*, guay,
            brutal*, joya*, diez, olé, felicid*, enhorabuena, padrísim*, chévere, bacán*, chido,
            bárbar*, lujo, insuperable*, recomendable*, sabros*, estrenar
        """,
        "ar": """
            رائع, رائعه, روعه, جميل, جميله, حلو, حلوه, ممتاز, ممتازه, افضل, احسن, مثالي, لذيذ,
            لذيذه, طعم, تحفه, خطير, خطيره, مريح, مريحه, قوي, نظيف, نظيفه, سعيد, سعيده, مبسوط,
            مبسوطه, فرحان, فرحه, بطل, ابطال, اسطوره, يجنن, يهبل, فخم, فخمه, فخامه, مبدع, مبدعين,
            ابداع, برافو, ما شاء, تبارك, يعطيكم العافيه, الله يعطيكم, كفو, عشق, راقي, مرتب, مميز,
            مميزه, اعجبني, عجبني, زي الفل, تمام, تسلم, استمروا, بالتوفيق, خرافي, خرافيه,
            فوق الممتاز, فله, زاكي, زين, مبهر, يسعدكم, انصح, اتقان, متقن
        """,
    },
    "bad": {
        "en": """
            bad, worst, awful, terrible, horrible, poor, cold, dirty, rude, late, slow, blurry,
            noisy, stale, burnt, soggy, thin, cheap, flimsy, bland, dry, tiny, faulty, cracked,
            torn, scratched, ruined, useless, shame, disgrace, joke, mess, disappoint*, overpriced,
            boring, meh, mediocre, ugly, smelly, sticky, rotten, mouldy, broken, defective,
            unacceptable, ridiculous, nightmare
        """,
        "de": """
            schlecht*, schlimm*, furchtbar*, schrecklich*, kalt*, dreckig*, schmutzig*,
            unfreundlich*, patzig*, spät*, langsam*, unscharf*, verschwommen, laut*, verbrannt*,
            matschig*, dünn*, billig*, fad*, trocken*, winzig*, defekt*, zerkratz*, zerriss*,
            gerissen*, kaputt*, nutzlos*, frech*, chaos, enttäusch*, teuer*, langweil*,
            mittelmäßig*, hässlich*, stinkt, klebrig*, verfault*, schimmel*, lächerlich*, zumutung,
            verdorben*, lieblos*, schlampig*, ungenießbar*, mies*, nervig*, peinlich*, traurig*
        """,
        "fr": """
            mauvais*, pire, horrible*, affreu*, nul, nulle, nuls, froid*, sale, sales, crade*,
            impoli*, désagréable*, malpoli*, tard, tardif*, lent*, flou*, bruyant*, bruit*, brûlé*,
            rassis*, mou, molle, fade*, sec, sèche*, minuscule*, défectueu*, fissuré*, déchiré*,
            rayé*, foutu*, inutile*, honte*, bordel, déçu*, décev*, cher, chère, chers, ennuyeu*,
            médiocre*, moche*, moisi*, pourri*, collant*, minable*, cassé*, inadmissible*,
            insupportable*, cauchemar, triste*, cabossé*, miettes, gâché*, râté*, immangeable*,
            arrogant*, méprisant*, bâclé*, hors de, abîmé*, pénible*, lamentable*, usé*, périmé*,
            tiède*, cramé*
        """,
        "es": """
            mal, malo, mala, malos, malas, malísim*, peor*, horrible*, pésim*, frío, fría, fríos,
            frías, suci*, grosero*, borde, bordes, maleducad*, tarde, lent*, borros*, ruidos*,
            ruido, quemad*, dur*, sos*, sec*, diminut*, defectuos*, agrietad*, rajad*, rasgad*,
            rayad*, arruinad*, inútil*, vergüenza, caos, decepcion*, car*, aburrid*, mediocre*, feo,
            fea, moho, podrid*, pegajos*, rot*, inaceptable*, insoportable*, pesadilla, triste,
            asco, asqueros*, cutre*, incomible*, chapuza, penos*, incomod*, incómod*, rancio*,
            caducad*
        """,
        "ar": """
            سيء, سيئه, سيئ, اسوا, زفت, خايس, بارد, بارده, وسخ, وسخه, قذر, متاخر, متاخره, بطيء,
            بطيئه, بطيييء, محروق, محروقه, ناشف, صغير, خربان, خربانه, مكسور, مكسوره, معطل, عطلان,
            مقطوع, مخدوش, فاشل, فاشله, فاشلين, خيبه, صدمه, مستفز, غالي, غاليه, ممل, عادي, متعفن,
            حامض, تالف, تالفه, مقرف, مقرفه, كارثه, مهزله, حرام, فوضي, استهتار, اهمال, تعبان,
            قليل ادب, وقح, نصب, نصابين, ردي, رديئه, مزعج, محزن, مخزي
        """,
    },
    "love": {
        "en": "love, loved, loving, adore*, obsessed, enjoy*, crush, can't stop, miss, fan",
        "de": """
            liebe, lieben, liebt, liebe es, geliebt, verliebt, süchtig, gefällt, gefallen, mag,
            genieß*, fan, freu*, vermiss*
        """,
        "fr": """
            adore*, aime, aimons, aimé*, kiffe*, fan, fans, en boucle, accro*, plaît, plait,
            profite*, craqué, craque*
        """,
        "es": """
            amo, adoro, encant*, gusta, gustó, gustan, enamorad*, disfrut*, fan, fans, engancha*,
            enganchad*, chifla, flip*, flipa*
        """,
        "ar": """
            احب, احبكم, بحب, بحبكم, نحبكم, اعشق, عشقي, ادمنت, مدمن, استمتع*, استمتعنا, يعجبني, حبيت,
            حبيته, عجبتني, عجبنا
        """,
    },
    "star": {
        "en": """
            star, stars, rating, rate, rated, review, verdict, overall, pros, cons, would buy,
            would recommend, won't be, out of
        """,
        "de": """
            stern, sterne, bewertung, note, fazit, insgesamt, rezension, von fünf, von 5, punkte,
            abzug, kaufempfehlung, klare empfehlung, vor- und
        """,
        "fr": """
            étoile*, note, avis, verdict, bilan, globalement, sur 5, sur 10, points, à fuir,
            à éviter, à recommander, sur 20, sur dix
        """,
        "es": """
            estrella*, nota, reseña*, valoración, veredicto, en general, de 5, de 10, puntos,
            puntuación, de cinco, en resumen
        """,
        "ar": """
            نجمه, نجوم, نجمتين, تقييم, تقييمي, من 5, من 10, من عشره, من خمسه, تجربتي, تجربه,
            بشكل عام, باختصار, الخلاصه
        """,
    },
    "recommend": {
        "en": """
            recommend*, return, come back, be back, go back, again, definitely, everyone should,
            must, go for, avoid, stay away, don't buy, worth it, not worth, second time
        """,
        "de": """
            empfehl*, wieder, kommen wieder, komme wieder, gerne wieder, jederzeit, immer wieder,
            finger weg, nie wieder, lohnt, weiterempf*, kaufen lohnt, meide*, stammkund*
        """,
        "fr": """
            recommand*, conseille*, reviendr*, reviendrai, y retourne, retournerai, encore,
            les yeux, à refaire, fuyez, évitez, fuir, vaut, foncez, à tester, fidèle*, sans hésiter,
            rachèter*, rachet*
        """,
        "es": """
            recomend*, recomiendo, volver*, volveré, volveremos, repet*, sin duda, evitad, evitar,
            huid, merece, vale la, no compréis, no compren, repetiré, fiel, clienta de
        """,
        "ar": """
            انصح, انصحكم, لا انصح, ما انصح, راجع, هرجع, برجع, ارجع لكم, مره ثانيه, مره تانيه,
            يستاهل, تستاهل, ابتعدوا, لا تشترون, جربوه, جربوها, اكرر, مره اخري
        """,
    },
    "quality": {
        "en": """
            quality, value, money's worth, price, comfort, fabric, material, battery, sound, taste,
            flavour, flavor, smell, size, fit, design, service, location, view, plot, acting, story,
            portion*, packaging, screen, camera
        """,
        "de": """
            qualität, preis-leistung, preis, verarbeitung, stoff, material, akku, klang, geschmack,
            geruch, passform, design, service, lage, aussicht, handlung, portion*, verpackung,
            bildschirm, kamera, handhabung, ausstattung
        """,
        "fr": """
            qualité*, rapport, qualité-prix, prix, confort, tissu, matière, matériau, batterie, son,
            goût, odeur, taille, coupe, design, service, emplacement, vue, scénario, histoire,
            portion*, emballage, écran, rendu, tenue, cadre, ambiance
        """,
        "es": """
            calidad, relación, calidad-precio, precio, comodidad, tela, material, batería, sonido,
            sabor, olor, talla, diseño, servicio, ubicación, vistas, trama, historia, ración,
            raciones, embalaje, pantalla, cámara, acabado*, ambiente, trato
        """,
        "ar": """
            جوده, الجوده, السعر, القماش, الخامه, خامه, البطاريه, الصوت, الطعم, الرائحه, ريحته,
            المقاس, التصميم, الخدمه, الموقع, الاطلاله, القصه, التغليف, الشاشه, الكاميرا, المكان,
            الاجواء, النكهه
        """,
    },
    "amaze": {
        "en": """
            wow, omg, oh my, holy, unreal, insane, mind blown, speechless, goosebumps, chills, damn,
            what a, so good
        """,
        "de": """
            wow, boah, omg, krass, wahnsinn, gänsehaut, sprachlos, hammer, alter schwede, was für,
            holla, heilig, so gut, umgehauen
        """,
        "fr": """
            wow, waouh, oh la, ouah, frissons, bouche bée, mamma mia, purée, quel, quelle, trop bon,
            trop bien, trop fort, trop forts, tellement bon, sans voix, larmes, pleuré,
            vraiment bien, chair de
        """,
        "es": """
            wow, guau, madre mía, dios mío, uf, ufff, vaya, qué maravilla, qué pasada, qué bueno,
            qué rico, qué bien, piel de, sin palabras, lágrimas, flipante, tremend*, alucin*, menuda
        """,
        "ar": """
            واو, يا سلام, يا الله, ما هذا, قشعريره, لا يوصف, خيال, خيالي, خياليه, شي, وش هالجمال,
            دموع, بكيت, يا عيني, ايش الحلاوه, بجد, انبهرت, عظمه, يا ناس
        """,
    },
    "loyal": {
        "en": """
            customer since, for years, always been, loyal, every year, never disappoints,
            never disappointed, keep it, keep up, well done, don't change, continue, long live,
            hats off, shout out, shoutout, deserve*, raise
        """,
        "de": """
            kunde seit, kundin seit, seit jahren, immer wieder, treu*, jedes jahr, nie enttäuscht,
            weiter so, macht weiter, bleibt so, hut ab, verdient, gehaltserhöhung, ein lob,
            großes lob, gut gemacht, ihr seid, seid die
        """,
        "fr": """
            client depuis, cliente depuis, depuis toujours, fidèle*, chaque année, jamais déçu,
            jamais déçue, jamais déçus, continuez, changez rien, ne changez, mérite*, augmentation,
            coup de, grand bravo, bravo à, bien joué, vous êtes, vous gérez, on adore, longue vie,
            rien à
        """,
        "es": """
            cliente desde, clienta desde, desde siempre, fiel, cada año, nunca decepcionan,
            nunca decepciona, seguid así, sigan así, no cambiéis, merece*, aumento, bien hecho,
            sois los, son los, sois unos, larga vida, un diez, así da, da gusto, me quito, nada que
        """,
        "ar": """
            زبون من, عميل من, من سنين, دائما متميزين, دايم, استمروا, لا تغيرون, يستحق, يستاهل,
            زياده, شكرا من, احسنتم, انتم الافضل, كل الشكر, رفعتوا, يعطيه العافيه, يستاهلون,
            ما قصرتوا, ما قصروا, انتو الافضل
        """,
    },
    "works": {
        "en": """
            works, working again, works again, fixed, solved, resolved, sorted, refunded, arrived,
            received, got it, back online, found, thanks to, all good, returned
        """,
        "de": """
            funktioniert wieder, geht wieder, läuft wieder, läuft, behoben, gelöst, geklärt,
            erstattet, angekommen, ist da, erhalten, gefunden, dank, hat geklappt, klappt,
            repariert, erledigt, alles gut, wieder da, bekommen
        """,
        "fr": """
            marche, ça marche, remarche, fonctionne, réparé*, résolu*, réglé*, remboursé*, arrivé*,
            bien reçu, reçu*, retrouvé*, grâce, c'est bon, tout roule, roule, rétabli, débloqué*,
            restauré*, sauvé*, ça y, guéri*
        """,
        "es": """
            funciona, ya funciona, arreglad*, arreglaron, solucionad*, resuelt*, reembolsad*, llegó,
            ya llegó, llegaron, recibid*, recibí, encontrad*, gracias a, todo bien, ya está,
            apareció, devolvieron, salvaron, resolvieron, resolvió
        """,
        "ar": """
            اشتغل, شغال, رجع, رجعت, تم, انحل, انحلت, حلت, تصلح, صلحوا, وصل, وصلت, وصلني, استلمت,
            لقيت, بفضل, كله تمام, تمام, تم الحل, رجعوا, ضبط, اتصلح, اتحلت
        """,
    },
}
