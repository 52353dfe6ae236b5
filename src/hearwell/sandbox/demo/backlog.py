"""What was said in the hours before anyone looked. Minutes before the curtain; all invented.

The oldest matters were answered by the three who were on duty. Most of what is open came within
the last hour, so that a newcomer finds a few late, a few soon, and the rest in time.
"""

# ruff: noqa: E501, RUF001 -- people's words are easier to read, and to change, in one line

from __future__ import annotations

from hearwell.sandbox.demo.script import (
    BRAND,
    Line,
    answer,
    comment,
    delete,
    edit,
    follow,
    like,
    mention,
    message,
    post,
    private_answer,
)

BACKLOG: tuple[Line, ...] = (
    # --- hours ago: answered ---------------------------------------------------------------------
    # A bag, from lost to found, over five hours.
    post(362, "lena_hoff", "bag", "My cello case did not come out in Lisbon. Flight NW482 from Bremen, tag NW 338 914. I play tonight at eight. What do I do now?"),
    answer(357, "bag-1", "bag", "Lena, that is the last thing you need today. We are calling Bremen and Lisbon now and will tell you within the hour where it is. ^ML"),
    answer(318, "bag-2", "bag", "Found: it is still in Bremen and is booked on NW486, landing 17:05. A driver brings it to your hotel; please send us its name in a private message. ^ML"),
    message(312, "lena_hoff", "bag-dm", "Hotel Miradouro das Flores, room 214. Concert hall entrance is on the side street if that is easier."),
    private_answer(306, "bag-dm-1", "bag-dm", "Thank you, the driver has the hall's side entrance and your name. You will get a message when the case is in the car."),
    comment(64, "lena_hoff", "bag-3", "bag", "It is here, an hour before the concert. Thank you, Mara, whoever you are 💙"),
    like(60, "tomreed", "bag-3"),
    # A seat.
    post(347, "ruth_s", "seat", "Good morning. My grandson says I can choose my seat on the telephone but I cannot find where. I am 81 and I would like the aisle."),
    answer(338, "seat-1", "seat", "Good morning Ruth! Send us your six-letter booking code in a private message and we will put you on the aisle ourselves, at no charge. ^AB"),
    message(330, "ruth_s", "seat-dm", "Dear Aiko, the letters are QK7PLM. Thursday to Edinburgh."),
    private_answer(322, "seat-dm-1", "seat-dm", "You are in 4C, an aisle seat near the front, and somebody will help with your bag. Have a lovely flight, Ruth."),
    message(315, "ruth_s", "seat-dm-2", "How very kind. Thank you my dear."),
    # Skis, twice charged, praise.
    post(285, "amelie_k", "ski", "Zählt eine Skitasche als Sportgepäck oder als zweiter Koffer? Auf eurer Seite stehen zwei verschiedene Sachen.", "de"),
    mention(274, "vik_shah", "twice", "@northwindair you charged my card twice for the same booking, £312.40 both times. Bank says it is your end. I want one of them back today."),
    message(268, "vik_shah", "twice-dm", "Booking RT4NNB, both payments on the 19th, card ending 7741."),
    answer(262, "ski-1", "ski", "Danke für den Hinweis, Amelie: Eine Skitasche bis 20 kg ist Sportgepäck und kostet 35 €. Die zweite Seite wird heute berichtigt. ^AB", "de"),
    comment(255, "amelie_k", "ski-2", "ski", "Super, danke! 🎿", "de"),
    post(251, "hannah_b", "crew", "Huge thanks to the crew of NW340 last night. My daughter was terrified, and Captain Iversen let her see the cockpit after landing. She has not stopped talking since ✈️🥹"),
    like(249, "ruth_s", "crew"),
    like(247, "lucy_h", "crew"),
    private_answer(241, "twice-dm-1", "twice-dm", "Vikram, I can see both payments. The second one has been cancelled just now; your bank shows it within two working days. I am sorry for the fright."),
    answer(240, "twice-1", "twice", "You are right, Vikram, and we have cancelled the second payment. The details are in your messages. ^JO"),
    answer(236, "crew-1", "crew", "This made the whole room smile, Hannah. We will print it for Captain Iversen and her crew. ^JO"),
    comment(232, "hannah_b", "crew-2", "crew-1", "Thank you so much 💙"),
    # Lost and found, in private.
    message(204, "carlos_v", "glasses-dm", "Buenas, me dejé las gafas en el asiento 11A del NW902. Estuche rojo.", "es"),
    private_answer(196, "glasses-dm-1", "glasses-dm", "Las tenemos, Carlos. Le esperan en objetos perdidos de Valencia, planta baja, hasta el día 30.", "es"),
    message(191, "carlos_v", "glasses-dm-2", "¡Qué alegría, muchas gracias!", "es"),
    # One delay, many people.
    mention(118, "tomreed", "nw218", '@northwindair NW218 to Leeds has been "15 minutes late" for two hours now. Gate B7 is full of children and there is nobody at the desk.'),
    comment(114, "jamal_t", "nw218-1", "nw218", "Same gate. They have run out of water at the kiosk too."),
    comment(110, "chloe_w", "nw218-2", "nw218-1", "There is a fountain behind B9, go left at the stairs."),
    answer(104, "nw218-3", "nw218", "We are sorry, Tom, and everyone at B7. A tyre is being changed; we leave in about an hour. Jon is on his way to the gate with water and vouchers. ^JO"),
    answer(103, "nw218-3b", "nw218-1", "Water is on its way to B7, Jamal. ^JO"),
    comment(100, "jamal_t", "nw218-4", "nw218-3", "He is here. Thank you. My connection to Bergen is gone though, can somebody rebook me?"),
    like(99, "chloe_w", "nw218-3"),
    answer(95, "nw218-5", "nw218-4", "Yes: please send us your booking code in a private message, and I will do it from here. ^JO"),
    # --- more than an hour ago: late -------------------------------------------------------------
    post(82, "carlos_v", "refund", "Llevo 34 días esperando el reembolso del vuelo NW905 que ustedes cancelaron. El número de caso es 55-20917. ¿Cuándo lo voy a recibir?", "es"),
    post(74, "dan_fitz", "phone", "Fifty-five minutes on hold, then cut off. Twice. Is there anybody at @northwindair at all, or is it music all the way down?"),
    comment(71, "mick_d", "phone-1", "phone", "Same here yesterday, an hour and ten."),
    post(67, "marie_dl", "hotel", "Vol NW744 annulé hier soir, on nous a promis un hôtel, personne ne savait rien, nous avons payé 186 € nous-mêmes. Qui nous rembourse ?", "fr"),
    post(72, "wing_geek", "idea", "Idea: show the aircraft's name on the boarding pass. I have flown on \"Sandpiper\" three times and only found out on the stairs."),
    Line(65, BRAND, "post", "From 1 March we fly Inverness to Bergen three times a week. Seats go on sale tomorrow at ten.", "bergen", language="en"),
    message(62, "mo_hassan", "vat-dm", "Booking LV9TRC and two more in October: I need invoices with my company's VAT number on them. The web form refuses it."),
    like(61, "wing_geek", "bergen"),
    # --- the last hour: soon ---------------------------------------------------------------------
    post(56, "leo_m", "name", "Ho sbagliato una lettera nel cognome sulla prenotazione (Marcheti invece di Marchetti). Il sito vuole 70 € per correggerla. Davvero?", "it"),
    mention(54, "sven_l", "wrong", "@northwindair flight NW551 to Malmö at 19.30, where is my gate change??"),
    edit(53, "sven_l", "wrong", "@northwindair flight NW515 to Malmö at 19.30, where is my gate change?? (typo in the number before)"),
    comment(52, "ewan_mc", "bergen-1", "bergen", "At last! Will there be a Sunday evening flight back? Otherwise it is no use for a weekend."),
    message(51, "hannah_b", "drawing-dm", "My daughter drew Captain Iversen a picture. Which address can we send it to?"),
    post(50, "ben_ac", "rude", "Der Mann an eurem Schalter in Köln ist ein unverschämter", "de"),
    edit(49, "ben_ac", "rude", "Der Mann an eurem Schalter in Köln war sehr unfreundlich zu einer älteren Dame vor mir. Heute, 11:20, Schalter 14. Bitte geht dem nach."),
    # --- the last hour: in time ------------------------------------------------------------------
    follow(46, "ewan_mc"),
    mention(44, "bram_dj", "dog", "Hoi @northwindair, mag mijn hond (6 kg, heel rustig) mee in de cabine naar Malaga?", "nl"),
    post(43, "sakura_m", "meal", "来週のNW031便で、ビーガンの機内食を今から頼むことはできますか。", "ja"),
    mention(42, "chloe_w", "pastry", "whoever put cardamom buns on the @northwindair morning flights: marry me"),
    post(41, "yusuf_a", "umrah", "السلام عليكم، هل يمكن تغيير موعد رحلة العودة إلى الدار البيضاء من الجمعة إلى الأحد؟ رقم الحجز NW7K2P وأحتاج إلى الرد اليوم من فضلكم.", "ar"),
    message(39, "anna_ferr", "baby-dm", "Buongiorno, sono al settimo mese di gravidanza e volo il 9 dicembre da Bologna. Mi serve un certificato medico?", "it"),
    mention(38, "noa_peled", "twins", "שלום @northwindair, אנחנו טסים עם תאומים בני שנה. אפשר לשבת יחד בשורה עם עריסות? 👶👶", "he"),
    post(36, "pawel_z", "student", "Czy zniżka studencka działa też na bagaż rejestrowany?", "pl"),
    comment(35, "sven_l", "bergen-2", "bergen", "What about Malmö. We have been asking since 2019."),
    message(34, "olivia_r", "wrong-dm", "Bonjour, voici mon passeport pour le dossier : 14AV", "fr"),
    delete(33, "olivia_r", "wrong-dm"),
    message(32, "olivia_r", "claim-dm", "Bonjour, pardon, mauvaise fenêtre. Comment puis-je vous envoyer un document en sécurité pour le dossier 55-21044 ?", "fr"),
    mention(31, "deal_hunter99", "spam", "🔥🔥 FREE FLIGHTS with @northwindair?! Click my profile, only 20 left, winners every hour 🔥🔥"),
    answer(30, "student-1", "student", "Tak, Pawle: 10 % także na jeden bagaż rejestrowany. Legitymację proszę mieć przy sobie. ^AB", "pl"),
    mention(29, "zoe_ap", "sky", "Sunrise over the Wash from seat 12F, @northwindair. No filter."),
    post(28, "kofi_m", "group", "We are a choir of 34 and want to fly Birmingham to Gdańsk in May. Do you do group fares, and can the robes travel in the cabin?"),
    follow(27, "kofi_m"),
    message(26, "zoe_ap", "split-dm", 'Booking PK3VVA, two seats to Faro. We split up. Can the second seat go to my sister, and please could nobody write "have a romantic trip".'),
    mention(25, "anna_ferr", "bologna", "@northwindair tornerete a volare da Bologna l'estate prossima? Sto decidendo le ferie adesso.", "it"),
    message(23, "elif_k", "assist-dm", "Merhaba, annem yarın NW390 ile uçuyor ve İngilizce bilmiyor. Havaalanında ona yardım edecek biri olabilir mi?", "tr"),
    comment(22, "tomreed", "nw218-6", "nw218", "An hour, you said. It has come and gone. New time please?"),
    post(20, "rafa_s", "upgrade", "Comprei lugar com mais espaço para as pernas e sentaram-me na fila 29. Paguei 42 €. Como peço de volta?", "pt"),
    message(19, "pawel_z", "code-dm", "Nie mogę się zalogować, kod SMS nie przychodzi od godziny. Konto na ten sam numer co zwykle.", "pl"),
    mention(18, "nadia_p", "clean", "Tray table on @northwindair NW275 this morning. I will spare you the photo. When was it last cleaned, 1998? 🤢"),
    post(17, "lucy_h", "app", "The app logs me out every time I open my boarding pass. Android, version 8.2. I would rather not print things."),
    comment(16, "mo_hassan", "app-1", "app", 'Delete and reinstall worked for me, then switch off "sync".'),
    comment(15, "lucy_h", "app-2", "app-1", "Tried it, same thing."),
    post(14, "oskar_w", "voucher", 'Mein Gutschein läuft morgen ab und die Seite sagt bei jedem Versuch "Fehler 17". Könnt ihr ihn verlängern?', "de"),
    comment(13, "hannah_b", "bergen-3", "bergen-1", "Sunday evening would be perfect for us in the other direction too."),
    message(12, "jamal_t", "bergen-dm", "Hi, Jon at the gate said to write here: booking MX2HHD, missed NW830 to Bergen because of NW218. I need to be there by noon tomorrow, it is a funeral."),
    post(11, "ines_c", "pram", "Boa tarde! Posso levar o carrinho do bebé até à porta do avião, ou tenho de o despachar antes?", "pt"),
    message(10, "sakura_m", "receipt-dm", "予約番号GH2XKDの領収書を会社名で再発行していただけますか。", "ja"),
    post(9, "priya_n", "insulin", "My dad's insulin is in the bag that your crew took from him at the gate in Kraków. He is on NW663 now, landing in half an hour. He needs it within two hours of landing. Who can meet him with that bag?"),
    comment(7, "mo_hassan", "insulin-1", "insulin", "Ask for the duty manager at the arrivals desk, they can get to the hold bags first. Hope he is ok."),
    post(5, "grace_ob", "chair", 'URGENT: I am at Stansted, NW117 leaves at 18:20, and the desk says my wheelchair battery "may not be allowed". You approved it in writing in October. I cannot fly without it. Please call me.'),
    post(2, "kofi_m", "robes", "PS to my question about the choir: also two double basses. I know. I know."),
)  # fmt: skip
