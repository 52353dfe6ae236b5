// How the chat looks. A site sets the custom properties on <hearwell-chat>; the rest follows.
//   --hearwell-accent, -accent-ink, -surface, -ink, -muted, -line, -radius, -font, -size, -z, -gap
const CSS = `
:host { all: initial; }
.place {
  --a: var(--hearwell-accent, #0b5c56); --ai: var(--hearwell-accent-ink, #fff);
  --s: var(--hearwell-surface, #fff); --i: var(--hearwell-ink, #1c2321); --m: var(--hearwell-muted, #56605d);
  --l: var(--hearwell-line, #d5dbd8); --t: color-mix(in srgb, var(--i) 7%, var(--s)); --w: #8a4b00; --e: #a5241c;
  --r: var(--hearwell-radius, 14px); --g: var(--hearwell-gap, 20px);
  font: 400 var(--hearwell-size, 16px)/1.45 var(--hearwell-font, system-ui, sans-serif); color: var(--i);
  position: fixed; inset-block-end: var(--g); inset-inline-end: var(--g); z-index: var(--hearwell-z, 2147483000);
}
.place[data-theme="dark"] {
  --a: var(--hearwell-accent, #5cc4b8); --ai: var(--hearwell-accent-ink, #06211e); --s: var(--hearwell-surface, #171d1c);
  --i: var(--hearwell-ink, #e8edeb); --m: var(--hearwell-muted, #a3afab); --l: var(--hearwell-line, #38423f); --w: #f0b35a; --e: #ff9b91;
}
@media (prefers-color-scheme: dark) {
  .place:not([data-theme="light"]) {
    --a: var(--hearwell-accent, #5cc4b8); --ai: var(--hearwell-accent-ink, #06211e); --s: var(--hearwell-surface, #171d1c);
    --i: var(--hearwell-ink, #e8edeb); --m: var(--hearwell-muted, #a3afab); --l: var(--hearwell-line, #38423f); --w: #f0b35a; --e: #ff9b91;
  }
}
*, *::before { box-sizing: border-box; }
[hidden] { display: none !important; }
.unseen { position: absolute; inline-size: 1px; block-size: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
button, textarea, input { font: inherit; color: inherit; }
button { cursor: pointer; }
button:disabled { opacity: .45; cursor: default; }
:focus-visible { outline: 3px solid var(--a); outline-offset: 2px; }
svg { inline-size: 22px; block-size: 22px; fill: none; stroke: currentColor; stroke-width: 2; stroke-linecap: round; stroke-linejoin: round; flex: none; display: block; }
.launcher {
  position: relative; display: grid; place-items: center; inline-size: 56px; block-size: 56px; margin-inline-start: auto;
  border: 1px solid var(--s); border-radius: 50%; background: var(--a); color: var(--ai); box-shadow: 0 4px 16px rgb(0 0 0 / .25);
}
.badge {
  position: absolute; inset-block-start: -4px; inset-inline-end: -4px; min-inline-size: 22px; padding: 0 6px; border-radius: 11px;
  background: var(--e); color: var(--s); font-size: .8em; line-height: 22px; text-align: center; font-weight: 700;
}
.panel {
  display: flex; flex-direction: column; inline-size: min(380px, calc(100vw - 2 * var(--g))); block-size: min(600px, calc(100dvh - 56px - 3 * var(--g)));
  margin-block-end: var(--g); overflow: hidden; border: 1px solid var(--l); border-radius: var(--r); background: var(--s); box-shadow: 0 10px 40px rgb(0 0 0 / .25);
}
header { display: flex; gap: 8px; align-items: center; padding: 12px 16px; border-block-end: 1px solid var(--l); }
.grow { flex: 1; min-inline-size: 0; }
h2 { margin: 0; font-size: 1.05em; line-height: 1.3; overflow-wrap: anywhere; }
p { margin: 0; }
.status { color: var(--m); font-size: .85em; }
.status.warn { color: var(--w); }
.log { flex: 1; margin: 0; padding: 16px; overflow-y: auto; display: flex; flex-direction: column; gap: 10px; overscroll-behavior: contain; }
.log:focus-visible { outline-offset: -3px; }
.entry { max-inline-size: 85%; }
.entry:first-child { margin-block-start: auto; }
.theirs { align-self: flex-start; }
.mine { align-self: flex-end; }
.text:is(p) { padding: 8px 12px; border-radius: var(--r); background: var(--t); white-space: pre-wrap; overflow-wrap: anywhere; }
.mine > .text { background: var(--a); color: var(--ai); }
.mine[data-state="queued"] > .text { opacity: .75; }
a { color: inherit; }
.foot { display: flex; flex-wrap: wrap; gap: 2px 8px; margin-block-start: 2px; font-size: .8em; color: var(--m); }
.mine > .foot { justify-content: flex-end; }
[data-state="failed"] .state { color: var(--e); }
.file { display: flex; gap: 8px; align-items: center; max-inline-size: 100%; margin-block-start: 4px; padding: 8px 12px; border: 1px solid var(--l); border-radius: var(--r); background: none; text-align: start; overflow-wrap: anywhere; }
.size { color: var(--m); font-size: .85em; white-space: nowrap; }
.row { display: flex; gap: 8px; align-items: center; }
.composer { padding: 10px 12px 12px; border-block-start: 1px solid var(--l); }
.composer .row { justify-content: space-between; }
textarea { display: block; inline-size: 100%; padding: 8px 10px; border: 1px solid var(--m); border-radius: 10px; background: var(--s); resize: none; margin-block-end: 8px; field-sizing: content; max-block-size: 8em; }
[dir="rtl"] textarea:placeholder-shown { direction: rtl; }
textarea::placeholder, input::placeholder { color: var(--m); opacity: 1; }
.plain { display: grid; place-items: center; inline-size: 40px; block-size: 40px; padding: 0; border: 0; border-radius: 10px; background: none; }
.plain:hover:enabled { background: var(--t); }
.send { display: grid; place-items: center; inline-size: 48px; block-size: 40px; padding: 0; border: 0; border-radius: 10px; background: var(--a); color: var(--ai); }
.choices { display: flex; flex-wrap: wrap; gap: 8px; margin-block-start: 6px; }
.choices .text { min-block-size: 44px; padding-inline: 14px; border-color: var(--a); white-space: normal; text-align: start; }
.choices .text:hover { background: var(--t); }
[dir="rtl"] .send svg { transform: scaleX(-1); }
.text:is(button) { padding: 6px 10px; border: 1px solid var(--m); border-radius: 8px; background: none; white-space: nowrap; }
.foot .text:is(button) { padding: 0 4px; border: 0; text-decoration: underline; }
.quiet { border-color: transparent !important; }
.ask { padding: 10px 12px; background: var(--t); font-size: .9em; }
.ask label { display: block; margin-block-end: 6px; }
.ask .row { flex-wrap: wrap; }
.ask input { flex: 1 1 140px; min-inline-size: 0; padding: 6px 10px; border: 1px solid var(--m); border-radius: 8px; background: var(--s); }
.trouble { padding: 6px 16px; color: var(--e); font-size: .9em; overflow-wrap: anywhere; }
.chips { display: flex; flex-wrap: wrap; gap: 6px; margin: 0 0 8px; padding: 0; list-style: none; font-size: .9em; }
.chips li { display: flex; align-items: center; max-inline-size: 100%; padding-inline-start: 10px; border: 1px solid var(--l); border-radius: 10px; overflow-wrap: anywhere; }
.chips .plain { inline-size: 32px; block-size: 32px; }
.chips svg { inline-size: 16px; block-size: 16px; }
@media (max-width: 480px) {
  .panel:not([hidden]) { position: fixed; inset: 0; inline-size: auto; block-size: auto; margin: 0; border: 0; border-radius: 0; }
  .panel:not([hidden]) + .launcher { display: none; }
}
@media (forced-colors: active) { .text:is(p), .launcher, .send { border: 1px solid CanvasText; } }
`;

let made = null;

/** The one sheet that all chats of a page share: no inline style, so any content policy allows it. */
export function sheet() {
  if (!made) { made = new CSSStyleSheet(); made.replaceSync(CSS); }
  return made;
}

const SHAPES = {
  chat: ["M21 15a2 2 0 0 1-2 2H8l-5 4V6a2 2 0 0 1 2-2h14a2 2 0 0 1 2 2z"],
  close: ["M18 6 6 18", "m6 6 12 12"],
  send: ["M4 12h15", "m13 6 6 6-6 6"],
  clip: ["m21 11-9 9a5.5 5.5 0 0 1-8-8l9-9a3.7 3.7 0 0 1 5.2 5.2l-9 9a1.8 1.8 0 0 1-2.6-2.6l8.2-8.2"],
};

/** A small drawing; what it means is said by the button around it. */
export function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  for (const d of SHAPES[name]) {
    const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
    path.setAttribute("d", d);
    svg.append(path);
  }
  return svg;
}
