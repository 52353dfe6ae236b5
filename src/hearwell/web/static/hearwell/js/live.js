// Live values by server-sent events (docs/reference/live-protocol.md). Values change in place;
// nothing here inserts, removes or sorts a row.
import { all, announce, config, flash, one, openCase, say } from "./page.js";
import { duration, serverNow, setServerTime } from "./clocks.js";
import { askSession, find, isLost, isSignedOut, lose } from "./line.js";
import { handOver, save } from "./drafts.js";
import { hasText, isWriting, markRead } from "./composer.js";
import { collect, outdate, uncollect } from "./list.js";
import { paintRow } from "./row.js";
import { presence } from "./presence.js";
import { colleague } from "./here.js";
import { ended } from "./toasts.js";
import { recount } from "./views.js";

const QUIET_MS = 45000, LONGEST_RETRY_MS = 30000, OLD_ALARM_S = 120, MOST_ALARMS = 3, ALARMS_MS = 2000;
let alarmed = 0, calm = 0;
let source = null, lastSeq = null, listening = null, heard = 0, retry = 1000;

const query = () => {
  const params = new URLSearchParams(document.body.dataset.liveQuery ?? "");
  if (openCase()) params.set("case", openCase());
  return params;
};

function open() {
  close();
  const params = query();
  listening = params.toString();
  if (lastSeq !== null) params.set("since", lastSeq);
  source = new EventSource(`/live?${params}`);
  heard = Date.now();
  for (const [name, act] of Object.entries(acts)) {
    source.addEventListener(name, (event) => {
      heard = Date.now();
      if (event.lastEventId) lastSeq = event.lastEventId;
      act(JSON.parse(event.data));
    });
  }
  source.onopen = found;
  source.onerror = lost;
}

function close() { source?.close(); source = null; }

function found() {
  retry = 1000;
  heard = Date.now();
  // Signed in again, in another window: this page's forms belong to the session before.
  if (isSignedOut()) { save({ isLeaving: true }); location.reload(); return; }
  find();
  mark();
}

function lost() {
  lose();
  mark();
  if (source?.readyState !== EventSource.CLOSED) return; // the browser tries again by itself
  close();
  setTimeout(open, retry);
  retry = Math.min(LONGEST_RETRY_MS, retry * 2);
  askSession(); // it answered, and not with a stream
}

/** Bottom left: live, or how far behind. */
function mark() {
  const place = one("#live-mark");
  if (!place) return;
  place.classList.toggle("off", isLost());
  const words = !isLost() ? say("live") : heard ? say("behind", { time: duration((Date.now() - heard) / 1000) }) : say("trying");
  if (one(".w", place).textContent !== words) one(".w", place).textContent = words;
}

// --- back again: what happened meanwhile, in one line ---------------------------------------------

let missed = null;

document.addEventListener("hw:back", async ({ detail }) => {
  if (!detail.wasSaid) { handOver(); return; }
  missed = { since: detail.since, fresh: 0, changed: new Set(), sent: 0, offered: handOver() };
  if (openCase()) updateThread();
  setTimeout(sumUp, 5000); // should the stream have nothing to tell
});

/** The first counts after an opening end what was missed (docs/reference/live-protocol.md). */
async function sumUp() {
  if (!missed) return;
  const { since, fresh, changed, sent, offered } = missed;
  missed = null;
  const waiting = await offered;
  const facts = [fresh && say("backNew", { n: fresh }), changed.size && say("backChanged", { n: changed.size }), sent && say("backSent", { n: sent }), waiting && say("backWaiting", { n: waiting })];
  const said = facts.filter(Boolean);
  flash([say("back", { time: duration((Date.now() - since) / 1000) }), ...(said.length ? said : [say("backSame")])].join(" "), { lasts: 10000 });
}

/** A clock of somebody's case, or of their team, is nearly due or late; not what was so long ago. */
function alarm({ what, case: id, number, kind, due_at: due }) {
  const left = Date.parse(due) / 1000 - serverNow();
  if (id === openCase() || left < -OLD_ALARM_S) return;
  alarmed += 1;
  clearTimeout(calm);
  calm = setTimeout(manyAlarms, ALARMS_MS);
  if (alarmed > MOST_ALARMS) return;
  const words = say(what === "soon" ? "alarmSoon" : "alarmLate", { case: `HW-${number}`, clock: say(`clock_${kind}`), time: duration(Math.abs(left)) });
  flash(words, { isBad: what === "late", link: { url: `/c/${id}/`, text: say("open") } });
}

/** A wave of them is one message and not a hundred. */
function manyAlarms() {
  const more = alarmed - MOST_ALARMS;
  alarmed = 0;
  if (more > 0) flash(say("alarmMore", { n: more }), { isBad: true, link: { url: "/inbox/q/late/", text: say("open") } });
}

const acts = {
  ping: () => null,
  hello: (data) => setServerTime(data.now),
  counts: (data) => {
    sumUp();
    for (const place of all("[data-count]")) {
      const value = data.queues[place.dataset.count];
      if (value === undefined || place.textContent === String(value)) continue;
      place.textContent = value;
      if (place.closest(".nav, .tabbar")) place.hidden = !value;
      if (place.dataset.count === "late") place.classList.toggle("hot", value > 0);
    }
    recount();
  },
  cases: (data) => data.cases.forEach(value),
  new: (data) => {
    const n = collect(data.cases.filter((id) => id !== openCase()), urgencies);
    if (missed) missed.fresh += n;
  },
  message: (data) => { if (data.case === openCase() && data.what !== "CaseMerged") updateThread(data.version); },
  merged: (data) => leadOn(data),
  delivery: (data) => delivery(data),
  alarm: (data) => alarm(data),
  person: colleague,
  presence: (data) => { if (data.case === openCase()) presence(data.people); },
  reload: (data) => {
    if (data.why === "signed_out") { save({ isLeaving: true }); location.reload(); return; }
    lastSeq = null;
    outdate();
    open();
  },
};

