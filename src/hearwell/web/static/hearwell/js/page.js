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

/** POST a form body or JSON to our own server with the CSRF token. */
export function post(url, body, options = {}) {
  const isForm = body instanceof URLSearchParams || body instanceof FormData;
  const headers = { "X-CSRFToken": config.csrf, Accept: "application/json" };
  if (!isForm) headers["Content-Type"] = "application/json";
  return fetch(url, { method: "POST", credentials: "same-origin", headers, body: isForm ? body : JSON.stringify(body), ...options });
}

/** A short message that goes away by itself, but not while someone reads or touches it. */
export function flash(text, isBad = false) {
  const toasts = one("#toasts");
  if (!toasts) return;
  const box = document.createElement("div");
  box.className = "toast";
  box.setAttribute("role", isBad ? "alert" : "status");
  box.textContent = text;
  toasts.append(box);
  const leave = () => (box.matches(":hover, :focus-within") ? setTimeout(leave, 2000) : box.remove());
  setTimeout(leave, isBad ? 10000 : 4000);
}

export const openCase = () => one("#convo")?.dataset.case ?? null;
export const isTyping = (node) => !!node?.closest?.("input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]");
