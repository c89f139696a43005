#include "engine/cli/html.h"

void html_text(struct buf *out, struct str text)
{
    for (; text.len; text = str_slice(text, 1, text.len)) {
        switch (text.ptr[0]) {
        case '<':
            buf_add(out, STR("&lt;"));
            break;
        case '>':
            buf_add(out, STR("&gt;"));
            break;
        case '&':
            buf_add(out, STR("&amp;"));
            break;
        case '"':
            buf_add(out, STR("&quot;"));
            break;
        default:
            buf_add_char(out, text.ptr[0]);
        }
    }
}

static const char style[] =
    ":root{color-scheme:light dark;--ink:#1c2430;--soft:#5c6b7c;--page:#fff;--card:#f4f6f9;"
    "--line:#d9dfe7;--free:#e3e8ee;--held:#9aa7b5;--cost:#2266cc;--bound:#2f9e6e;--today:#c2622d;"
    "--sat:55%;--light:58%}"
    "@media(prefers-color-scheme:dark){:root{--ink:#e4e9f0;--soft:#98a6b5;--page:#12161c;"
    "--card:#1b212a;--line:#2d3642;--free:#2a323d;--held:#5d6a79;--cost:#6aa3f5;--bound:#52c596;"
    "--today:#e6935f;--sat:42%;--light:52%}}"
    "*{box-sizing:border-box}"
    "body{font:15px/1.5 system-ui,sans-serif;color:var(--ink);background:var(--page);"
    "max-width:66rem;margin:0 auto;padding:1.5rem}"
    "h1{font-size:1.5rem;margin:0 0 .2rem}h2{font-size:1.15rem;margin:2.2rem 0 .6rem}"
    "h3{font-size:1rem;margin:1.4rem 0 .3rem}p{margin:.3rem 0}"
    ".soft{color:var(--soft)}.num{white-space:nowrap}td.num,th.num,.price "
    ".num{text-align:right;font-variant-numeric:tabular-nums}"
    ".card{background:var(--card);border:1px solid var(--line);border-radius:8px;padding:1rem "
    "1.2rem;"
    "margin:1rem 0}"
    ".scroll{overflow-x:auto}table{border-collapse:collapse;width:100%}"
    "th,td{text-align:left;padding:.3rem .8rem .3rem 0;border-bottom:1px solid var(--line);"
    "vertical-align:top}th{font-weight:600;color:var(--soft);font-size:.85rem}"
    ".bar{display:flex;height:.95rem;background:var(--free);border-radius:3px;overflow:hidden;"
    "flex:1;min-width:6rem}"
    ".bar i{display:block;height:100%;border-right:1px solid var(--page)}"
    ".bar .held{background:repeating-linear-gradient(45deg,var(--held) 0 3px,transparent 3px 6px)}"
    ".price{display:grid;grid-template-columns:4rem 1fr auto;gap:.35rem .8rem;align-items:center}"
    ".price .bar{height:1.3rem}.cost{background:var(--cost)}.bound{background:var(--bound)}"
    ".today{background:var(--today)}"
    ".node{display:grid;grid-template-columns:13rem 1fr;gap:.1rem 1rem;padding:.45rem 0;"
    "border-top:1px solid var(--line)}"
    ".fill{display:flex;gap:.6rem;align-items:center;font-size:.8rem}"
    ".fill b{width:3.4rem;font-weight:400;color:var(--soft)}"
    ".fill span{width:3.2rem;text-align:right;font-variant-numeric:tabular-nums}"
    ".pods{grid-column:2;font-size:.8rem;color:var(--soft);overflow-wrap:anywhere}"
    ".pods i{display:inline-block;width:.65rem;height:.65rem;border-radius:2px;margin:0 .3rem 0 0}"
    ".pods span{display:inline-block;margin-right:.9rem}"
    "code{font:.9em ui-monospace,monospace;overflow-wrap:anywhere}"
    "details summary{cursor:pointer;color:var(--soft)}"
    "@media(max-width:40rem){.price "
    ".num{white-space:normal}.node{grid-template-columns:1fr}.pods{grid-column:1}}"
    "@media print{body{max-width:none}}";

/* Hues that follow one another differ most when they are a golden angle apart. */
static void add_colours(struct buf *out)
{
    for (int i = 0; i < HTML_COLOURS; i++)
        buf_printf(out, ".c%d{background:hsl(%d var(--sat) var(--light))}", i,
                   (210 + i * 137) % 360);
}

void html_begin(struct buf *out, struct str title)
{
    buf_add(out, STR("<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n"
                     "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n"
                     "<title>"));
    html_text(out, title);
    buf_add(out, STR("</title>\n<style>"));
    buf_add(out, str_of(style));
    add_colours(out);
    buf_add(out, STR("</style></head>\n<body>\n"));
}

void html_end(struct buf *out)
{
    buf_add(out, STR("</body></html>\n"));
}
