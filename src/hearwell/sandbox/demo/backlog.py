"""What was said in the hours before anyone looked. Minutes before the curtain; all invented."""

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
    # A bag, from lost to found, over five hours.
    post(362, "lena_hoff", "bag", "My cello case did not come out in Lisbon. Flight NW482 from Bremen, tag NW 338 914. I play tonight at eight. What do I do now?"),
    answer(357, "bag-1", "bag", "Lena, that is the last thing you need today. We are calling Bremen and Lisbon now and will tell you within the hour where it is. ^ML"),
    answer(318, "bag-2", "bag", "Found: it is still in Bremen and is booked on NW486, landing 17:05. A driver brings it to your hotel; please send us its name in a private message. ^ML"),
    message(312, "lena_hoff", "bag-dm", "Hotel Miradouro das Flores, room 214. Concert hall entrance is on the side street if that is easier."),
    private_answer(306, "bag-dm-1", "bag-dm", "Thank you, the driver has the hall's side entrance and your name. You will get a message when the case is in the car."),
    comment(64, "lena_hoff", "bag-3", "bag", "It is here, an hour before the concert. Thank you, Mara, whoever you are 💙"),
    like(60, "tomreed", "bag-3"),
    # One delay, many people.
    mention(228, "tomreed", "nw218", '@northwindair NW218 to Leeds has been "15 minutes late" for two hours now. Gate B7 is full of children and there is nobody at the desk.'),
    comment(221, "jamal_t", "nw218-1", "nw218", "Same gate. They have run out of water at the kiosk too."),
    comment(215, "chloe_w", "nw218-2", "nw218-1", "There is a fountain behind B9, go left at the stairs."),
    answer(206, "nw218-3", "nw218", "We are sorry, Tom, and everyone at B7. A tyre is being changed; departure is now 15:40. Jon is on his way to the gate with water and vouchers. ^JO"),
    comment(201, "jamal_t", "nw218-4", "nw218-3", "He is here. Thank you. My connection to Bergen at 17:10 is gone though, can somebody rebook me?"),
    like(199, "chloe_w", "nw218-3"),
    comment(158, "tomreed", "nw218-5", "nw218", "15:40 has come and gone. New time please?"),
    # Answered and thanked: nothing waits.
    post(347, "ruth_s", "seat", "Good morning. My grandson says I can choose my seat on the telephone but I cannot find where. I am 81 and I would like the aisle."),
    answer(338, "seat-1", "seat", "Good morning Ruth! Send us your six-letter booking code in a private message and we will put you on the aisle ourselves, at no charge. ^AB"),
    message(330, "ruth_s", "seat-dm", "Dear Aiko, the letters are QK7PLM. Thursday to Edinburgh."),
    private_answer(322, "seat-dm-1", "seat-dm", "You are in 4C, an aisle seat near the front, and somebody will help with your bag. Have a lovely flight, Ruth."),
    message(315, "ruth_s", "seat-dm-2", "How very kind. Thank you my dear."),
    # Money.
    post(296, "carlos_v", "refund", "Llevo 34 días esperando el reembolso del vuelo NW905 que ustedes cancelaron. El número de caso es 55-20917. ¿Cuándo lo voy a recibir?", "es"),
    mention(274, "vik_shah", "twice", "@northwindair you charged my card twice for the same booking, £312.40 both times. Bank says it is your end. I want one of them back today."),
    message(268, "vik_shah", "twice-dm", "Booking RT4NNB, both payments on the 19th, card ending 7741."),
    private_answer(241, "twice-dm-1", "twice-dm", "Vikram, I can see both payments. The second one has been cancelled just now; your bank shows it within two working days. I am sorry for the fright."),
    # Urgent.
    post(37, "grace_ob", "chair", 'URGENT: I am at Stansted, NW117 leaves at 18:20, and the desk says my wheelchair battery "may not be allowed". You approved it in writing in October. I cannot fly without it. Please call me.'),
    post(49, "priya_n", "insulin", "My dad's insulin is in the bag that your crew took from him at the gate in Kraków. He is on NW663 now, landing 17:50. He needs it within two hours of landing. Who can meet him with that bag?"),
    comment(46, "mo_hassan", "insulin-1", "insulin", "Ask for the duty manager at the arrivals desk, they can get to the hold bags first. Hope he is ok."),
    # Questions.
    post(285, "amelie_k", "ski", "Zählt eine Skitasche als Sportgepäck oder als zweiter Koffer? Auf eurer Seite stehen zwei verschiedene Sachen.", "de"),
    answer(262, "ski-1", "ski", "Danke für den Hinweis, Amelie: Eine Skitasche bis 20 kg ist Sportgepäck und kostet 35 €. Die zweite Seite wird heute berichtigt. ^AB", "de"),
    comment(255, "amelie_k", "ski-2", "ski", "Super, danke! 🎿", "de"),
    mention(190, "bram_dj", "dog", "Hoi @northwindair, mag mijn hond (6 kg, heel rustig) mee in de cabine naar Malaga?", "nl"),
    post(173, "ines_c", "pram", "Boa tarde! Posso levar o carrinho do bebé até à porta do avião, ou tenho de o despachar antes?", "pt"),
    post(141, "sakura_m", "meal", "来週のNW031便で、ビーガンの機内食を今から頼むことはできますか。", "ja"),
    post(133, "yusuf_a", "umrah", "السلام عليكم، هل يمكن تغيير موعد رحلة العودة إلى الدار البيضاء من الجمعة إلى الأحد؟ رقم الحجز NW7K2P وأحتاج إلى الرد اليوم من فضلكم.", "ar"),
    mention(118, "noa_peled", "twins", "שלום @northwindair, אנחנו טסים עם תאומים בני שנה. אפשר לשבת יחד בשורה עם עריסות? 👶👶", "he"),
    post(109, "pawel_z", "student", "Czy zniżka studencka działa też na bagaż rejestrowany?", "pl"),
    # Praise, ideas, chatter.
    post(251, "hannah_b", "crew", "Huge thanks to the crew of NW340 last night. My daughter was terrified, and Captain Iversen let her see the cockpit after landing. She has not stopped talking since ✈️🥹"),
    like(249, "ruth_s", "crew"),
    like(247, "lucy_h", "crew"),
    answer(236, "crew-1", "crew", "This made the whole room smile, Hannah. We will print it for Captain Iversen and her crew. ^JO"),
    comment(232, "hannah_b", "crew-2", "crew-1", "Please do 😊"),
    mention(166, "chloe_w", "pastry", "whoever put cardamom buns on the @northwindair morning flights: marry me"),
    post(124, "wing_geek", "idea", "Idea: show the aircraft's name on the boarding pass. I have flown on \"Sandpiper\" three times and only found out on the stairs."),
    mention(101, "deal_hunter99", "spam", "🔥🔥 FREE FLIGHTS with @northwindair?! Click my profile, only 20 left, winners every hour 🔥🔥"),
    mention(96, "zoe_ap", "sky", "Sunrise over the Wash from seat 12F, @northwindair. No filter."),
    # Cross words, and second thoughts.
    post(182, "dan_fitz", "phone", "Fifty-five minutes on hold, then cut off. Twice. Is there anybody at @northwindair at all, or is it music all the way down?"),
    comment(176, "mick_d", "phone-1", "phone", "Same here yesterday, an hour and ten."),
    post(148, "leo_m", "name", "Ho sbagliato una lettera nel cognome sulla prenotazione (Marcheti invece di Marchetti). Il sito vuole 70 € per correggerla. Davvero?", "it"),
    mention(152, "sven_l", "wrong", "@northwindair flight NW551 to Malmö at 19.30, where is my gate change??"),
    edit(150, "sven_l", "wrong", "@northwindair flight NW515 to Malmö at 19.30, where is my gate change?? (typo in the number before)"),
    post(137, "ben_ac", "rude", "Der Mann an eurem Schalter in Köln ist ein unverschämter"),
    edit(134, "ben_ac", "rude", "Der Mann an eurem Schalter in Köln war sehr unfreundlich zu einer älteren Dame vor mir. Heute, 11:20, Schalter 14. Bitte geht dem nach."),
    message(129, "olivia_r", "wrong-dm", "Bonjour, voici mon passeport pour le dossier : 14AV"),
    delete(128, "olivia_r", "wrong-dm"),
    message(126, "olivia_r", "claim-dm", "Bonjour, pardon, mauvaise fenêtre. Comment puis-je vous envoyer un document en sécurité pour le dossier 55-21044 ?", "fr"),
    # Before buying.
    post(88, "kofi_m", "group", "We are a choir of 34 and want to fly Birmingham to Gdańsk in May. Do you do group fares, and can the robes travel in the cabin?"),
    mention(83, "anna_ferr", "bologna", "@northwindair tornerete a volare da Bologna l'estate prossima? Sto decidendo le ferie adesso.", "it"),
    # The brand speaks, and each comment is somebody's own matter.
    Line(112, BRAND, "post", "From 1 March we fly Inverness to Bergen three times a week. Seats go on sale tomorrow at ten.", "bergen", language="en"),
    comment(107, "ewan_mc", "bergen-1", "bergen", "At last! Will there be a Sunday evening flight back? Otherwise it is no use for a weekend."),
    comment(103, "sven_l", "bergen-2", "bergen", "What about Malmö. We have been asking since 2019."),
    comment(92, "hannah_b", "bergen-3", "bergen-1", "Sunday evening would be perfect for us in the other direction too."),
    like(90, "wing_geek", "bergen"),
    follow(89, "ewan_mc"),
    follow(86, "kofi_m"),
    # The last hour.
    post(58, "marie_dl", "hotel", "Vol NW744 annulé hier soir, on nous a promis un hôtel, personne ne savait rien, nous avons payé 186 € nous-mêmes. Qui nous rembourse ?", "fr"),
    message(53, "elif_k", "assist-dm", "Merhaba, annem yarın NW390 ile uçuyor ve İngilizce bilmiyor. Havaalanında ona yardım edecek biri olabilir mi?", "tr"),
    post(44, "lucy_h", "app", "The app logs me out every time I open my boarding pass. Android, version 8.2. I fly tomorrow at six and would rather not print things."),
    comment(41, "mo_hassan", "app-1", "app", 'Delete and reinstall worked for me, then switch off "sync".'),
    comment(35, "lucy_h", "app-2", "app-1", "Tried it, same thing."),
    message(31, "jamal_t", "bergen-dm", "Hi, Jon at the gate said to write here: booking MX2HHD, missed NW830 to Bergen because of NW218. I need to be there by noon tomorrow, it is a funeral."),
    post(26, "rafa_s", "upgrade", "Comprei lugar com mais espaço para as pernas e sentaram-me na fila 29. Paguei 42 €. Como peço de volta?", "pt"),
    mention(21, "nadia_p", "clean", "Tray table on @northwindair NW275 this morning. I will spare you the photo. When was it last cleaned, 1998? 🤢"),
    post(14, "oskar_w", "voucher", 'Mein Gutschein läuft morgen ab und die Seite sagt bei jedem Versuch "Fehler 17". Könnt ihr ihn verlängern?', "de"),
    post(8, "kofi_m", "robes", "PS to my question about the choir: also two double basses. I know. I know."),
)  # fmt: skip
