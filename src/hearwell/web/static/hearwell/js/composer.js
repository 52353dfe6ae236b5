// The composer: network's own counting, signature, drafts, keys. The server counts again; it is the law.
import { all, announce, one, openCase, say } from "./page.js";
import { audience, isFresh, saveSoon } from "./drafts.js";
import { segmentsOf } from "./segments.js";

const clusters = "Segmenter" in Intl ? new Intl.Segmenter(undefined, { granularity: "grapheme" }) : null;
const bytes = (text) => new TextEncoder().encode(text).length;
const counters = {
  code_points: (text) => [...text].length,
  utf16: (text) => text.length,
  sms: (text) => text.length,
  bytes,
  graphemes: (text) => (clusters ? [...clusters.segment(text)].length : [...text].length),
  abridged: (text, law) => counters.graphemes(text.replace(ADDRESS, "x".repeat(law.per_link)).replace(ELSEWHERE, "@$1")),
  weighted,
};
// The mirror of connect.textrule.Abridged.
const ADDRESS = /(?<![\p{L}\p{N}_@$#])(?:https?|dat|dweb|ipfs|ipns|ssb|gopher|gemini):\/\/(?:[\p{L}\p{N}](?:[\p{L}\p{N}_-]*[\p{L}\p{N}])?\.)+\p{L}[\p{L}\p{N}-]*[\p{L}\p{N}](?::\d+)?(?![@:\p{L}\p{N}])(?:\/(?:(?:[\p{L}\p{N}!*';:=+,.$%#[\]_~&|@/-]|\([\p{L}\p{N}!*';:=+,.$%#[\]_~&|@/-]*\))*(?:[\p{L}\p{N}=_#/+-]|\([\p{L}\p{N}!*';:=+,.$%#[\]_~&|@/-]*\)))?)?(?:\?[a-z0-9!?*'();:&=+$/%#[\]_.,~|@-]*[a-z0-9_&=#/-])?/giu;
const ELSEWHERE = /(?<![=/\p{L}\p{N}_])@([a-z0-9_]+(?:[.-]+[a-z0-9_]+)*)@[\p{L}\p{N}_.-]+[\p{L}\p{N}_]/giu;

// The mirror of connect.weighted, with fewer top-level domains: too much rather than too little.
const LINK = /(?<![a-z0-9@＠$#＃])(?:https?:\/\/[^\s/?#]+\.[^\s/?#]+[^\s]*|(?:[a-z0-9-]+\.)+(?:com|net|org|info|biz|app|dev|[a-z]{2})(?![0-9a-z@+-])(?:\/[^\s]*)?)/giu;
const EMOJI = /\p{Extended_Pictographic}|\p{Regional_Indicator}|[0-9#*]\uFE0F?\u20E3/u;
const isLight = (at) => at <= 0x10ff || (at >= 0x2000 && at <= 0x200d) || (at >= 0x2010 && at <= 0x201f) || (at >= 0x2032 && at <= 0x2037);
function weighted(text) {
  const said = text.normalize("NFC").replace(/\r\n?/g, "\n").replace(LINK, "x".repeat(23));
  const parts = clusters ? [...clusters.segment(said)].map((one) => one.segment) : [...said];
  const weigh = (part) => [...part].reduce((sum, char) => sum + (isLight(char.codePointAt(0)) ? 1 : 2), 0);
  return parts.reduce((sum, part) => sum + (EMOJI.test(part) ? 2 : weigh(part)), 0);
}

/** The mirror of connect.signature.signed: appended once, never doubled. */
export function signed(text, initials) {
  const mark = (initials ?? "").trim().replace(/^\^+/, "");
  if (!mark) return text;
  const trimmed = text.trimEnd();
  if (trimmed.toLowerCase().endsWith(`^${mark}`.toLowerCase())) return text;
  return trimmed ? `${trimmed} ^${mark}` : `^${mark}`;
}

const form = () => one("#composer");
const rule = () => JSON.parse(form().dataset.rules)[audience()];

export function count() {
  const composer = form(), place = one("#count");
  if (!composer || !place) return;
  one("#ed").placeholder = one("input[name=audience]:checked", composer)?.dataset.hint ?? "";
  const law = rule();
  place.hidden = !law;
  if (!law) return;
  const limit = law.caption && one(".going-file", composer) ? law.caption : law.limit;
  const text = one("#ed").value;
  const whole = signed(text, law.signs ? composer.dataset.single : "");
  const n = (counters[law.name] ?? counters.code_points)(whole, law);
  const isOver = n > limit || (law.max_bytes && bytes(whole) > law.max_bytes);
  place.classList.toggle("over", Boolean(isOver));
  place.textContent = n > limit ? `⚠ ${say("over", { n: n - limit, limit })}` : say("count", { n, limit });
  if (law.name === "sms" && n <= limit) place.textContent += ` · ${say("segments", segmentsOf(whole))}`;
}

/** Choose who will read it; focus the text. */
export function choose(value) {
  const composer = form();
  if (!composer) return;
  const wanted = value === "wrote" ? composer.dataset.wrote : value;
  const radio = one(`input[name=audience][value=${wanted}]:not(:disabled)`, composer);
  if (!radio) return;
  radio.checked = true;
  document.dispatchEvent(new CustomEvent("hw:readers"));
  count();
  saveSoon();
  lookSoon();
  one("#ed").focus();
  announce(one(`.aud.${wanted} span`, composer)?.textContent ?? "");
}

export function toggleHolding() {
  const box = one("#holding");
  if (box && audience() !== "team") { box.checked = !box.checked; announce(`${box.closest("label").textContent.trim()} ${box.checked ? "✓" : "–"}`); }
}

export function send(alsoSolve = false) {
  const composer = form();
  if (!composer) return;
  const button = alsoSolve && audience() !== "team" ? one("#send-solve", composer) : one(`[data-send=${audience()}]`, composer);
  if (button && !button.disabled) composer.requestSubmit(button);
}

export const isWriting = () => Boolean(form() && one("#ed").value.trim() && one("#ed") === document.activeElement);
export const hasText = () => Boolean(form() && one("#ed").value.trim());

/** Let the server look at what is written when the hands rest; at nothing only to take back what it said. */
function lookSoon() {
  const place = one("#heed");
  if (place && (hasText() || place.childElementCount)) place.dispatchEvent(new CustomEvent("hw:written"));
}

/** What the person has now read: newer messages no longer stop the sending. */
export function markRead(version) {
  const field = one("#composer input[name=version]"), seen = one("#composer input[name=seen]");
  if (field && version) field.value = version;
  const last = all("#thread .msg").map((m) => m.dataset.message).filter((id) => !id.startsWith("d-")).at(-1);
  if (seen && last) seen.value = last;
}

document.addEventListener("input", (event) => { if (event.target.id === "ed") { count(); saveSoon(); lookSoon(); } });
document.addEventListener("change", (event) => { if (event.target.name === "audience" && event.target.closest("#composer")) { count(); saveSoon(); one("#ed").focus(); } });
document.addEventListener("change", (event) => { if (event.target.id !== "ed" && event.target.closest("#composer")) lookSoon(); });
document.addEventListener("click", (event) => {
  const read = event.target.closest("[data-read]");
  if (!read) return;
  event.preventDefault();
  markRead(one("#convo").dataset.version);
  one(read.getAttribute("href"))?.scrollIntoView({ block: "center" });
  one("#composer-stop").replaceChildren();
  one("#ed").focus();
});
document.addEventListener("htmx:after:swap", ({ detail: { ctx } }) => {
  count();
  if (ctx.target?.id === "work") one("#stop")?.focus();
});
if (openCase()) { count(); isFresh(); }
