// The list never moves by itself. Here are the moves a person makes: step, open, choose, show new.
import { all, announce, config, flash, one, openCase, post, say, SignedOut } from "./page.js";
import { lose, signOut } from "./line.js";
import { URGENT_FROM } from "./row.js";

const NEXT = "#next", VISIT = /^\/c\/[0-9a-f-]{36}\/$/;
const fresh = new Map(); // case -> its urgency
let isOld = false;
const chosen = new Map(); // case -> its version then: what happens to it later, nobody has seen
let anchor = null;

export const rows = () => all("#cases .case");
const focused = () => document.activeElement?.closest?.(".case") ?? null;
const current = () => focused() ?? one('#cases .case[aria-current="true"]');

export function step(by) {
  const list = rows();
  if (!list.length) return;
  const here = list.indexOf(current());
  const next = list[Math.min(list.length - 1, Math.max(0, here < 0 ? 0 : here + by))];
  next.focus({ preventScroll: true });
  next.scrollIntoView({ block: "nearest" });
}

export const openFocused = () => (current() ?? rows()[0])?.click();

/** Open the next case that still waits: after the open one, at its end from the top; from another page, in the inbox. */
export async function openNext() {
  if (!one("#list")) { location.assign(`${config.inbox}${NEXT}`); return; }
  await late;
  const more = one("#more a"), open = openCase(), isDone = (row) => row.dataset.case === open || row.classList.contains("gone");
  let list = rows(), here = list.findIndex((row) => row.dataset.case === open);
  if (more && list.slice(here + 1).every(isDone)) {
    await window.htmx.ajax("GET", more.getAttribute("href"), { target: "#more", swap: "outerHTML" });
    list = rows();
  }
  const next = (open ? null : focused()) ?? [...list.slice(here + 1), ...list.slice(0, Math.max(0, here))].find((row) => !isDone(row));
  if (!next) { flash(say("noNext")); return; }
  next.scrollIntoView({ block: "nearest" });
  next.click();
}

export function back() {
  const panes = one("#panes");
  if (!panes) return;
  panes.dataset.view = "list";
  delete panes.dataset.drawer;
  const list = one("#list")?.dataset.url;
  if (list && openCase()) history.pushState({ htmx: true }, "", list);
  (one('#cases .case[aria-current="true"]') ?? rows()[0])?.focus();
}

/** Remember new cases for the pill; those already in the list or counted are not new. Returns how many are. */
export function collect(ids, urgencies) {
  const before = fresh.size;
  for (const id of ids) if (!one(`#row-${CSS.escape(id)}`)) fresh.set(id, urgencies.get(id) ?? 0);
  paintPill();
  if (fresh.size && isIdle()) refresh({ quiet: true });
  return fresh.size - before;
}

/** A case that is no longer for this list is no news for it. */
export function uncollect(id) {
  if (fresh.delete(id)) paintPill();
}

/** Too much was missed to tell what is new: the list waits for a press, too. */
export function outdate() {
  isOld = true;
  paintPill();
  if (isIdle()) refresh({ quiet: true });
}

function paintPill() {
  const pill = one("#newpill");
  if (!pill) return;
  const n = fresh.size, u = [...fresh.values()].filter((urgency) => urgency >= URGENT_FROM).length;
  pill.hidden = n === 0 && !isOld;
  one(".w", pill).textContent = isOld ? say("old") : u ? say("newUrgent", { n, u }) : say("new", { n });
}

let touched = performance.now();
for (const name of ["pointermove", "pointerdown", "focusin", "wheel", "keydown"]) {
  document.addEventListener(name, (event) => { if (event.target.closest?.("#list-pane")) touched = performance.now(); }, { passive: true });
}
/** At the top, and neither pointer nor focus in the list for 10 s: nobody is about to click. */
function isIdle() {
  const box = one("#list-scroll");
  return box && box.scrollTop === 0 && performance.now() - touched > 10000 && !box.matches(":hover, :focus-within") && chosen.size === 0;
}
setInterval(() => { if ((fresh.size || isOld) && isIdle()) refresh({ quiet: true }); }, 2000);

let shown = 0;
document.addEventListener("htmx:after:swap", ({ detail: { ctx } }) => { if (ctx.target?.id === "list") shown += 1; });

/** Bring the list up to date; new cases that are due after this page come first, under a heading. */
export async function refresh({ quiet = false } = {}) {
  const list = one("#list");
  if (!list) return [];
  const news = new Map(fresh), wasOld = isOld, before = shown, ids = [...news.keys()], url = new URL(list.dataset.url, location.href);
  fresh.clear();
  isOld = false;
  paintPill();
  if (ids.length) url.searchParams.set("new", ids.join(","));
  const place = focused()?.dataset.case;
  await window.htmx.ajax("GET", url.pathname + url.search, { target: "#list", swap: "innerMorph", quiet });
  if (shown === before) { // no answer: what is new is still new
    for (const [id, urgency] of news) fresh.set(id, urgency);
    isOld ||= wasOld;
    paintPill();
    return [];
  }
  markOpen();
  paintChosen();
  (place ? one(`#row-${CSS.escape(place)} .case`) : null)?.focus({ preventScroll: true });
  return ids;
}

/** The person asked: show what is new and bring the first of it into view. */
export async function showNew() {
  const ids = await refresh();
  if (!ids.length) return;
  rows().find((row) => ids.includes(row.dataset.case))?.scrollIntoView({ block: "nearest" });
  announce(say("new", { n: ids.length }));
}

