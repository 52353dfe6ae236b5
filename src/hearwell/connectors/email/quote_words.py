# ruff: noqa: RUF001  words in every script there is
"""How mail programs announce a quote, a forward or themselves, in the languages they are sold in.

Collected from what the programs themselves write; each pattern is for one line or a few joined
ones of bounded length.
"""

from __future__ import annotations

import re

_FROM = (
    "From|Von|De|Da|Van|Från|Fra|Od|Kimden|Gönderen|От|Від|发件人|發件人|寄件者|差出人"
    "|送信者|보낸 사람|من"
    "|Lähettäjä|Feladó|De la|Από|מאת|Dari|Từ"
)
_REST = (
    "Sent|Date|Gesendet|Datum|Envoyé|Enviado|Enviado el|Enviada em|Enviado em|Fecha|Data"
    "|Inviato|Verzonden"
    "|Skickat|Sendt|Dato|Wysłano|Odesláno|Gönderildi|Gönderme Tarihi|Tarih|Отправлено"
    "|Дата|Надіслано"
    "|发送时间|日期|寄件日期|送信日時|日時|보낸 날짜|날짜|تاريخ الإرسال|التاريخ|Lähetetty"
    "|Päivämäärä|Elküldve|Dátum"
    "|Trimis|Ημερομηνία|נשלח|תאריך|Dikirim"
    "|To|An|À|A|Para|Aan|Till|Til|Do|Komu|Kime|Alıcı|Кому|收件人|宛先|받는 사람|إلى"
    "|Vastaanottaja|Címzett"
    "|Către|Προς|אל|Kepada|Cc|Kopie|Копия|抄送"
    "|Subject|Betreff|Objet|Asunto|Oggetto|Assunto|Onderwerp|Ämne|Emne|Temat|Předmět|Konu"
    "|Тема|主题|主旨|件名"
    "|제목|الموضوع|Aihe|Tárgy|Subiect|Θέμα|נושא|Subjek"
)
FROM_LINE = re.compile(rf"\s*\*{{0,2}}(?:{_FROM})\s*\*{{0,2}}\s?[:：]")
OTHER_LINE = re.compile(rf"\s*\*{{0,2}}(?:{_REST})\s*\*{{0,2}}\s?[:：]")
RULER = re.compile(r"\s*(?:_{10,}|-{20,})\s*\Z")

_ORIGINAL = (
    "Original Message|Original Appointment|Original-Nachricht|Ursprüngliche Nachricht"
    "|Originalnachricht|Ursprüngliche Mitteilung|Message d'origine|Message d’origine"
    "|Message original|Mensaje original|Messaggio originale|Mensagem original"
    "|Oorspronkelijk bericht|Ursprungligt meddelande|Oprindelig meddelelse"
    "|Opprinnelig melding"
    "|Wiadomość oryginalna|Original-mail|Původní zpráva|Исходное сообщение"
    "|Оригинальное сообщение"
    "|Orijinal Mesaj|元のメッセージ|原始邮件|原邮件|원본 메시지|الرسالة الأصلية"
    "|Alkuperäinen viesti|Eredeti üzenet"
)
SEPARATOR = re.compile(rf"\s*-{{2,}}\s*(?:{_ORIGINAL})\s*:?\s*-{{2,}}\s*\Z", re.IGNORECASE)

_FORWARDED = (
    "Forwarded message|Begin forwarded message|Weitergeleitete Nachricht"
    "|Anfang der weitergeleiteten (?:Nachricht|E-Mail)|Message transféré|Message transmis"
    "|Début du message (?:réexpédié|transféré)|Mensaje reenviado|Inicio del mensaje reenviado"
    "|Messaggio inoltrato|Inizio messaggio inoltrato|Mensagem encaminhada"
    "|Início da mensagem (?:encaminhada|reencaminhada)|Doorgestuurd bericht"
    "|Begin doorgestuurd bericht|Vidarebefordrat (?:meddelande|brev)"
    "|Videresendt (?:meddelelse|melding)"
    "|Przekazana wiadomość|Wiadomość przekazana|Přeposlaná zpráva|Пересылаемое сообщение"
    "|Пересланное сообщение|İletilen ileti|Yönlendirilen ileti|転送(?:された)?メッセージ"
    "|转发的?邮件"
    "|전달된 메시지|رسالة (?:معاد توجيهها|تمت إعادة توجيهها)|Välitetty viesti"
)
FORWARD = re.compile(rf"\s*(?:-{{4,}}\s*)?(?:{_FORWARDED})\s*[:：]?\s*-*\s*\Z", re.IGNORECASE)

_WROTE = (
    r"wrote|writes|schrieb(?:en)?|a écrit|escribió|ha scritto|escreveu|schreef|skrev"
    r"|napisał(?:\(a\)|a)?"
    r"|pisze|napsal(?:\(a\)|a)?|пишет|написал(?:\(а\)|а)?|пише|yazdı|kirjoitti|írta|έγραψε"
    r"|a scris"
    r"|đã viết|menulis|كتبت?|כתב(?:ה)?|写道|寫道|のメール|作成"
)
WROTE = re.compile(rf"(?:{_WROTE})", re.IGNORECASE)
LONGEST_ATTRIBUTION = 400
ADDRESS = re.compile(r"[^\s<>@]{1,64}@[^\s<>@]{1,200}")
WHEN = re.compile(r"\b(?:19|20)\d\d\b|\d\d?[:.h]\d\d|\d{4}年|\d\d?[./]\d\d?[./]\d\d")

MOBILE = re.compile(
    r"\s*(?:Sent from (?:my|Mail|Outlook|Yahoo|Samsung|Proton)|Get Outlook for|Sent (?:with|via) "
    r"|Von meinem .{1,40} gesendet|Gesendet (?:von|mit|aus) "
    r"|Diese (?:Nachricht|E-Mail) wurde von meinem "
    r"|Envoyé (?:de|depuis|à partir de) |Obtenir Outlook|Téléchargez Outlook"
    r"|Enviado (?:desde|do|a partir do) |Obtener Outlook|Obter (?:o )?Outlook|Inviato da"
    r"|Ottieni Outlook"
    r"|Verzonden vanaf|Verstuurd vanaf|Outlook voor |Skickat från|Hämta Outlook|Sendt fra"
    r"|Hent Outlook"
    r"|Wysłane z|Pobierz .{0,20}Outlook|Odesláno z|Отправлено (?:с|из) |Надіслано з"
    r"|(?:iPhone|iPad)から送信|发自我的|從我的|나의 .{1,20}에서 보냄|أُرسلت من|مُرسل من"
    r"|تم الإرسال من|Lähetetty "
    r"|iPhone'umdan gönderildi|iPhone’umdan gönderildi"
    r"|Outlook für .{1,20} (?:beziehen|herunterladen))"
    r".{0,120}\Z",
    re.IGNORECASE,
)
