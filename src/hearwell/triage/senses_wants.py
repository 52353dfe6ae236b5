"""Words by what they speak of: what is wanted, proposed, asked and offered. Data, no logic.

See ``senses_talk``.
"""

from __future__ import annotations

from typing import Final

from hearwell.triage.cues import CueTable

SENSES: Final[dict[str, CueTable]] = {
    "do": {
        "en": """
            cancel, change, send, resend, reserve, book, call me, update, block, unlock, unblock,
            transfer, reset, delete, remove me, unsubscribe, register, sign me, confirm, switch,
            upgrade, activate, deactivate, forward, put me, hold, reschedule, connect
        """,
        "de": """
            storniert, stornieren, ändern, ändert, schickt, schicken, senden, sendet, reservier*,
            buchen, bucht, ruft, rückruf, aktualisier*, sperren, sperrt, entsperr*, überweis*,
            zurücksetzen, löschen, löscht, abmelden, anmelden, bestätig*, wechseln, aktivier*,
            deaktivier*, weiterleit*, verschieb*, verlegen, umbuchen, freischalt*, tragt
        """,
        "fr": """
            annulez, annuler, changer, changez, modifier, modifiez, envoyez, envoyer, renvoyez,
            réservez, réserver, rappelez, rappeler, bloquer, bloquez, débloquez, débloquer, virer,
            réinitialis*, supprimez, supprimer, désinscri*, inscrivez, inscrire, confirmez,
            confirmer, résilier, résiliez, activez, activer, transférez, reportez, décaler, décalez,
            mettez de, notez, noter, rappel souhaité, déplacer, ajoutez à, transmettez
        """,
        "es": """
            cancelar, cancelen, cancelad, cambiar, cambiad, cambien, modificar, envíen, enviad,
            enviar, reenvi*, reservar, reservad, reserven, llamadme, llámenme, llamar, bloquear,
            bloqueen, desbloque*, transferir, restablecer, borrar, borrad, eliminen, darme de,
            inscrib*, confirmar, confirmen, confirmad, activar, activen, desactivar, pasad, pasen,
            apúnt*, aplazar, mover, guarden, guardad
        """,
        "ar": """
            الغوا, الغاء, الغي, تغيير, غيروا, عدلوا, تعديل, ارسلوا, ابعتوا, ارسال, احجزوا, حجز,
            احجز, اتصلوا, كلموني, حدثوا, اوقفوا, ايقاف, فك, افتحوا, حولوا, تحويل, احذفوا, حذف,
            سجلوني, سجلوا, تاكيد, اكدوا, فعلوا, تفعيل, اجلوا, تاجيل, انقلوا, نقل, ضيفوا
        """,
    },
    "make": {
        "en": """
            add, create, introduce, bring back, allow, offer, give us, let us, let people, make it,
            make a, include, consider, launch, open a, build, need a, should have, could have,
            please add, more of, option, mode, feature, version
        """,
        "de": """
            ergänz*, einführ*, führt, bringt, zurückbringen, erlaubt, bietet, anbieten, macht,
            macht doch, lasst, baut, einbauen, gebt, denkt, plant, erweiter*, option, modus,
            funktion, version, ausgabe, variante, feature, stellt, wieder einführen, kombiniert,
            packt
        """,
        "fr": """
            ajoutez, ajouter, créez, créer, introdui*, ramenez, permettez, permettre, proposez,
            proposer, offrez, faites, mettez, mettre, laissez, donnez, intégr*, lancez, lancez-vous,
            ouvrez, installez, affichez, rendez, pensez, prévoyez, envisag*, option*, mode,
            fonction*, version*, organisez, instaur*, songé, remettez, traduisez, simplifi*,
            un bouton, une appli, développez, variez
        """,
        "es": """
            añadid, añadan, añadir, agreguen, agregar, crear, cread, creen, introduc*, traed,
            traigan, permit*, ofrezc*, ofreced, haced, hagan, poned, pongan, poner, dejad, dejen,
            dad, den, incluy*, incluid, lanz*, abrid, abran, instal*, mostrad, pensad, piensen,
            consider*, opción, modo, función, versión, deberíais, deberían, sacad, saquen, organic*,
            un botón, faltaría
        """,
        "ar": """
            اضيفوا, اضافه, ضيفوا, سووا, اعملوا, حطوا, وفروا, توفير, رجعوا, ارجعوا, اسمحوا, خلوا,
            خلونا, افتحوا, فكروا, ادرسوا, خيار, خاصيه, ميزه, نسخه, وضع, طوروا, تطوير, نظموا, اطلقوا,
            لو تضيفون, لو تضيفوا, لو توفروا, لو تسوون, لو تعملوا
        """,
    },
    "wish": {
        "en": """
            wish, would be, would love, hope, idea, suggest*, suggestion, why not, what about,
            how about, what if, if only, could you, it'd be, nice if, great if, cool if, imagine if,
            proposal, dream of, when will
        """,
        "de": """
            wünsch*, wäre, fände, hoffe, idee, vorschlag, vorschlagen, warum nicht, wie wäre,
            wie wär's, was wäre, würde mich, cool wenn, schön wenn, toll wenn, anregung, hätte gern,
            könnte man, man könnte, ihr könntet, solltet, sollte, wunsch, träume, tipp
        """,
        "fr": """
            souhait*, serait, j'aimerais, j'espère, idée*, suggère, suggestion*, pourquoi pas,
            et si, si seulement, ce serait, pourrait, devrait, devriez, pourriez, il suffirait,
            suffirait, faudrait, manque, proposition, rêve de, à quand, vivement, peut-être,
            on aimerait, plutôt
        """,
        "es": """
            ojalá, sería, estaría, me gustaría, espero, idea, sugiero, sugerencia*, qué tal, y si,
            si pudieran, si pudieseis, podría, podríais, debería*, propongo, propuesta, sueño con,
            para cuándo, quizás, faltaría, molaría, deberíais, hace falta, vendría bien,
            estaría bien
        """,
        "ar": """
            اتمني, نتمني, ياريت, يا ريت, ليت, فكره, اقترح, اقتراح, اقتراحي, ليش ما, ليه ما, لو,
            لو فيه, ماذا لو, يكون, حبذا, متي بتنزلون, متي تفتحون, لماذا لا, شو رايكم, ايش رايكم
        """,
    },
    "ask": {
        "en": """
            when, where, what, which, how, why, who, whether, do you, does, can i, could i,
            is there, are there, is it, will you, anyone know, until when, what time, need to
        """,
        "de": """
            wann, wo, was, welche*, wie, warum, wer, ob, habt ihr, haben sie, gibt es, gibt's,
            kann ich, darf ich, kann man, darf man, ist es, weiß jemand, bis wann, wieviel uhr,
            muss ich, wohin, woher, nehmt ihr
        """,
        "fr": """
            quand, où, quoi, quel*, comment, pourquoi, qui, si, est-ce, est ce, avez-vous, ya, y'a,
            puis-je, peut-on, on peut, faut-il, jusqu'à, quelle heure, faut il, savoir, demande,
            ou est, kan, koi, c quand, c ou, peut on
        """,
        "es": """
            cuándo, dónde, qué, cuál*, cómo, por qué, quién, si, tenéis, tienen, hay, puedo,
            se puede, es posible, alguien sabe, hasta cuándo, a qué, hace falta, tengo que, saber,
            adónde, abren, cierran, abrís
        """,
        "ar": """
            متي, وين, فين, ايش, شو, ما هو, ما هي, كيف, ازاي, ليش, ليه, مين, هل, عندكم, في عندكم,
            اقدر, ممكن اعرف, هل يمكن, لازم, حتي متي, كم الساعه, ينفع, يصير, وش, شنو, امتي, منين,
            اعرف
        """,
    },
    "hours": {
        "en": """
            open, opening, hours, closed, close at, address, branch, location, parking, entrance,
            ticket*, platform, timetable, schedule, sunday*, holiday*, accept, valid, warranty,
            guarantee, ingredients, compatible, works with, documents
        """,
        "de": """
            geöffnet, öffnungszeiten, offen, macht auf, öffnet, adresse, filiale, standort,
            parkplatz, parken, eingang, ticket*, gleis, fahrplan, sonntag*, feiertag*, akzeptiert,
            gültig, garantie, inhaltsstoffe, kompatibel, unterlagen, anleitung, frist
        """,
        "fr": """
            ouvert*, ouvrez, horaire*, ouvre, fermez, adresse*, agence, boutique, magasin, parking,
            entrée, billet*, quai, dimanche*, férié*, acceptez, valable*, garantie, ingrédient*,
            compatible*, document*, notice, délai*, papiers, prise, gratuité
        """,
        "es": """
            abierto*, abren, abre, horario*, cierra, dirección, sucursal, tienda, aparcamiento,
            parking, estacionamiento, entrada, billete*, boleto*, andén, domingo*, festivo*,
            aceptáis, válid*, garantía, ingredientes, compatible*, documentos, plazo, requisitos
        """,
        "ar": """
            مفتوح, دوام, دوامكم, ساعات العمل, تفتحون, تفتحوا, تسكرون, عنوان, العنوان, فرع, فرعكم,
            الفرع, موقف, مواقف, مدخل, تذكره, تذاكر, رصيف, جدول, المواعيد, موعد, الاحد, تقبلون, صالح,
            ضمان, الضمان, مكونات, متوافق, اوراق, المستندات
        """,
    },
    "price": {
        "en": """
            how much, price*, cost*, discount, in stock, available, availability, size, sizes,
            quote, deposit, instalment*, offer, deal, gift card, book a, per month, per person,
            per night, for two, reserve
        """,
        "de": """
            wie viel, wieviel, was kostet, kosten, kostet, preis*, rabatt, vorrätig, lieferbar,
            verfügbar, größe*, angebot, rate*, gutschein*, pro monat, pro person, pro nacht,
            für zwei, auf lager, studententarif, probetag, noch plätze, noch karten
        """,
        "fr": """
            combien, prix, coûte, tarif*, réduction, remise, en stock, stock, dispo, disponib*,
            taille*, devis, acompte, plusieurs fois, offre, promo, carte cadeau, par mois,
            par personne, la nuit, le kilo, pour deux, le kg, cb, places, reste, restent, en vente,
            c koi
        """,
        "es": """
            cuánto, cuesta, cuestan, precio*, vale, descuento, en stock, disponible*, disponib*,
            talla*, presupuesto, plazos, oferta, tarjeta regalo, al mes, por persona, por noche,
            para dos, quedan, queda, plazas, entradas, hay plazas, a cuánto
        """,
        "ar": """
            كم, بكم, بكام, سعر, السعر, اسعار, اسعاركم, خصم, متوفر, متوفره, متاح, موجود, مقاس,
            مقاسات, عرض, العرض, تقسيط, قسط, بالشهر, للشخص, الليله, الكيلو, باقه, الباقه, باقي, قديش,
            شكد, بقديش
        """,
    },
    "offer": {
        "en": """
            earn, crypto, bitcoin, forex, followers, promo code, click, dm me, dm, free, visit,
            link in, join my, join, giveaway, winner, win, prize, invest*, profit, cheap, loan*,
            credit, hiring, work from, weight, viagra, replica*, subscribe, check out, follow me,
            inbox me, whatsapp, telegram, sugar, hot singles, seo, discount code
        """,
        "de": """
            verdien*, krypto*, bitcoin, follower, promocode, klick*, schreib mir, gratis, kostenlos,
            besuch*, link in, gewinn*, gewinnspiel, investier*, rendite, billig*, kredit*, darlehen,
            wir suchen, homeoffice, abnehmen, nachgemacht*, abonnier*, folgt mir, folg mir,
            whatsapp, telegram, singles, rabattcode, nebenverdienst, passives einkommen, ankauf,
            günstigste*
        """,
        "fr": """
            gagne*, gagner, crypto*, bitcoin, abonnés, followers, code promo, mon code, clique*,
            cliquez, dm, mp moi, gratuit*, visitez, lien en, lien dans, concours, gagnant, invest*,
            profit*, pas cher, crédit*, prêt*, dettes, recrute*, recrutement, télétravail, maigrir,
            perdre du, copie*, abonnez-vous, abonne, suivez, whatsapp, telegram, ventes privées,
            trading, voyant*, marabout, rachat, télécharge*, parrain*, envoyez photo,
            sans engagement, revenus, visiteur, fans, meilleur prix, se déplace, devis gratuit,
            féticheur
        """,
        "es": """
            gana, ganar, gané, cripto*, bitcoin, seguidores, código, mi código, clic, haz clic, dm,
            escríbeme, gratis, visita, visiten, enlace en, link en, sorteo, ganador, premio,
            inviert*, invertir, ganancias, barat*, préstamo*, crédito*, contratamos, desde casa,
            adelgaz*, réplica*, imitación, suscríb*, sígueme, sígan*, whatsapp, telegram, trading,
            ingresos, compro, vendo, tarot, vidente, amarres, oferta única, deudas, descarga
        """,
        "ar": """
            اربح, ربح, ارباح, عملات, بيتكوين, فوركس, متابعين, كود خصم, كود, اضغط, ادخل, الرابط,
            رابط, خاص, راسلني, تواصل, مجانا, مجاني, مسابقه, الفائز, جائزه, جوائز, استثمر, استثمار,
            قرض, قروض, سداد, مطلوب, وظائف, وظيفه, من البيت, تنحيف, تخسيس, تقليد, اشترك, تابعني,
            تابعوني, واتساب, واتس, تليجرام, تيليجرام, تداول, دخل, للبيع, شراء, نشتري, شيخ روحاني,
            جلب الحبيب, ضاعف, انضم, مساج
        """,
    },
    "no": {
        "en": """
            no, not, never, nothing, nobody, none, without, zero, neither, n't, don't, doesn't,
            didn't, isn't, wasn't, can't, won't, haven't, hasn't, cannot, no one
        """,
        "de": "nicht, kein*, nie, niemals, nichts, niemand, ohne, null, weder, nix, ned, net",
        "fr": """
            pas, plus, jamais, rien, personne, aucun*, sans, zéro, ni, n'ai, n'est, n'a, n'ont, non,
            nul
        """,
        "es": "no, nunca, jamás, nada, nadie, ningun*, ningún, sin, cero, ni, tampoco",
        "ar": """
            لا, ما, لم, لن, ليس, مش, مو, ولا, بدون, بلا, غير, محد, مافي, مافيش, ماكو, ابدا, مب, موب,
            مفيش, محدش, ماحد
        """,
    },
    "too": {
        "en": """
            too, instead, supposed, expected, promised, told, although, despite, but, however, only,
            only half, half
        """,
        "de": """
            zu, statt, anstatt, erwartet, versprochen, gesagt, obwohl, trotz, trotzdem, aber,
            angeblich, nur, halb, hälfte, sollte
        """,
        "fr": """
            trop, au lieu, censé*, attendais, promis*, promet*, dit, alors que, malgré, mais,
            pourtant, seulement, moitié, annoncé*, soi-disant, garanti*, prévu*, que dalle
        """,
        "es": """
            demasiad*, en vez, en lugar, supuesto, supuestamente, esperaba, prometi*, dijeron,
            aunque, a pesar, pero, sin embargo, solo, mitad, medias, muy poco, anunciad*
        """,
        "ar": """
            بدل, بدلا, المفروض, مفروض, توقعت, وعدتوني, وعدوني, قالوا, رغم, لكن, بس, نص, نصف, زياده,
            جدا, مع ان, وعد
        """,
    },
}
