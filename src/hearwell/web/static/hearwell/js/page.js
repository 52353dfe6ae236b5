// What every module needs from the page: settings, words in the reader's language, polite news.
const source = document.getElementById("hw-config");
export const config = source ? JSON.parse(source.textContent) : { words: {}, units: {}, keys: false };

export const one = (selector, root = document) => root.querySelector(selector);
export const all = (selector, root = document) => [...root.querySelectorAll(selector)];

/** Fill "%(name)s" places of a sentence. */
export function fill(sentence, values) {
  return (sentence ?? "").replace(/%\((\w+)\)s/g, (_, key) => values[key] ?? "");
}

export const say = (key, values = {}) => fill(config.words[key], values);

/** Tell screen readers, once. */
export function announce(text) {
  const place = one("#announce");
  if (place) place.textContent = text;
}

// What an act says to those who do not see what it changed.
document.addEventListener("hw:said", ({ detail }) => announce(detail.said));

/** The session is over: the server sent us to the sign-in page instead of an answer. */
export class SignedOut extends Error {}

/** POST a form body to our own server with the CSRF token. Rejects without a connection or a session. */
export async function post(url, body, options = {}) {
  const headers = { "X-CSRFToken": config.csrf, Accept: "application/json" };
  const signal = AbortSignal.timeout(15000);
  const answer = await fetch(url, { method: "POST", credentials: "same-origin", headers, body, signal, ...options });
  if (answer.redirected) throw new SignedOut();
  return answer;
}

/** The sign of the templates for what is late or wrong. */
export function warning() {
  const drawing = one("#shape-late")?.content.firstElementChild.cloneNode(true);
  return drawing ? [drawing] : [];
}

/** A short message that goes away by itself, but not while someone reads or touches it. `link`: { url, text }. */
export function flash(text, { isBad = false, link = null, lasts = isBad || link ? 10000 : 4000 } = {}) {
  const toasts = one("#toasts");
  if (!toasts) return;
  const box = document.createElement("div"), words = document.createElement("span");
  box.className = "toast";
  box.setAttribute("role", isBad ? "alert" : "status");
  words.className = "grow";
  words.textContent = text;
  box.append(...(isBad ? warning() : []), words);
  if (link) {
    const way = document.createElement("a");
    way.className = "btn sm";
    way.href = link.url;
    way.textContent = link.text;
    way.addEventListener("click", (event) => { box.remove(); visit(event, link.url); });
    box.append(way);
  }
  toasts.append(box);
  const leave = () => (box.matches(":hover, :focus-within") ? setTimeout(leave, 2000) : box.remove());
  setTimeout(leave, lasts);
}

/** Open a case in the panes of this page, if it has any; else let the link be a link. */
export function visit(event, url) {
  if (!one("#work") || !window.htmx || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  window.htmx.ajax("GET", url, { target: "#work", swap: "innerHTML", push: "true" });
}

export const openCase = () => one("#convo")?.dataset.case ?? null;
export const isTyping = (node) => !!node?.closest?.("input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]");