export function markOpen() {
  const id = openCase();
  for (const row of rows()) {
    if (row.dataset.case === id) { row.setAttribute("aria-current", "true"); row.classList.remove("unread"); } else row.removeAttribute("aria-current");
  }
}

export function choose(toHere = false) {
  const row = current();
  if (!row) return;
  const list = rows(), id = row.dataset.case;
  if (toHere && anchor) {
    const [a, b] = [list.findIndex((r) => r.dataset.case === anchor), list.indexOf(row)].sort((x, y) => x - y);
    for (const r of list.slice(Math.max(0, a), b + 1)) chosen.set(r.dataset.case, r.dataset.version);
  } else if (!chosen.delete(id)) chosen.set(id, row.dataset.version);
  anchor = id;
  paintChosen();
  row.scrollIntoView({ block: "nearest" }); // in a low window the bar of what can be done pushes it out of sight
}

function paintChosen() {
  for (const row of rows()) row.classList.toggle("chosen", chosen.has(row.dataset.case));
  const bar = one("#batch");
  if (!bar) return;
  const n = chosen.size;
  bar.hidden = n === 0;
  one(".w", bar).textContent = say("chosen", { n });
  announce(n ? say("chosen", { n }) : "");
}

/** All of the list as it is now: the server knows which they are. */
async function chooseAll() {
  const bar = one("#batch"), list = new URLSearchParams({ list: bar.dataset.list });
  const answer = await fetch(`/inbox/batch/size/?${list}`, { headers: { Accept: "application/json" } }).catch(() => null);
  const told = await answer?.json().catch(() => null);
  if (!answer?.ok || !told) { flash(told?.said ?? say("failed"), { isBad: true }); return; }
  for (const [id, version] of Object.entries(told.cases)) chosen.set(id, version);
  paintChosen();
}

function chooseNone() {
  chosen.clear();
  paintChosen();
}

async function batch(act, values = {}) {
  const cases = [...chosen].map(([id, version]) => `${id}:${version}`).join(); // one field: of those there may be 1000
  const body = new URLSearchParams({ act, cases, ...values });
  const answer = await post("/inbox/batch/", body).catch((error) => error);
  if (answer instanceof SignedOut) { signOut(); return; }
  if (answer instanceof Error) { lose(new Date(), { atOnce: true }); flash(say("offlineAct"), { isBad: true }); return; }
  const told = await answer.json().catch(() => null);
  if (!answer.ok || !told) { flash(told?.said ?? say("failed"), { isBad: true }); return; }
  chooseNone();
  if (told.undo) offerUndo(told); else flash(told.said);
  await refresh();
}

/** One undo for the whole batch, among those of replies: the same ring, the same key. */
function offerUndo({ said, undo }) {
  const toast = one("#batch-toast").content.firstElementChild.cloneNode(true);
  Object.assign(toast.dataset, { undo: undo.id, left: undo.seconds, span: undo.seconds });
  one(".said", toast).textContent = said;
  one("form", toast).action = undo.url;
  one("#toasts").append(toast);
  announce(said);
}

document.addEventListener("batch:undone", () => refresh());

document.addEventListener("submit", (event) => {
  const form = event.target.closest("[data-batch-form]");
  if (!form) return;
  event.preventDefault();
  form.closest("details").open = false;
  batch(form.dataset.batchForm, Object.fromEntries(new FormData(form, event.submitter)));
});

document.addEventListener("click", (event) => {
  const act = event.target.closest("[data-batch]");
  if (act?.dataset.batch === "all") chooseAll();
  else if (act?.dataset.batch === "none") chooseNone();
  else if (act) batch(act.dataset.batch);
  if (event.target.closest("#newpill")) showNew();
  const row = event.target.closest(".case");
  if (row && (event.ctrlKey || event.metaKey) === false && event.shiftKey && row.closest("#cases")) { event.preventDefault(); event.stopImmediatePropagation(); row.focus(); choose(true); }
}, true);

document.addEventListener("htmx:after:swap", (event) => {
  const target = event.detail?.ctx?.target;
  if (target?.id !== "work") return;
  const panes = one("#panes");
  delete panes.dataset.drawer;
  if (openCase()) { panes.dataset.view = "convo"; document.title = one("#case-head h2")?.textContent + " · Hearwell"; }
  markOpen();
  holdFocus(event.detail.ctx);
});

/** Whoever opens a case stands at its messages; whoever acts on it stays, and falls back there if what was pressed is gone. */
function holdFocus({ request }) {
  const active = document.activeElement, thread = one("#thread-scroll");
  const isVisit = request.method === "GET" && VISIT.test(new URL(request.action, location.href).pathname);
  if (!thread || !(active === document.body || !active.checkVisibility() || (isVisit && active.closest("#list-pane")))) return;
  thread.focus();
  if (isVisit) announce(one("#convo").getAttribute("aria-label"));
}

// A case opened by its address comes without the list; it follows here, queues and all.
const late = new Promise((go) => { addEventListener("DOMContentLoaded", () => go(bringLate())); });

async function bringLate() {
  const list = one("#list[data-late]");
  if (!list || !window.htmx) return;
  const url = new URL(list.dataset.url, location.href);
  url.searchParams.set("with", "queues");
  await window.htmx.ajax("GET", url.pathname + url.search, { target: "#list", swap: "innerHTML" });
  delete list.dataset.late;
  markOpen();
}

// Sent here from a page without a list, to go on with the next case.
late.then(() => {
  if (location.hash !== NEXT || !one("#list")) return;
  history.replaceState(history.state, "", location.pathname + location.search);
  openNext();
});