/** The open case was emptied into another one: what is being written here is kept there. */
async function leadOn({ case: id, number, into }) {
  if (id !== openCase()) return;
  await save({ isLeaving: true });
  if (id === openCase()) location.assign(`/c/${into}/?from=${number}`);
}

/** One case's values, in place; a row that left the list's filter stays, greyed. */
const urgencies = new Map(); // of cases that a "new" may name next
function value(row) {
  missed?.changed.add(row.id);
  urgencies.set(row.id, row.urgency);
  if (row.matches === false) uncollect(row.id);
  const link = one(`#row-${CSS.escape(row.id)} .case`);
  if (link) paintRow(link, row);
}

/** The open thread gets what is new at its end; neither scroll position nor caret moves. */
let updating = false, again = null;
async function updateThread(version) {
  if (updating) { again = version ?? 0; return; }
  updating = true;
  const box = one("#thread-scroll"), id = openCase(), before = box.scrollHeight, top = box.scrollTop;
  const known = new Set(all(".msg", box).map((m) => m.id));
  const wasAtEnd = Math.abs(top) < 24;
  await window.htmx.ajax("GET", `/c/${id}/thread/`, { target: "#thread", swap: "innerMorph", quiet: true });
  updating = false;
  if (openCase() !== id) return;
  const added = all(".msg", box).filter((m) => !known.has(m.id));
  if (!wasAtEnd) box.scrollTop = top - (box.scrollHeight - before);
  if (version) one("#convo").dataset.version = version;
  if (added.length && !wasAtEnd) below(added.length);
  if (added.length) announce(added.at(-1).querySelector(".by")?.textContent ?? "");
  if (wasAtEnd && !hasText() && !document.hidden) markRead(one("#convo").dataset.version);
  if (again !== null) { const next = again; again = null; updateThread(next || undefined); }
}

function below(n) {
  const pill = one("#newbelow");
  pill.hidden = false;
  one(".w", pill).textContent = say("below", { n: n + Number(pill.dataset.n ?? 0) });
  pill.dataset.n = n + Number(pill.dataset.n ?? 0);
}

function delivery(data) {
  if (!["draft", "queued"].includes(data.state)) {
    const isOurs = ended(data.delivery), isSent = ["sent", "confirmed"].includes(data.state);
    if (isOurs && isSent) { announce(say("sent")); if (missed) missed.sent += 1; }
  }
  if (data.case && data.case === openCase()) updateThread();
}

let present = null;
function beat(doing) {
  const id = openCase();
  if (present && present !== id) tell(present, "gone");
  present = id;
  if (id) tell(id, doing ?? (isWriting() ? "writing" : "reading"));
}
function tell(id, doing) {
  const body = JSON.stringify({ case: id, doing });
  if (doing === "gone") navigator.sendBeacon("/live/presence", new Blob([body], { type: "application/json" }));
  else fetch("/live/presence", { method: "POST", credentials: "same-origin", headers: { "Content-Type": "application/json" }, body }).catch(() => lose());
}

if ("live" in document.body.dataset) {
  lastSeq = document.body.dataset.liveSeq || null;
  open();
  beat();
  handOver();
  setInterval(() => { if (!document.hidden) beat(); }, 10000);
  setInterval(() => {
    if (source && Date.now() - heard > QUIET_MS) { lose(new Date(heard)); open(); }
    if (isLost()) mark();
  }, 5000);
  // Somebody else found the line dead while the stream still believes in it: a new stream will tell.
  document.addEventListener("hw:lost", () => { if (source?.readyState === EventSource.OPEN) open(); });
  let was = false;
  document.addEventListener("input", (event) => { if (event.target.id === "ed" && !was) { was = true; beat("writing"); setTimeout(() => { was = false; }, 5000); } });
  addEventListener("pagehide", () => { if (present) tell(present, "gone"); close(); });
  addEventListener("pageshow", (event) => { if (event.persisted) open(); });
  // A browser gives a site six connections for all its tabs: one that nobody sees gives its back.
  let asleep = 0;
  document.addEventListener("visibilitychange", () => {
    clearTimeout(asleep);
    if (document.hidden) asleep = setTimeout(close, 30000);
    else if (!source) { open(); beat(); }
  });
  addEventListener("online", open);
  addEventListener("offline", () => { lose(); mark(); });
  document.addEventListener("htmx:after:swap", () => { if (query().toString() !== listening) { presence([]); open(); beat(); } });
  document.addEventListener("click", (event) => {
    const pill = event.target.closest("#newbelow");
    if (pill) { one("#thread-scroll").scrollTop = 0; pill.hidden = true; pill.dataset.n = 0; markRead(one("#convo").dataset.version); }
  });
  document.addEventListener("scroll", (event) => {
    if (event.target.id !== "thread-scroll" || Math.abs(event.target.scrollTop) >= 24) return;
    const pill = one("#newbelow");
    if (!pill.hidden && !hasText()) markRead(one("#convo").dataset.version);
    pill.hidden = true;
    pill.dataset.n = 0;
  }, { capture: true, passive: true });
}
