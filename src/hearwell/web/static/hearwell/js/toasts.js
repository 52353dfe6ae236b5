// Undo: a ring and a number. The server holds the reply; this only counts and asks.
import { all, announce, flash, one, openCase, post, say, SignedOut } from "./page.js";
import { lose, setWaiting, signOut } from "./line.js";
import { reload, save } from "./drafts.js";
import { inFlight } from "./sending.js";
import { strokeOf } from "./strokes.js";

const gone = new Set(); // taken back or sent: an older answer must not bring its toast back
const ends = new WeakMap();
const toastOf = (id) => one(`[data-undo="${CSS.escape(id)}"]`);

/** When a toast ends, by this computer's own clock: those of computers differ. */
function endOf(toast) {
  if (!ends.has(toast)) ends.set(toast, Date.now() + Number(toast.dataset.left) * 1000);
  return ends.get(toast);
}

function tick() {
  const toasts = all("[data-undo]");
  for (const toast of toasts) {
    const left = (endOf(toast) - Date.now()) / 1000, span = Number(toast.dataset.span) || 10;
    one(".w", toast).textContent = Math.max(0, Math.ceil(left));
    one("circle + circle", toast)?.setAttribute("stroke-dasharray", `${Math.max(0, Math.min(100, (left / span) * 100))} 100`);
    if (left <= 0) {
      one("button", toast)?.setAttribute("disabled", "");
      if (left < -1 && !toast.matches(":hover, :focus-within")) toast.remove();
    }
  }
  setWaiting("held", toasts.filter((toast) => endOf(toast) > Date.now()).length);
  setTimeout(tick, 250);
}
tick();

/** The reply sent last is the one meant, also while its request has no answer yet. */
export async function undo() {
  const sending = inFlight();
  if (!sending) { const button = newest(); if (button) button.click(); else flash(say("nothingToUndo")); return; }
  if (sending.isNote) { flash(say("noteStays")); return; }
  announce(say("undoWaits"));
  const ended = await sending.done;
  if (ended.kind !== "sent") { flash(say("notSentAnyway")); return; }
  const button = one(":scope button:not(:disabled)", toastOf(ended.delivery) ?? document.createElement("p"));
  if (button) button.click(); else flash(say("noUndoTime"));
}

// Where a toast would come to lie on what has the focus, that moves out of its way (scroll-padding says how far).
const place = one("#toasts");
if (place) new MutationObserver(() => {
  const held = document.activeElement, low = matchMedia("(max-width: 44rem) and (max-height: 30rem)");
  if (low.matches && held !== document.body && !place.contains(held)) held.scrollIntoView({ block: "nearest" });
}).observe(place, { childList: true });

let sentFrom = null; // the case whose composer was emptied by sending and not touched since

document.addEventListener("submit", ({ target }) => { if (target.id === "composer") sentFrom = openCase(); });
document.addEventListener("input", ({ target }) => { if (target.id === "ed" && target.value) sentFrom = null; });

// Right after sending, the key that takes back what was typed takes back what was sent.
document.addEventListener("keydown", (event) => {
  if (event.target.id !== "ed" || strokeOf(event) !== "Mod+Z" || sentFrom !== openCase() || (event.target.value && !inFlight())) return;
  if (!inFlight() && !newest()) return;
  event.preventDefault();
  undo();
});

/** Ids grow with time. */
function newest() {
  const open = all("[data-undo]").filter((toast) => one("button:not(:disabled)", toast));
  open.sort((a, b) => (a.dataset.undo < b.dataset.undo ? -1 : 1));
  return open.length ? one("button", open.at(-1)) : null;
}

document.addEventListener("submit", (event) => {
  const toast = event.target.closest("[data-undo]");
  if (!toast) return;
  event.preventDefault();
  takeBack(toast, event.target.action);
});

async function takeBack(toast, url) {
  const button = one("button", toast);
  button.disabled = true;
  await save(); // what stands in the composer comes beside what is taken back
  let told = null;
  try {
    const answer = await post(url, new URLSearchParams());
    told = answer.ok ? await answer.json() : null;
  } catch (error) {
    if (error instanceof SignedOut) signOut(); else lose(new Date(), { atOnce: true });
  }
  if (!told) { button.disabled = endOf(toast) < Date.now(); flash(say("undoFailed"), { isBad: true }); return; }
  gone.add(toast.dataset.undo);
  toast.remove();
  if (told.isBatch) document.dispatchEvent(new Event("batch:undone"));
  const isHere = told.case === openCase();
  const link = told.isBack && told.url && !isHere ? { url: told.url, text: say("openIt") } : null;
  flash(isHere || !told.name ? told.said : `${told.name}: ${told.said}`, { isBad: !told.isBack, link });
  if (!told.isBack || !isHere) return;
  await reload({ case: told.case, audience: new URL(told.url, location.href).searchParams.get("as") });
  const field = one("#ed");
  field?.focus();
  field?.setSelectionRange(field.value.length, field.value.length);
}

/** A delivery has left, or was stopped: its toast goes, but not from under a hand. */
export function ended(id) {
  gone.add(id);
  const toast = toastOf(id);
  if (!toast) return false;
  ends.set(toast, Date.now() - 1000);
  one("button", toast)?.setAttribute("disabled", "");
  if (!toast.matches(":hover, :focus-within")) toast.remove();
  return true;
}

// An answer brings all toasts it knows; those that are here stay as they are.
document.addEventListener("htmx:before:swap", ({ detail: { tasks } }) => {
  for (const task of tasks.filter((t) => t.target?.id === "toasts")) {
    for (const toast of all("[data-undo]", task.fragment)) if (gone.has(toast.dataset.undo) || toastOf(toast.dataset.undo)) toast.remove();
  }
});
