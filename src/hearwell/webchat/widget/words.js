// What the chat says. A site can set any of these by the attribute words='{"send": "…"}'.
const EN = {
  language: "en", heading: "Chat with us", open: "Open the chat", close: "Close the chat", unread: "%n new",
  conversation: "Conversation", message: "Your message", placeholder: "Write a message…", send: "Send", attach: "Attach a file",
  files: "Files to be sent", remove: "Remove", you: "You:", team: "Team:", here: "Somebody is here for you.", writing: "An answer is being written…",
  away: "Leave a message: we answer here.", within: "Nine in ten are answered within %t.", opens: "We answer again from %t.", lost: "No connection. What you write is sent by itself.", queued: "Waiting to be sent", failed: "Not sent.",
  again: "Try again", drop: "Remove", askEmail: "If you leave before we answer: where may we write to?", emailExample: "you@example.com", save: "Save", later: "Not now",
  noLine: "There is no connection just now.", too_large: "Files may have up to 10 MB.", wrong_type: "Pictures, PDF and plain text can be sent, nothing else.", damaged: "This picture is damaged. Please save it anew.",
  too_fast: "That was a little fast. Please wait a moment.", too_long: "This is too long.", bad_email: "This is not an e-mail address.", no_file: "This file is no longer here.",
  no_chat: "This chat is closed.", expired: "Please load this page again to go on.", no_room: "That is too much for one chat. Please send it in another way.", empty: "This file is empty.",
};
const DE = {
  language: "de", heading: "Chatten Sie mit uns", open: "Chat öffnen", close: "Chat schließen", unread: "%n neu",
  conversation: "Unterhaltung", message: "Ihre Nachricht", placeholder: "Nachricht schreiben…", send: "Senden", attach: "Datei anhängen",
  files: "Dateien zum Senden", remove: "Entfernen", you: "Sie:", team: "Team:", here: "Jemand ist für Sie da.", writing: "Eine Antwort wird geschrieben…",
  away: "Schreiben Sie uns: Wir antworten hier.", within: "Neun von zehn haben ihre Antwort in höchstens %t.", opens: "Wir antworten wieder ab %t.", lost: "Keine Verbindung. Was Sie schreiben, wird von selbst gesendet.", queued: "Wartet auf das Senden", failed: "Nicht gesendet.",
  again: "Erneut versuchen", drop: "Entfernen", askEmail: "Falls Sie gehen, bevor wir antworten: Wohin dürfen wir schreiben?", emailExample: "sie@example.com", save: "Speichern", later: "Jetzt nicht",
  noLine: "Im Augenblick gibt es keine Verbindung.", too_large: "Dateien dürfen bis zu 10 MB haben.", wrong_type: "Bilder, PDF und reiner Text können gesendet werden, sonst nichts.", damaged: "Dieses Bild ist beschädigt. Bitte speichern Sie es neu.",
  too_fast: "Das war etwas schnell. Bitte warten Sie einen Moment.", too_long: "Das ist zu lang.", bad_email: "Das ist keine E-Mail-Adresse.", no_file: "Diese Datei ist nicht mehr da.",
  no_chat: "Dieser Chat ist geschlossen.", expired: "Bitte laden Sie diese Seite neu, um fortzufahren.", no_room: "Das ist zu viel für einen Chat. Bitte senden Sie es auf anderem Weg.", empty: "Diese Datei ist leer.",
};
const AR = {
  language: "ar", isRtl: true, heading: "تحدث معنا", open: "افتح المحادثة", close: "أغلق المحادثة", unread: "%n جديدة",
  conversation: "المحادثة", message: "رسالتك", placeholder: "اكتب رسالة…", send: "إرسال", attach: "إرفاق ملف",
  files: "ملفات للإرسال", remove: "إزالة", you: "أنت:", team: "الفريق:", here: "يوجد من يساعدك الآن.", writing: "تُكتب إجابة الآن…",
  away: "اترك رسالة وسنجيبك هنا.", within: "يُجاب تسعة من كل عشرة خلال %t.", opens: "نعود إلى الرد ابتداءً من %t.", lost: "لا يوجد اتصال. سيُرسل ما تكتبه تلقائيًا.", queued: "في انتظار الإرسال", failed: "لم تُرسل.",
  again: "حاول مرة أخرى", drop: "إزالة", askEmail: "إذا غادرت قبل أن نجيب: إلى أي عنوان نكتب؟", emailExample: "you@example.com", save: "حفظ", later: "ليس الآن",
  noLine: "لا يوجد اتصال الآن.", too_large: "الحد الأقصى للملف 10 ميغابايت.", wrong_type: "يمكن إرسال الصور وملفات PDF والنصوص فقط.", damaged: "هذه الصورة تالفة. يرجى حفظها من جديد.",
  too_fast: "كان ذلك سريعًا. انتظر لحظة من فضلك.", too_long: "النص طويل جدًا.", bad_email: "هذا ليس عنوان بريد إلكتروني.", no_file: "لم يعد هذا الملف موجودًا.",
  no_chat: "هذه المحادثة مغلقة.", expired: "أعد تحميل الصفحة للمتابعة من فضلك.", no_room: "هذا أكثر مما تتسع له محادثة واحدة. أرسله بطريقة أخرى من فضلك.", empty: "هذا الملف فارغ.",
};
const ALL = { en: EN, de: DE, ar: AR };

/** The words of a language, English where there are none. */
export const wordsFor = (language) => ({ ...EN, ...ALL[language.toLowerCase().split("-")[0]] });
