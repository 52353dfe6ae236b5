// The line to our server: whether we have one, since when not, and the bar that says so.
import { config, one, say } from "./page.js";

const BAR_AFTER_MS = 3000;
let lostAt = null, isOut = false;
// What waits for the line, by where it waits: here, or with the server already.
const waiting = { here: 0, held: 0 };

export const isLost = () => lostAt !== null;
export const isSignedOut = () => isOut;
export const timeOf = (date) => date.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
export const lostTime = () => (lostAt ? timeOf(lostAt) : timeOf(new Date()));
const tell = (name, detail = {}) => document.dispatchEvent(new CustomEvent(name, { detail }));

/** There is no connection, since then. A short gap is not worth a word: the bar comes after 3 s, or `atOnce`. */
export function lose(at = new Date(), { atOnce = false } = {}) {
  const isNew = lostAt === null;
  lostAt ??= at;
  if (isNew) tell("hw:lost");
  if (atOnce) paint(true);
  else setTimeout(() => { if (lostAt && Date.now() - lostAt.getTime() >= BAR_AFTER_MS) paint(true); }, BAR_AFTER_MS);
}

/** There is a connection (again). Tells since when it was away, and whether people were told so. */
export function find() {
  if (!lostAt && !isOut) return;
  const bar = one("#netbar"), detail = { since: lostAt ?? new Date(), wasSaid: Boolean(bar) && !bar.hidden };
  lostAt = null;
  isOut = false;
  paint();
  tell("hw:back", detail);
}

/** The session is over: say so, and where to sign in. What was written is kept by drafts.js. */
export function signOut() {
  isOut = true;
  paint(true);
}

/** The server refused, or gave no stream: perhaps the session is over. */
export async function askSession() {
  const answer = await fetch(config.home, { method: "HEAD", redirect: "manual" }).catch(() => null);
  if (answer?.type === "opaqueredirect") signOut();
}

export function setWaiting(place, n) {
  if (waiting[place] === n) return;
  waiting[place] = n;
  paint();
}

function paint(isNews = false) {
  const bar = one("#netbar");
  if (!bar) return;
  if (!lostAt && !isOut) { bar.hidden = true; return; }
  if (bar.hidden && !isNews) return;
  bar.hidden = false;
  one("a", bar).hidden = !isOut;
  one("a", bar).href = `${config.login}?next=${encodeURIComponent(location.pathname + location.search)}`;
  const counts = [waiting.here && say("waitHere", { n: waiting.here }), waiting.held && say("waitHeld", { n: waiting.held })];
  const first = isOut ? say("signedOut") : say("lost", { time: timeOf(lostAt) });
  const words = [first, ...counts.filter(Boolean)].join(" ");
  // A live region speaks when its text changes: only then.
  if (one(".w", bar).textContent !== words) one(".w", bar).textContent = words;
}

// A page without a stream has to ask whether the line is back.
if (!("live" in document.body.dataset)) {
  setInterval(() => { if (lostAt) fetch(location.href, { method: "HEAD" }).then(find, () => null); }, 5000);
}
