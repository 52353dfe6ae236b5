// The chat on a customer's page: <hearwell-chat>, drawn in a shadow root, from one script tag:
//   <script type="module" src="https://care.example.com/chat/KEY/widget.js"></script>
// Attributes: identity (a token signed by the site), lang, dir, theme (light, dark), words (JSON),
// open. Looks: CSS custom properties (looks.js). How to: docs/how-to/connect-web-chat.md.
import { Line } from "./line.js";
import { icon, sheet } from "./looks.js";
import { wordsFor } from "./words.js";

const BASE = new URL("./", import.meta.url).href;
const TYPING_EVERY_MS = 4000, TYPING_ENDS_MS = 5000, LONGEST = 4000, NEAR_END_PX = 80;
const LINK = /\bhttps?:\/\/[^\s<>"']+[^\s<>"'.,;:!?)\]}]/g;

/** Make an element: attributes, then children; texts are only ever texts. */
function make(name, attributes = {}, ...children) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
    else if (value === true) node.setAttribute(key, "");
    else if (value !== false && value !== null && value !== undefined) node.setAttribute(key, value);
  }
  node.append(...children);
  return node;
}

/** A text with its web addresses as links. */
function linked(text) {
  const parts = [];
  let at = 0;
  for (const found of text.matchAll(LINK)) {
    parts.push(text.slice(at, found.index), make("a", { href: found[0], target: "_blank", rel: "noopener noreferrer nofollow ugc" }, found[0]));
    at = found.index + found[0].length;
  }
  return [...parts, text.slice(at)];
}

class HearwellChat extends HTMLElement {
  static observedAttributes = ["identity"];

