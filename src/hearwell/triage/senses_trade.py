"""Words by what they speak of: orders, faults, money and things. Data, no logic.

See ``senses_talk``.
"""

from __future__ import annotations

from typing import Final

from hearwell.triage.cues import CueTable

SENSES: Final[dict[str, CueTable]] = {
    "since": {
        "en": """
            since, for weeks, for days, for hours, for months, days, weeks, hours, months, ago,
            yesterday, all day, minutes, an hour, third time, second time, still, yet, again,
            until now, every time, always
        """,
        "de": """
            seit, tagen, tage, wochen, woche, stunden, stunde, monaten, monate, gestern, minuten,
            ewig, zum dritten, zum zweiten, zum wiederholten, immer noch, noch immer, schon wieder,
            bisher, jedes mal, ständig, dauernd, andauernd
        """,
        "fr": """
            depuis, jours, semaines, semaine, heures, mois, hier, minutes, une heure, troisième,
            deuxième, toujours, encore, à chaque, chaque fois, toujours pas, toujours rien,
            sans cesse, fois, ça fait
        """,
        "es": """
            desde, hace, llevo, días, semanas, semana, horas, meses, ayer, minutos, una hora,
            tercera, segunda vez, todavía, aún, otra vez, siempre, cada vez, sigue, siguen, sigo,
            nuevamente
        """,
        "ar": """
            منذ, من يومين, من اسبوع, ايام, اسابيع, اسبوع, اسبوعين, ساعات, ساعه, شهر, شهور, امس,
            مبارح, دقيقه, لسه, للان, الي الان, لحد, مره ثالثه, ثالث مره, كل مره, دايما, كل يوم,
            الي الحين, حتي الان, لين الحين
        """,
    },
    "fault": {
        "en": """
            crash*, freez*, frozen, error, bug, glitch, doesn't load, won't load, leak*, smoke,
            noise, cut off, dropped, hung up, disconnected, down, offline, missing, empty, closed,
            lost, stolen, expired, blocked, locked, rejected, declined, refused, cancelled,
            canceled, delayed, damaged, hacked, scam, charged, overcharged, broke, stopped, fell,
            stuck, failed, dead, died, wrong
        """,
        "de": """
            absturz*, stürzt, hängt, eingefroren, fehler*, lädt nicht, undicht, tropft, rauch*,
            geräusch*, abgebrochen, unterbroch*, aufgelegt, offline, fehlt, fehlen, leer, leere,
            geschlossen, zu gemacht, verloren, gestohlen, abgelaufen, gesperrt, abgelehnt,
            verweigert, storniert, verspät*, beschädigt, gehackt, betrug, abgebucht, kaputt,
            stehengeblieben, steckt, ausgefallen, fällt aus, streikt, falsch*, verschwunden,
            vergessen, vertauscht
        """,
        "fr": """
            plante*, bug*, gelé, figé*, erreur*, charge pas, fuit, fuite*, fumée, coupé*, coupure*,
            raccroché, raccroche, hors service, manque, manquait, vide, vides, fermé*, fermeture*,
            perdu*, volé*, expiré*, bloqué*, bloque, refusé*, annulé*, retard*, endommagé*, piraté*,
            arnaque*, débité*, prélevé*, cassé*, s'arrête, tombé*, coincé*, panne*, faux, fausse,
            siffle, saute, tient plus, oublié*, disparu*, usurpé*, faillite, réclame, supprimé*,
            dérang*, décalé*
        """,
        "es": """
            se cierra, se cuelga, congelad*, error*, fallo*, falla*, no carga, gotea, fuga*, humo,
            cortad*, corte*, colgó, colgaron, caíd*, falta, faltan, faltaba, vací*, cerrad*, perd*,
            robad*, robaron, caducad*, bloquead*, rechazad*, niegan, cancelad*, retras*, dañad*,
            hackead*, estafa*, cobrad*, cobraron, rot*, se paró, atascad*, averi*, equivocad*,
            desaparec*, olvid*, extravi*, atasc*
        """,
        "ar": """
            يعلق, معلق, يهنج, خطا, اخطاء, ما يفتح, ما يشتغل, تسريب, دخان, انقطع, مقطوع, انقطاع, سكر,
            ناقص, ناقصه, فاضي, مسكر, مقفول, ضاع, ضاعت, مسروق, انسرق, انتهت, محظور, مقفل, مرفوض, رفض,
            رفضوا, تاخير, تاخر, متضرر, تهكر, نصب, خصم, انخصم, سحب, سحبتوا, طاح, واقف, توقف, غلط,
            اختفي, نسيتوا, عطل, عطلان, خراب, خرب, كسر, انكسر
        """,
    },
    "parcel": {
        "en": "parcel*, package*, order*, delivery, deliver*, shipment, shipped, tracking, courier",
        "de": """
            paket*, bestellung*, bestellt*, lieferung*, geliefert, lieferschein, versand, sendung*,
            zustell*
        """,
        "fr": "colis, commande*, commandé*, livraison*, livré*, livrez, expédi*, suivi, envoi",
        "es": "paquete*, pedido*, entrega*, entregad*, envío*, enviad*, seguimiento, encargo",
        "ar": """
            طرد, الطرد, طلبيه, طلبيتي, طلب, طلبي, توصيل, التوصيل, شحنه, شحنتي, الشحن, شحن, تتبع,
            الاوردر, اوردر
        """,
    },
    "net": {
        "en": """
            app, website, site, login, log in, account, password, internet, wifi, router, signal,
            network, phone, update, email, server*, sim, data, code, screen
        """,
        "de": """
            app, webseite, website, seite, login, einloggen, anmelden, konto, passwort, internet,
            wlan, router, netz, empfang, handy, update, mail, email, server, sim, code, störung
        """,
        "fr": """
            appli*, site, connexion, connecter, compte*, mot de, internet, wifi, box, routeur,
            réseau, téléphone*, mise à, mail*, serveur*, sim, code, fibre, identifiant*
        """,
        "es": """
            app, aplicación, web, página, sesión, cuenta*, contraseña*, internet, wifi, router,
            señal, cobertura, red, móvil, celular, actualización, correo, servidor*, sim, código,
            fibra, usuario
        """,
        "ar": """
            التطبيق, تطبيق, تطبيقكم, الموقع, تسجيل, حسابي, الحساب, كلمه السر, الرقم السري, النت,
            انترنت, الانترنت, واي فاي, الراوتر, الشبكه, شبكه, الجوال, تحديث, التحديث, ايميل,
            السيرفر, شريحه, الكود, كود, الابلكيشن
        """,
    },
    "money": {
        "en": """
            refund*, money, bill, invoice, paid, pay, payment, charge*, fee*, deposit, card, bank,
            salary, subscription, contract, euro*, dollar*, bucks, pounds
        """,
        "de": """
            geld, rechnung*, bezahlt, bezahlen, zahlung, gebühr*, kaution, karte*, bank, gehalt,
            abo*, vertrag*, euro, überweisung, rückerstattung, erstattung, gutschrift
        """,
        "fr": """
            remboursement*, rembourser, argent, facture*, payé*, payer, paiement*, frais, caution,
            carte*, banque, salaire, abonnement*, contrat*, euro*, eur, virement, balles, avoir,
            prélèvement*
        """,
        "es": """
            reembolso*, dinero, factura*, pagado, pagué, pagar, pago*, comisión, comisiones, fianza,
            tarjeta*, banco, sueldo, suscripción, contrato*, euro*, pesos, transferencia, cargo,
            abono, devolución
        """,
        "ar": """
            استرجاع, استرداد, فلوسي, فلوس, فاتوره, الفاتوره, دفعت, ادفع, دفع, رسوم, عربون, البطاقه,
            بطاقه, البنك, الراتب, اشتراك, الاشتراك, عقد, ريال, جنيه, درهم, دينار, المبلغ, مبلغ,
            تحويله
        """,
    },
    "food": {
        "en": """
            food, pizza, burger*, coffee, soup, bread, cake, steak, chicken, rice, breakfast, lunch,
            dinner, menu, dish*, sauce, chocolate, ice cream, beer, wine, tea, cheese, fries,
            sandwich
        """,
        "de": """
            essen, pizza*, burger*, kaffee, suppe, brot, brötchen, kuchen, torte, fleisch, hähnchen,
            reis, frühstück, mittagessen, speisekarte, gericht*, soße, schoko*, eis, bier, wein,
            tee, käse, pommes, döner, nudel*, salat
        """,
        "fr": """
            repas, pizza*, burger*, soupe, pain, pains, gâteau*, steak, viande, poulet, riz,
            petit déjeuner, petit dej, dessert*, menu, plat*, sauce, chocolat*, glace*, bière, vin,
            thé, fromage, frites, sandwich*, croissant*, baguette, tarte*, dîner, assiette, couscous
        """,
        "es": """
            comida, pizza*, hamburgues*, sopa, pan, pastel*, tarta*, carne, pollo, arroz, desayuno,
            almuerzo, menú, plato*, salsa, chocolate*, helado*, cerveza, vino, té, queso, patatas,
            papas, bocadillo*, tortilla, tacos, croissant*, paella, postre*
        """,
        "ar": """
            الاكل, اكل, بيتزا, برجر, القهوه, شوربه, خبز, كيك, كيكه, لحم, دجاج, الدجاج, رز, الرز,
            فطور, غدا, المنيو, طبق, صوص, شوكولاته, ايسكريم, شاي, جبن, بطاطس, ساندويش, شاورما, منسف,
            كنافه, حلويات, كشري
        """,
    },
    "trip": {
        "en": """
            train*, bus, flight*, plane, luggage, bag, suitcase, airport, station, stop, seat*,
            hotel, room*, bed, pool, beach, line, metro, tram, car, road
        """,
        "de": """
            zug, züge, bahn, bus, flug*, koffer, gepäck, flughafen, bahnhof, haltestelle, sitz*,
            hotel*, zimmer, bett*, pool, linie, u-bahn, tram, straßenbahn, auto, straße, s-bahn
        """,
        "fr": """
            train*, bus, car, vol, vols, avion, bagage*, valise*, aéroport, gare, arrêt, siège*,
            hôtel*, chambre*, lit, lits, piscine*, ligne*, métro, tram, voiture*, route, camping,
            traversée, ferry
        """,
        "es": """
            tren*, autobús, bus, colectivo, vuelo*, avión, maleta*, equipaje, aeropuerto, estación,
            parada, asiento*, hotel*, habitación, habitaciones, cama*, piscina, línea*, metro,
            tranvía, coche, carretera
        """,
        "ar": """
            القطار, قطار, الباص, باص, رحله, رحلتي, الطياره, طياره, شنطه, شنطتي, العفش, المطار, محطه,
            المحطه, مقعد, الفندق, فندق, غرفه, الغرفه, سرير, مسبح, خط, المترو, مترو, سياره, السياره,
            الشارع, الطريق
        """,
    },
    "home": {
        "en": """
            fridge, oven, washing machine, dishwasher, mattress, sofa, chair, table, lamp, vacuum,
            heater, boiler, power, electricity, gas, water, meter, shoes, dress, jacket, shirt,
            jeans, phone case, cream, shampoo, perfume, book, toy*, bike
        """,
        "de": """
            kühlschrank, ofen, herd, waschmaschine, spülmaschine, matratze, sofa, stuhl, tisch,
            lampe, staubsauger, heizung, strom, gas, wasser, zähler, schuhe, kleid, jacke, hemd,
            hose, jeans, creme, shampoo, parfüm, buch, spielzeug, fahrrad, rucksack
        """,
        "fr": """
            frigo, four, lave-linge, machine, lave-vaisselle, matelas, canapé, chaise*, table*,
            lampe*, aspirateur, chauffage, chaudière, chauffe-eau, électricité, courant, gaz, eau,
            compteur, chaussures, robe, veste, blouson, chemise, pantalon, jean, crème, shampoing,
            parfum, livre*, jouet*, vélo, montre, dentifrice, grille-pain, tente
        """,
        "es": """
            nevera, horno, lavadora, lavavajillas, colchón, sofá, silla*, mesa, lámpara, aspirador*,
            calefacción, caldera, luz, electricidad, gas, agua, contador, zapat*, vestido, chaqueta,
            camisa, pantalón, vaqueros, crema, champú, perfume, libro*, juguete*, bici*, reloj,
            mochila
        """,
        "ar": """
            الثلاجه, ثلاجه, الفرن, الغساله, غساله, مرتبه, كنبه, كرسي, طاوله, لمبه, مكنسه, المكيف,
            مكيف, السخان, الكهرباء, كهرباء, الغاز, المياه, الماء, المويه, العداد, حذاء, فستان,
            جاكيت, قميص, بنطلون, كريم, شامبو, عطر, العطر, كتاب, لعبه, دراجه, ساعه
        """,
    },
}
