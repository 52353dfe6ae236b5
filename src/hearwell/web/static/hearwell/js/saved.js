// Saved replies and macros: searched as one types, put where the caret is.
import { Listbox } from "./listbox.js";
import { announce, config, flash, one, say } from "./page.js";

const PAUSE_MS = 120;
let asked = 0, soon = 0, caret = null;
const dialog = one("#saved");
const choices = dialog && new Listbox(dialog, one("#saved-input"), one("#saved-list"), choose);
const place = () => one("#saved-open")?.href;

export function openSaved() {
  if (!dialog || dialog.open || !place()) return;
  const field = one("#ed");
  caret = field === document.activeElement ? [field.selectionStart, field.selectionEnd] : null;
  dialog.showModal();
  one("#saved-input").value = "";
  one("#saved-list").replaceChildren();
  choices.settled = find("");
}

async function find(text) {
  const turn = ++asked;
  const answer = await fetch(`${place()}?q=${encodeURIComponent(text)}`, { headers: { Accept: "application/json" } }).catch(() => null);
  if (turn !== asked) return;
  const hits = answer?.ok ? (await answer.json()).hits : [];
  one("#saved-list").replaceChildren(...(hits.length ? hits.map(line) : [none(answer?.ok)]));
  choices.select(0);
}

function none(isAnswered) {
  const line = document.createElement("li");
  line.className = "none";
  line.textContent = say(isAnswered ? "noMatch" : "failedRead");
  return line;
}

function line(hit) {
  const option = document.createElement("li"), title = document.createElement("b"), words = document.createElement("span");
  option.setAttribute("role", "option");
  option.id = `saved-${hit.id}`;
  option.hit = hit;
  title.textContent = hit.title;
  title.dir = words.dir = "auto";
  words.className = "mut xs trunc";
  words.textContent = hit.why ? `${hit.why} · ${hit.text}` : hit.text;
  option.append(title, words);
  return option;
}

function choose({ hit }) {
  if (hit.macro) { post(hit.macro); return; }
  take(hit.text, hit.title, hit.taken);
}

/** Put it in and, where it is a saved reply, note that it was taken. */
function take(text, title, taken) {
  insert(text);
  announce(title);
  if (taken) fetch(taken, { method: "POST", headers: { "X-CSRFToken": config.csrf } }).catch(() => null);
}

/** Where the caret was, in place of what was marked, else at the end; the browser's own undo takes it back. */
function insert(text) {
  const field = one("#ed");
  if (!field) return;
  field.focus();
  field.setSelectionRange(...(caret ?? [field.value.length, field.value.length]));
  if (!document.execCommand("insertText", false, text)) field.setRangeText(text, field.selectionStart, field.selectionEnd, "end");
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

/** A macro is a form: it leads back to the case with its reply in the composer. */
function post(url) {
  const form = document.createElement("form"), token = document.createElement("input");
  form.method = "post";
  form.action = url;
  token.type = "hidden";
  token.name = "csrfmiddlewaretoken";
  token.value = config.csrf;
  form.append(token);
  document.body.append(form);
  form.submit();
}

/** The suggestion for a late answer comes at the beginning, before what was typed. */
async function beginLate(url) {
  const answer = await fetch(url, { headers: { Accept: "application/json" } }).catch(() => null);
  if (!answer?.ok) { flash(say("failedRead"), { isBad: true }); return; }
  const { text } = await answer.json(), field = one("#ed");
  if (!field || field.value.includes(text)) return;
  caret = [0, 0];
  insert(field.value ? `${text} ` : text);
}

dialog?.addEventListener("input", (event) => {
  clearTimeout(soon);
  choices.settled = new Promise((go) => { soon = setTimeout(() => go(find(event.target.value.trim())), PAUSE_MS); });
});
document.addEventListener("click", (event) => {
  const late = event.target.closest("#late-words");
  if (late && !event.ctrlKey && !event.metaKey && !event.shiftKey) { event.preventDefault(); beginLate(late.href); return; }
  const put = event.target.closest("[data-put]");
  if (put && one("#ed") && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
    event.preventDefault();
    caret = null;
    take(put.dataset.put, put.dataset.title, put.dataset.taken);
    return;
  }
  const opener = event.target.closest("#saved-open");
  if (!opener || !dialog || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  openSaved();
});