  connectedCallback() {
    if (this.shadowRoot) return;
    const root = this.attachShadow({ mode: "open" });
    root.adoptedStyleSheets = [sheet()];
    this.language = this.getAttribute("lang") || this.closest("[lang]")?.getAttribute("lang") || navigator.language || "en";
    this.words = { ...wordsFor(this.language), ...this.#ownWords() };
    this.line = new Line(BASE, { identity: this.getAttribute("identity") });
    this.#draw(root);
    this.line.addEventListener("change", () => this.#paint());
    this.line.addEventListener("state", () => this.#paintState());
    document.addEventListener("visibilitychange", () => this.#read());
    this.line.resume();
    if (this.hasAttribute("open") || this.line.wasOpen) this.open({ isQuiet: true });
    this.#paint();
  }

  disconnectedCallback() { this.line?.stop(); }

  attributeChangedCallback(_name, before, after) {
    if (this.line && before !== after) this.line.become(after);
  }

  get isOpen() { return !this.panel.hidden; }

  /** Open the chat; quietly leaves the focus where it is. */
  open({ isQuiet = false } = {}) {
    this.panel.hidden = false;
    this.launcher.setAttribute("aria-expanded", "true");
    this.line.wasOpen = true;
    this.line.begin();
    this.#paint();
    this.#toEnd();
    if (!isQuiet) this.field.focus();
  }

  close() {
    this.panel.hidden = true;
    this.launcher.setAttribute("aria-expanded", "false");
    this.line.wasOpen = false;
    this.launcher.focus();
    this.#paint();
  }

  #ownWords() {
    try { return JSON.parse(this.getAttribute("words") || "{}"); } catch { return {}; }
  }

  #direction() {
    const said = this.getAttribute("dir") || this.closest("[dir]")?.getAttribute("dir");
    return said === "rtl" || said === "ltr" ? said : this.words.isRtl && !document.documentElement.dir ? "rtl" : "ltr";
  }

  #draw(root) {
    const w = this.words;
    this.badge = make("span", { class: "badge", "aria-hidden": "true", hidden: true });
    this.launcher = make("button", {
      class: "launcher", type: "button", part: "launcher", "aria-expanded": "false", "aria-controls": "panel",
      onclick: () => (this.isOpen ? this.close() : this.open()),
    }, icon("chat"), this.badge);
    this.heading = make("h2", { id: "heading" });
    this.status = make("p", { class: "status", role: "status" });
    this.log = make("div", { class: "log", role: "log", "aria-label": w.conversation, tabindex: "0" });
    this.field = make("textarea", {
      id: "field", rows: "2", maxlength: LONGEST, placeholder: w.placeholder, dir: "auto", "aria-describedby": "trouble",
      oninput: () => this.#typing(), onkeydown: (event) => this.#key(event),
    });
    this.trouble = make("p", { class: "trouble", id: "trouble", role: "alert", hidden: true });
    this.chips = make("ul", { class: "chips", "aria-label": w.files, hidden: true });
    this.picker = make("input", {
      type: "file", id: "picker", multiple: true, hidden: true,
      accept: "image/png,image/jpeg,image/gif,image/webp,application/pdf,text/plain", onchange: () => this.#pick(),
    });
    this.attach = make("button", { type: "button", class: "plain", "aria-label": w.attach, title: w.attach, onclick: () => this.picker.click() }, icon("clip"));
    const send = make("button", { type: "submit", class: "send", "aria-label": w.send, title: w.send }, icon("send"));
    const form = make("form", { class: "composer", onsubmit: (event) => this.#submit(event) },
      make("label", { for: "field", class: "unseen" }, w.message), this.chips, this.field,
      make("div", { class: "row" }, this.attach, this.picker, send));
    this.panel = make("section", {
      id: "panel", class: "panel", part: "panel", role: "dialog", "aria-labelledby": "heading", hidden: true,
      onkeydown: (event) => { if (event.key === "Escape") { event.stopPropagation(); this.close(); } },
    },
    make("header", {}, make("div", { class: "grow" }, this.heading, this.status),
      make("button", { type: "button", class: "plain", "aria-label": w.close, title: w.close, onclick: () => this.close() }, icon("close"))),
    this.log, this.#address(), this.trouble, form);
    const place = make("div", { class: "place", dir: this.#direction(), lang: this.words.language, "data-theme": this.getAttribute("theme") }, this.panel, this.launcher);
    root.append(place);
  }

  /** Asked once something was written: where to answer when they have left. */
  #address() {
    const w = this.words;
    this.mail = make("input", { type: "email", id: "mail", autocomplete: "email", placeholder: w.emailExample, required: true, maxlength: 200, dir: "ltr" });
    this.ask = make("form", { class: "ask", hidden: true, onsubmit: (event) => this.#leaveAddress(event) },
      make("label", { for: "mail" }, w.askEmail),
      make("div", { class: "row" }, this.mail, make("button", { type: "submit", class: "text" }, w.save),
        make("button", { type: "button", class: "text quiet", onclick: () => { this.line.isAsked = true; this.#paint(); this.field.focus(); } }, w.later)));
    return this.ask;
  }

  async #leaveAddress(event) {
    event.preventDefault();
    try {
      await this.line.introduce({ email: this.mail.value.trim() });
      this.#paint();
      this.field.focus();
    } catch (error) { this.#tell(this.words[error.code] ?? this.words.noLine); }
  }

  #key(event) {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    this.#submit(event);
  }

  #submit(event) {
    event.preventDefault();
    const text = this.field.value.trim(), files = this.line.chosen;
    if (!text && !files.length) { this.field.focus(); return; }
    this.line.say(text);
    this.field.value = "";
    this.#tell("");
    this.#endTyping();
    this.#toEnd();
    this.field.focus();
  }

  async #pick() {
    const files = [...this.picker.files];
    this.picker.value = "";
    for (const file of files) {
      try { this.#tell(""); await this.line.upload(file); }
      catch (error) { this.#tell(`${file.name}: ${this.words[error.code] ?? this.words.noLine}`); }
    }
    this.field.focus();
  }

  #typing() {
    const now = Date.now();
    if (now - (this.typedAt ?? 0) > TYPING_EVERY_MS) { this.typedAt = now; this.line.typing(true); }
    clearTimeout(this.typingEnds);
    this.typingEnds = setTimeout(() => this.#endTyping(), TYPING_ENDS_MS);
  }

  #endTyping() {
    clearTimeout(this.typingEnds);
    if (this.typedAt) { this.typedAt = 0; this.line.typing(false); }
  }

  #tell(words) {
    this.trouble.textContent = words;
    this.trouble.hidden = !words;
  }

  // --- what is drawn ----------------------------------------------------------------------------

  #paint() {
    const { line, words: w } = this;
    this.heading.textContent = this.getAttribute("heading") || line.title || w.heading;
    const isNear = this.log.scrollHeight - this.log.scrollTop - this.log.clientHeight < NEAR_END_PX;
    const known = new Map([...this.log.children].map((node) => [node.dataset.key, node]));
    const shown = line.shown();
    for (const one of shown) {
      const node = known.get(one.key) ?? this.log.appendChild(this.#entry(one));
      known.delete(one.key);
      if (node.dataset.state !== one.state) this.#mark(node, one);
    }
    for (const node of known.values()) node.remove();
    const order = [...this.log.children];
    shown.forEach((one, at) => { if (order[at]?.dataset.key !== one.key) this.#sort(shown); });
    this.#offer(shown.at(-1));
    if (isNear) this.#toEnd();
    this.#paintChips();
    // Who has begun to fill it in goes on, whatever comes meanwhile.
    this.ask.hidden = !line.mayAsk && !(line.canAsk && this.mail.value);
    this.#read();
    const unread = this.isOpen ? 0 : line.unread;
    this.badge.hidden = !unread;
    this.badge.textContent = unread > 9 ? "9+" : unread;
    const label = this.isOpen ? w.close : w.open;
    this.launcher.setAttribute("aria-label", unread ? `${label} (${w.unread.replace("%n", unread)})` : label);
    this.#paintState();
  }

  /** Answers to press: for as long as nothing was said after what they answer. */
  #offer(last) {
    const wanted = last?.choices?.length ? last.key : "", had = this.log.querySelector(".choices");
    if (had?.parentNode.dataset.key === wanted) return;
    const wasThere = had?.contains(this.shadowRoot.activeElement);
    had?.parentNode.querySelector("#asked")?.removeAttribute("id");
    had?.remove();
    if (wasThere) this.field.focus();
    const entry = wanted && [...this.log.children].find((node) => node.dataset.key === wanted);
    if (!entry) return;
    const asked = entry.querySelector(".text");
    if (asked) asked.id = "asked";
    entry.append(make("div", { class: "choices" }, ...last.choices.map((words) => make("button", {
      type: "button", class: "text", dir: "auto", "aria-describedby": "asked", onclick: () => this.#choose(words),
    }, words))));
  }

  #choose(words) {
    this.line.say(words, { isAlone: true });
    this.#toEnd();
    this.field.focus();
  }

  #sort(shown) {
    const nodes = new Map([...this.log.children].map((node) => [node.dataset.key, node]));
    const had = this.shadowRoot.activeElement;
    this.log.append(...shown.map((one) => nodes.get(one.key)).filter(Boolean));
    had?.focus?.();
  }

  #entry(one) {
    const w = this.words, isOurs = one.side === "in";
    const at = new Date(one.at);
    const body = make("p", { class: "text", dir: "auto" }, ...linked(one.text));
    const files = one.files.map((file) => make("button", {
      type: "button", class: "file", onclick: () => this.#fetch(file),
    }, icon("clip"), make("bdi", {}, file.name), make("span", { class: "size" }, this.#size(file.size))));
    const time = make("time", { datetime: at.toISOString() }, new Intl.DateTimeFormat(this.words.language, { hour: "2-digit", minute: "2-digit" }).format(at));
    return make("div", { class: isOurs ? "entry mine" : "entry theirs", "data-key": one.key },
      make("span", { class: "unseen" }, isOurs ? w.you : w.team),
      ...(one.text ? [body] : []), ...files,
      make("p", { class: "foot" }, time, make("span", { class: "state" })));
  }

  #mark(node, one) {
    node.dataset.state = one.state;
    const place = node.querySelector(".state"), w = this.words;
    const words = { queued: w.queued, failed: `${w.failed} ${w[one.error] ?? ""}`.trim(), sent: "", "": "" }[one.state] ?? "";
    place.replaceChildren(words);
    if (one.state !== "failed") return;
    place.append(" ", make("button", { type: "button", class: "text", onclick: () => this.line.again(one.key) }, w.again),
      " ", make("button", { type: "button", class: "text", onclick: () => this.line.drop(one.key) }, w.drop));
  }

  #size(bytes) {
    const unit = bytes >= 1e6 ? ["megabyte", bytes / 1e6] : ["kilobyte", Math.max(1, bytes / 1e3)];
    return new Intl.NumberFormat(this.words.language, { style: "unit", unit: unit[0], maximumFractionDigits: 1 }).format(unit[1]);
  }

  async #fetch(file) {
    try {
      const url = URL.createObjectURL(await this.line.download(file.id));
      make("a", { href: url, download: file.name }).click();
      setTimeout(() => URL.revokeObjectURL(url), 60000);
    } catch (error) { this.#tell(this.words[error.code] ?? this.words.noLine); }
  }

  #paintChips() {
    const { chosen } = this.line;
    this.chips.hidden = !chosen.length;
    this.chips.replaceChildren(...chosen.map((file) => make("li", {}, make("bdi", {}, file.name),
      make("button", { type: "button", class: "plain", "aria-label": `${this.words.remove}: ${file.name}`, onclick: () => { this.line.unchoose(file.id); this.field.focus(); } }, icon("close")))));
  }

  /** How long an answer takes, as it was measured: for as long as that is new. */
  #wait() {
    const { wait, waitAt } = this.line, s = wait?.p90_s;
    if (!wait || Date.now() - waitAt > 300000 || (!s && !wait.opens_at)) return "";
    if (wait.opens_at) return " " + this.words.opens.replace("%t", new Date(wait.opens_at).toLocaleString(this.words.language, { weekday: "long", hour: "numeric", minute: "2-digit" }));
    const [n, unit] = s < 3600 ? [Math.ceil(s / 60), "minute"] : s < 86400 ? [Math.ceil(s / 1800) / 2, "hour"] : [Math.ceil(s / 86400), "day"];
    return " " + this.words.within.replace("%t", new Intl.NumberFormat(this.words.language, { style: "unit", unit, unitDisplay: "long" }).format(n));
  }

  #paintState() {
    const { line, words: w } = this;
    const said = line.closed ? w[line.closed] : line.isLost ? w.lost : line.team.writing ? w.writing : line.team.here ? w.here : w.away + this.#wait();
    if (this.status.textContent !== said) this.status.textContent = said;
    this.status.classList.toggle("warn", line.isLost || Boolean(line.closed));
    this.attach.disabled = line.isLost;
  }

  #read() { if (this.isOpen && !document.hidden) this.line.see(); }

  #toEnd() { requestAnimationFrame(() => { this.log.scrollTop = this.log.scrollHeight; }); }
}

if (!customElements.get("hearwell-chat")) customElements.define("hearwell-chat", HearwellChat);

// One script tag is enough: without an element of its own the page gets one.
function place() {
  if (!document.querySelector("hearwell-chat")) document.body.append(document.createElement("hearwell-chat"));
}
if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", place);
else place();
