"""Words by which a post of a brand is told: English and German, as patterns. Pure.

Each line is one cue: several ways to say one thing, of which the first that is found counts, once.
Strong cues weigh two, weak ones one: it takes one strong or two weak ones (``rules``). Links are
looked at before they are taken out of the text.
"""

from __future__ import annotations

from typing import Final

# A coupon, a code, less to pay or something on top: also what "coupon share" counts.
COUPON: Final = (
    r"\bcoupons?\b|\bvouchers?\b|\bgift cards?\b|\bgutschein\w*",
    r"\bdiscount\w*|\brabatt\w*|\breduziert\w*|\bg(?:ü|ue)nstiger\b",
    r"\bpromo ?code\w*|\b(?:use|with|enter|mit|nutz\w*)(?: dem| den)? code\b",
    r"\d+ ?% (?:off|less)\b|\b(?:extra|up to|bis zu|save|spar\w*) \d+ ?%|\d+ ?% spar\w*",
    r"(?:[€$£] ?\d+(?:[.,]\d+)?|\d+ ?(?:€|eur\w*|dollars?|pounds?)) off\b",
    r"\bsave (?:up to )?[€$£] ?\d|\bspar\w* (?:dir )?\d+ ?(?:€|eur)",
    r"\bhalf[ -]price\b|\bhalben preis\b|\bprice of (?:one|two|1|2)\b|\bpreis von\b",
    r"\bbuy (?:one|1)\b|\bbogo\b|\b(?:two|2)[ -]for[ -](?:one|1)\b",
    r"\bfree (?:shipping|delivery|gift|case)\b|\bversandkostenfrei\b|\bgratis dazu\b",
)
PROMOTION: Final = (
    r"\b(?:buy|shop|order|subscribe|upgrade) (?:now|today|yours)\b|\bget yours\b",
    (
        r"\bbook (?:now|by|today|a seat|your)\b|\bjetzt (?:im shop )?(?:kaufen|bestellen|buchen|"
        r"sichern|zugreifen|entdecken|shoppen|vorbestellen)\b|\bjetzt \w+ buchen\b"
    ),
    r"\bpre-?order\w*|\bvorbestell\w*",
    (
        r"\b(?:winter|summer|spring|flash|big|our|the|mid-season) sale\b"
        r"|\bsale (?:is on|starts|ends)\b"
        r"|\b(?:schluss|aus|winter|sommer)(?:schluss)?verkauf\b|\bblack friday\b|\bcyber monday\b"
    ),
    (
        r"\bdeals?\b|\bspecial offer\b|\boffer ends\b|\bour offers?\b|\bone offer\b"
        r"|\bangebot(?:e|s)? (?:der|des|bis|nur|im)\b|\bsonderangebot\w*"
    ),
    (
        r"\blimited (?:edition|time|offer)\b|\bsolange der vorrat\b|\blast chance\b|\btoday only\b"
        r"|\bnur (?:heute|noch bis)\b"
    ),
    (
        r"\bback in stock\b|\bavailable now\b|\bnow (?:available )?in stores?\b"
        r"|\bin store and online\b"
        r"|\bwieder (?:da|verf(?:ü|ue)gbar|lieferbar)\b"
    ),
    (
        r"\b(?:from|only|just|for|under|ab|nur|f(?:ü|ue)r) (?:just |only |nur )?(?:[€$£] ?\d|\d+"
        r"(?:[.,]\d\d?)? ?(?:€|eur\b|euro\b))|\bonly \d+[.,]\d\d\b"
    ),
    r"\bterms apply\b|\bbonus\b|\bpr(?:ä|ae)mie\b|\bearn (?:up to )?[\d,.]+ ?(?:k )?points\b",
    r"\btest drive\b|\bprobefahrt\w*|\blease\b|\bleasing\b",
    r"\b(?:our|new|the|neue) \w* ?(?:collection|kollektion)\b|\b\w+kollektion\b",
    r"\b(?:in|visit) (?:our|the) (?:web)?shop\b|\b(?:in unserem|im) (?:online-?)?shop\b",
)
PROMOTION_WEAK: Final = (
    r"\bfree\b|\bgratis\b|\bkostenlos\w*|\bcomplimentary\b",
    r"\bintroducing\b|\b(?:is|are) (?:finally )?here\b|\bist da\b|\bsind da\b",
    r"\bgifts?\b|\bgeschenk\w*|\bweihnachtsgeschenk\w*",
    r"\bapply now\b|\bswitch to\b|\bwechsle jetzt\b|\bcome and try\b|\btreat (?:yourself|\w+ to)\b",
    r"\bmenu\b|\bour new\b|\bunsere neue\w?\b|\bthe new\b|\bder neue\b|\bdie neue\b",
    r"\bprice\w*|\bpreis\w*|\bspar(?:en|st|t)\b|\bsave\b|[€$£] ?\d",
    r"\byours\b|\btickets?\b|\bstores?\b|\bcheckout\b",
)
INFORMATION: Final = (
    (
        r"\bdelay(?:s|ed)?\b|\bversp(?:ä|ae)tung\w*|\bdisrupt\w*|\bcancel(?:led|lations?)\b"
        r"|\bf(?:ä|ae)llt\b.{0,60}\baus\b"
    ),
    r"\boutages?\b|\bpower is out\b|\bst(?:ö|oe)rung\w*|\bincidents?\b|\bstromausfall\w*",
    r"\bmaintenance\b|\bwartung\w*|\bnot be available\b|\bnicht erreichbar\b",
    r"\bworking again\b|\brestored\b|\bresolved\b|\bbehoben\b|\bback to normal\b",
    (
        r"\b(?:is|are|be|remain|bleib\w*|montag|alle) (?:\w+ )?(?:closed|geschlossen)\b"
        r"|\bopening (?:hours|times)\b|\b(?:ö|oe)ffnungszeiten\b|\bopen (?:until|till)\b"
    ),
    r"\brecall\w*|\br(?:ü|ue)ckruf\w*|\bserial number\b|\bseriennummer\b",
    r"\bscams?\b|\bphishing\b|\bfraud\w*|\bgef(?:ä|ae)lscht\w*|\bbeware\b|\bbetr(?:ü|ue)g\w*",
    r"\bour statement\b|\bstellungnahme\b|\bpress release\b|\bpressemitteilung\b",
    (
        r"\b(?:annual|sustainability) report\b|\bgesch(?:ä|ae)ftsbericht\b|\brevenue\b|\bquartal\w*"
        r"|\bresults for\b"
    ),
    (
        r"\bhow to\b|\bhere is how\b|\bhere's how\b|\bfind out how\b|\blearn how\b|\banleitung\w*"
        r"|\bso (?:geht|liest|kannst|k(?:ö|oe)nnt|funktioniert)\b|\bin \w+ steps\b"
    ),
    r"\btips?\b|\btipps?\b|\bguide\b|\bratgeber\b|\bblog\b|\bfaq\b",
    r"\bdid you know (?:that )?(?:you|we|our)\b|\bwusstest du\b|\bwusstet ihr\b",
    r"\breminder\b|\bplease note\b|\bhinweis\b|\berinnerung\b|\bdeadline\b|\bfrist\b",
    r"\brules? changes?\b|\b(?:gelten|gilt)\b|\bnew rules\b|\bneue regeln\b",
    (
        r"\bappointed\b|\bjoins us as\b|\bernannt\b|\bwe are hiring\b|\bwe're hiring\b"
        r"|\bjob fair\b|\bstellenangebot\w*|\bkarriere\w*"
    ),
    r"\bwebinars?\b|\bopen day\b|\boffenen t(?:ü|ue)r\b|\b(?:trade|job) fair\b|\bconference\b",
    (
        r"\bwe (?:have )?opened\b|\bnew (?:service )?cent(?:re|er)\b"
        r"|\bwir haben .{0,30}er(?:ö|oe)ffnet"
    ),
    (
        r"\b(?:reach|contact) us\b|\berreicht uns\b|\berreichbar\b|\blines are\b"
        r"|\bcall cent(?:re|er)\b"
        r"|\bavailable 24/7\b"
    ),
    (
        r"\b(?:next|service|travel|status) updates?\b|\bstatus (?:page|indicator)\b"
        r"|\bflight status\b"
    ),
    (
        r"\bpolizeieinsatz\w*|\bemergency services\b|\broad ?works\b|\bbaustelle\w*|\bstrikes?\b"
        r"|\bstreik\w*"
    ),
)
INFORMATION_WEAK: Final = (
    r"\bdue to\b|\bwegen\b|\baktuell\b|\bachtung\b|\bbecause of\b",
    (
        r"\b(?:mon|tues|wednes|thurs|fri|satur|sun)day\b|\b(?:mon|diens|donners|frei|sams|sonn)tag\b"
        r"|\bmittwoch\b|\bfrom \d+ \w+|\bab dem \d+\.|\bam \d+\. \w+|\bwerktags\b"
    ),
    r"\b\d{1,2}(?::\d\d)? ?(?:am|pm|uhr)\b|\b\d{1,2}:\d\d\b",
    r"\bread (?:it|more|all)\b|\blearn more\b|\bmehr dazu\b|\bwhat it means\b",
    r"\bcheck (?:your|whether)\b|\bbitte pr(?:ü|ue)f\w*|\bpasswor[dt]\b",
    r"\bsafety\b|\bsicherheit\b|\bstorm\w*|\bsturm\w*|\bweather\b|\bunwetter\w*",
    r"\bpatience\b|\bgeduld\b|\bwe(?:'re| are) (?:working|on it)\b|\bwir arbeiten daran\b",
    r"\bour (?:crews|engineers|teams?) are\b|\bveröffentlicht\b|\bpublished\b|\bannounc\w+",
)
ENTERTAINMENT: Final = (
    r"\bquiz\b|\briddles?\b|\br(?:ä|ae)tsel\w*|\bguess\b|\bratet\b|\bspot the\b|\bwer findet\b",
    r"\bcaption this\b|\bfill in the blanks?\b|_{3,}",
    r"\bvote\b|\bpoll\b|\bstimmt ab\b|\babstimm\w*|\bteam \w+ (?:or|oder) team \w+",
    r"\btag (?:a|your|someone|somebody)\b|\bmarkier\w*",
    (
        r"\bwin (?:a|an|one|two|tickets|our)\b|\bgewinn(?:t|spiel|en)\b|\bgiveaway\b"
        r"|\b(?:our|photo|the) (?:competition|contest)\b|\bverlos\w+|\bcompetition is open\b"
    ),
    r"\bmemes?\b|\bjokes?\b|\bwitz\b|\bwhy did the\b|\bwas macht ein\w?\b|\btreffen sich\b",
    (
        r"\bfun fact\b|\bthrowback\w*|#tbt\b|#throwbackthursday\b|\bbehind the scenes\b"
        r"|\bhinter den kulissen\b"
    ),
    (
        r"#?\bhappy ?(?:mon|tues|wednes|thurs|fri|satur|sun|birth|mother's |father's )day\b"
        r"|#?\bhappy valentine'?s day\b"
        r"|#?\bhappy ?(?:weekend|new year|holidays|halloween|easter|christmas|pride)\b"
        r"|\bmerry christmas\b|\bfroh(?:e|es) \w+|\bsch(?:ö|oe)nes wochenende\b|\bguten rutsch\b"
        r"|#\w*halloween\b|#trickor\w+"
    ),
    (
        r"\btell us\b|\bverratet\b|\bshare your\b|\btweet your\b|\bsend us your\b"
        r"|\bwhat'?s (?:your|the"
        r" best)\b|\bwas (?:ist|sind) (?:euer|eure|dein)\w*|\byour plans\b|\bwas habt ihr vor\b"
    ),
)
ENTERTAINMENT_WEAK: Final = (
    r"[😂🤣😅😆😜😉😍🤩🥳🎉🎊🎆🎃👻🐶🐱🐾❤😱🤪🙈]|\blol\b|\bhaha\w*|\bxd\b",
    r"\bfavou?rite\b|\blieblings\w*|\bfunny\b|\blustig\w*|\bspooky\b",
    (
        r"\b(?:comment|answer|know)s? (?:below|in the comments)\b|\bcomments\b|\bkommentiert\b"
        r"|\bin die kommentare\b|\blike and\b|\blet us know\b"
    ),
    r"\b\w+ (?:or|oder) (?:a )?\w+\?",
    r"\b(?:your?|euch|eure[rn]?|ihr|dein|du)\b[^.!?]{0,60}\?",
    r"\bpictures?\b|\bphotos?\b|\bfotos?\b|\bsongs?\b|\bmovies?\b|\bdanc\w+|\bparty\b|\bpride\b",
)
# Where a link leads, of the address itself.
SHOP_LINK: Final = (
    r"(?:https?://|www\.)?(?:shop|store)\.[\w-]+\.\w"
    r"|(?<![\w-])[\w-]+\.\w{2,8}/(?:shop|store|sale|deals?|offers?|products?|angebote?|gutschein\w*|cart|buy)\b"
)
HELP_LINK: Final = (
    r"(?<![\w-])[\w-]+\.\w{2,8}/(?:help|support|hilfe|faq|status|blog|news|presse?|statement)\b"
)
