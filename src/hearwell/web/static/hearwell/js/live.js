// Live values by server-sent events (docs/reference/live-protocol.md). Values change in place;
// nothing here inserts, removes or sorts a row.
import { all, announce, config, flash, one, openCase, say } from "./page.js";
import { duration, serverNow, setDue, setServerTime } from "./clocks.js";
import { hasText, isWriting, markRead } from "./composer.js";
import { collect, refresh } from "./list.js";

const QUIET_MS = 45000;
let source = null, lastSeq = null, listening = null, heard = 0, retry = 1000, lostAt = null;

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
  mark(true);
  if (!lostAt) return;
  lostAt = null;
  const bar = one("#netbar");
  if (bar && !bar.hidden) { bar.hidden = true; flash(say("back")); refresh(); if (openCase()) updateThread(); }
}

function lost() {
  lostAt ??= new Date();
  mark(false);
  if (Date.now() - lostAt.getTime() > 3000) showBar();
  if (source?.readyState === EventSource.CLOSED) {
    close();
    setTimeout(open, retry);
    retry = Math.min(30000, retry * 2);
  }
}

function showBar() {
  const bar = one("#netbar");
  if (!bar || !bar.hidden) return;
  bar.hidden = false;
  bar.textContent = say("lost", { time: lostAt.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" }) });
}

function mark(isLive) {
  const place = one("#live-mark");
  if (!place) return;
  place.classList.toggle("off", !isLive);
  one(".w", place).textContent = isLive ? say("live") : say("trying");
}

const acts = {
  ping: () => null,
  hello: (data) => setServerTime(data.now),
  counts: (data) => {
    for (const place of all("[data-count]")) {
      const value = data.queues[place.dataset.count];
      if (value === undefined) continue;
      place.textContent = value;
      if (place.closest(".nav, .tabbar")) place.hidden = !value;
      if (place.dataset.count === "late") place.classList.toggle("hot", value > 0);
    }
  },
  cases: (data) => data.cases.forEach(value),
  new: (data) => collect(data.cases.filter((id) => id !== openCase()), data.urgent),
  message: (data) => { if (data.case === openCase()) updateThread(data.version); },
  delivery: (data) => delivery(data),
  presence: (data) => { if (data.case === openCase()) presence(data.people); },
  reload: (data) => {
    if (data.why === "signed_out") { location.reload(); return; }
    lastSeq = null;
    refresh();
    open();
  },
};

/** One case's values, in place; a row that left the list's filter stays, greyed. */
function value(row) {
  const link = one(`#row-${CSS.escape(row.id)} .case`);
  if (!link || Number(link.dataset.version) > row.version) return;
  link.dataset.version = row.version;
  link.classList.toggle("unread", Boolean(row.unread) && row.id !== openCase());
  link.classList.toggle("gone", row.matches === false);
  if (row.preview !== undefined) one(".txt", link).textContent = row.preview;
  const clock = one(".clk[data-due]", link);
  if (clock) clock.hidden = !row.due_at || row.status !== "open";
  if (clock && row.due_at) setDue(clock, Date.parse(row.due_at) / 1000);
}

/** The open thread gets what is new at its end; neither scroll position nor caret moves. */
let updating = false, again = null;
async function updateThread(version) {
  if (updating) { again = version ?? 0; return; }
  updating = true;
  const box = one("#thread-scroll"), id = openCase(), before = box.scrollHeight, top = box.scrollTop;
  const known = new Set(all(".msg", box).map((m) => m.id));
  const wasAtEnd = Math.abs(top) < 24;
  await window.htmx.ajax("GET", `/c/${id}/thread/`, { target: "#thread", swap: "innerMorph" }).catch(() => null);
  updating = false;
  if (openCase() !== id) return;
  const added = all(".msg", box).filter((m) => !known.has(m.id));
  if (!wasAtEnd) box.scrollTop = top - (box.scrollHeight - before);
  if (version) one("#convo").dataset.version = version;
  if (added.length && !wasAtEnd) below(added.length);
  if (added.length) announce(added.at(-1).querySelector(".by")?.textContent ?? "");
  if (!hasText() && !document.hidden) markRead(one("#convo").dataset.version);
  if (again !== null) { const next = again; again = null; updateThread(next || undefined); }
}

function below(n) {
  const pill = one("#newbelow");
  pill.hidden = false;
  one(".w", pill).textContent = say("below", { n: n + Number(pill.dataset.n ?? 0) });
  pill.dataset.n = n + Number(pill.dataset.n ?? 0);
}

function delivery(data) {
  const toast = one(`[data-undo="${CSS.escape(data.delivery)}"]`);
  if (toast && !["draft", "queued"].includes(data.state)) {
    toast.remove();
    if (data.state === "sent" || data.state === "confirmed") announce(say("sent"));
  }
  if (data.case && data.case === openCase()) updateThread();
}

function presence(people) {
  const bar = one("#presence"), others = people.filter((person) => person.user !== config.user);
  if (!bar) return;
  bar.hidden = others.length === 0;
  const writing = others.find((person) => person.doing === "writing");
  bar.classList.toggle("warn", Boolean(writing));
  bar.classList.toggle("info", !writing);
  one(".w", bar).textContent = others
    .map((p) => p.doing === "writing"
      ? say("writing", { name: p.name, time: duration(serverNow() - Date.parse(p.since) / 1000) })
      : say("reading", { name: p.name }))
    .join(" ");
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
  else fetch("/live/presence", { method: "POST", credentials: "same-origin", headers: { "Content-Type": "application/json" }, body }).catch(() => null);
}

if ("live" in document.body.dataset) {
  lastSeq = document.body.dataset.liveSeq || null;
  open();
  beat();
  setInterval(() => { if (!document.hidden) beat(); }, 10000);
  setInterval(() => {
    if (source && Date.now() - heard > QUIET_MS) { lost(); open(); }
    if (lostAt && Date.now() - lostAt.getTime() > 3000) showBar();
  }, 5000);
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
  addEventListener("offline", lost);
  document.addEventListener("htmx:after:swap", () => { if (query().toString() !== listening) { open(); beat(); } });
  document.addEventListener("click", (event) => {
    const pill = event.target.closest("#newbelow");
    if (pill) { one("#thread-scroll").scrollTop = 0; pill.hidden = true; pill.dataset.n = 0; markRead(one("#convo").dataset.version); }
  });
  document.addEventListener("scroll", (event) => {
    if (event.target.id === "thread-scroll" && Math.abs(event.target.scrollTop) < 24) { const pill = one("#newbelow"); pill.hidden = true; pill.dataset.n = 0; }
  }, { capture: true, passive: true });
}
