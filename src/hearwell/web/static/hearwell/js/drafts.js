// What is being written is safe: on the server as a draft, and here as long as the server cannot have it.
import { config, flash, one, openCase, post, say, SignedOut } from "./page.js";
import { askSession, lose, setWaiting, signOut } from "./line.js";

const PLACE = `hw-kept-${config.place}-${config.user}`; // cases of another workspace are none here
const WAIT_MS = 1200;
const LONGEST_MS = 3000;
const onTheWay = new Map(); // case: the saving of its text that has no answer yet
let timer = 0, saved = null, saving = Promise.resolve();

const form = () => one("#composer");
export const audience = () => one("input[name=audience]:checked", form())?.value ?? "team";

// --- on the server -----------------------------------------------------------------------------

/** The composer as it stands. */
function written() {
  const composer = form();
  if (!composer) return null;
  return { case: openCase(), url: composer.dataset.draftUrl, key: composer.elements.key.value, audience: audience(), text: one("#ed").value };
}

const stampOf = (what) => [what.key, what.audience, what.text].join("\n");

export function saveSoon() {
  clearTimeout(timer);
  timer = setTimeout(save, WAIT_MS);
}

/** A reply is on its way: what is typed from now on is saved after its answer. */
export const stopSaving = () => clearTimeout(timer);

/** The composer on the screen holds what the server sent: nothing to save. */
export function isFresh() {
  const what = written();
  saved = what ? stampOf(what) : null;
}

/** Save what is written, unless it is saved. Ends when the server has it, or it is kept here. */
export function save({ isLeaving = false } = {}) {
  clearTimeout(timer);
  const what = written();
  if (!what || stampOf(what) === saved) return saving;
  saved = stampOf(what);
  // The answer may find nobody any more: what is kept here is given up when the server has it.
  if (isLeaving) keep(what);
  // One after the other: an older text must not arrive after a newer one.
  const end = isLeaving ? put(what) : saving.then(() => put(what));
  const done = end.then((how) => {
    if (how === "here" && saved === stampOf(what)) saved = null;
    if (onTheWay.get(what.case) === done) onTheWay.delete(what.case);
  });
  onTheWay.set(what.case, done);
  saving = done;
  return saving;
}

/** Ends when the server has what was last written in a case, or has not answered for a while. */
export const whenSaved = (id) => Promise.race([onTheWay.get(id), new Promise((go) => setTimeout(go, LONGEST_MS))]);
export const isOnTheWay = (id) => onTheWay.has(id);

/** Ends with "kept" (the server has it), "sent" (it was sent before) or "here" (only this browser has it). */
async function put(what, { isLate = false } = {}) {
  const body = new URLSearchParams({ text: what.text, audience: what.audience, key: what.key });
  if (isLate) body.set("late", "1");
  try {
    const answer = await post(what.url, body, { keepalive: body.toString().length < 60000 });
    if (answer.ok || answer.status === 404) return kept(what); // 404: there is no such case any more
    if (answer.status === 409) return sent(what);
    if (answer.status === 403) askSession();
    return here(what, "notSaved");
  } catch (error) {
    if (error instanceof SignedOut) signOut(); else lose();
    return here(what, "keptHere");
  }
}

const isOnScreen = (key) => form()?.elements.key.value === key;

function show(what, word) {
  const place = one("#draft-state");
  if (place && isOnScreen(what.key)) place.textContent = word ? say(word) : "";
}

function kept(what) { forget(what.key); show(what, what.text ? "saved" : ""); return "kept"; }
function sent(what) { forget(what.key); document.dispatchEvent(new CustomEvent("hw:was-sent", { detail: what })); return "sent"; }
function here(what, word) { keep(what); show(what, word); return "here"; }

// --- here --------------------------------------------------------------------------------------

let memory = {}; // where there is no storage

function read() {
  try { return JSON.parse(localStorage.getItem(PLACE) ?? "{}"); } catch { return memory; }
}

function write(items) {
  memory = items;
  try { localStorage.setItem(PLACE, JSON.stringify(items)); } catch { /* full or forbidden: it lives as long as this page */ }
  setWaiting("here", Object.values(items).filter((item) => item.wasSent).length);
}

/** Keep a text in this browser. `wasSent`: its author wanted it to go out. */
export function keep(what) {
  const items = read();
  items[what.key] = { ...items[what.key], ...what };
  write(items);
}

export function forget(key) {
  const items = read();
  if (!(key in items)) return;
  delete items[key];
  write(items);
}

/** Give the server what was kept here, and offer again what did not go out. Returns how many those are. */
export async function handOver() {
  let offered = 0;
  for (const item of Object.values(read())) {
    const isHere = isOnScreen(item.key), now = isHere ? { ...item, ...written() } : item;
    const end = await put(now, { isLate: !isHere });
    if (end === "sent" && item.wasSent && !isHere) flash(say("arrived", { name: item.name }), { lasts: 10000 });
    if (end !== "kept" || !now.text.trim()) continue;
    if (isHere) saved = stampOf(now);
    else if (item.case === openCase() && !one("#ed")?.value.trim()) await reload(item);
    if (!item.wasSent) continue;
    offered += 1;
    if (isOnScreen(item.key)) document.dispatchEvent(new CustomEvent("hw:offer", { detail: item }));
    else flash(say("offer", { name: item.name }), { isBad: true, lasts: 60000, link: { url: urlOf(item), text: say("openIt") } });
  }
  return offered;
}

const urlOf = (item) => `/c/${item.case}/?as=${item.audience}`;
/** Show a case anew, with the draft that the server has of it. */
export const reload = (item) => window.htmx.ajax("GET", urlOf(item), { target: "#work", swap: "innerHTML" });

addEventListener("pagehide", () => save({ isLeaving: true }));
document.addEventListener("visibilitychange", () => { if (document.hidden) save({ isLeaving: true }); });
if (config.user) write(read());
