// The wallboard: shows what the server draws for all boards, says how old it is, and goes on for
// months by itself (docs/reference/live-protocol.md, "The wallboard"). It keeps nothing but the last figures.
const wall = document.querySelector("main.wall");
const [ageMark, clockMark, stale, over] = ["#age", "#clock", "#stale", "#over"].map((id) => document.querySelector(id));
const BUILD = document.querySelector("#figures").dataset.build;
const FRESH_S = 12, OLD_S = 30, QUIET_MS = 45000, LONGEST_RETRY_MS = 30000, ASK_AGAIN_MS = 60000, A_DAY_MS = 86400000;
const loaded = Date.now();
let source = null, heard = Date.now(), retry = 1000, waiting = null, ahead = 0, made = Number(document.querySelector("#figures").dataset.made);

function open() {
  close();
  source = new EventSource(wall.dataset.wall);
  heard = Date.now();
  source.addEventListener("figures", (event) => take(JSON.parse(event.data)));
  source.addEventListener("ping", () => { heard = Date.now(); });
  source.addEventListener("over", (event) => end(JSON.parse(event.data).why));
  source.onerror = () => { if (source?.readyState === EventSource.CLOSED) later(retry); };
}

function close() { source?.close(); source = null; clearTimeout(waiting); waiting = null; }

/** Try again after a while, each time a longer one; not all boards of a wall in the same moment. */
function later(ms) {
  close();
  waiting = setTimeout(open, ms * (0.75 + Math.random() / 2));
  retry = Math.min(LONGEST_RETRY_MS, retry * 2);
}

function take({ html, now }) {
  heard = Date.now();
  retry = 1000;
  ahead = Date.parse(now) - heard;
  const fresh = new DOMParser().parseFromString(html, "text/html").querySelector("#figures");
  // A newer version of the board is being served, or this page has stood for a day: begin anew, now
  // that the server is known to answer.
  if (fresh.dataset.build !== BUILD || heard - loaded > A_DAY_MS) { close(); location.reload(); return; }
  made = Number(fresh.dataset.made);
  over.hidden = true;
  const shown = document.querySelector("#figures");
  if (shown) morph(shown, fresh); else over.after(document.importNode(fresh, true));
  tell();
}

/** It is over: nothing stays on the screen that nobody may see any more. */
function end(why) {
  document.querySelector("#figures")?.remove();
  over.querySelector(".w").textContent = why === "ended" ? wall.dataset.ended : wall.dataset.signedOut;
  over.hidden = false;
  stale.hidden = true;
  later(ASK_AGAIN_MS); // somebody may sign in again in another window
  retry = ASK_AGAIN_MS;
}

/** Make one tree like another in place, so that focus and an open explanation stay where they are. */
function morph(from, to) {
  for (const { name } of [...from.attributes]) if (!to.hasAttribute(name) && name !== "open") from.removeAttribute(name);
  for (const { name, value } of to.attributes) if (from.getAttribute(name) !== value) from.setAttribute(name, value);
  const now = [...from.childNodes], next = [...to.childNodes];
  for (let i = 0; i < Math.max(now.length, next.length); i += 1) {
    if (!next[i]) now[i].remove();
    else if (!now[i]) from.append(document.importNode(next[i], true));
    else if (now[i].nodeName !== next[i].nodeName) now[i].replaceWith(document.importNode(next[i], true));
    else if (next[i].nodeType === Node.ELEMENT_NODE) morph(now[i], next[i]);
    else if (now[i].nodeValue !== next[i].nodeValue) now[i].nodeValue = next[i].nodeValue;
  }
}

const words = (name, n) => wall.dataset[name].replace("%(n)s", n);

function length(seconds) {
  if (seconds < 60) return words("seconds", Math.round(seconds));
  return seconds < 3600 ? words("minutes", Math.floor(seconds / 60)) : words("hours", Math.floor(seconds / 3600));
}

function put(place, text) { if (place.textContent !== text) place.textContent = text; }

/** Say how old the figures are: always in the corner, across the screen once they are old. */
function tell() {
  const at = Date.now() + ahead, age = Math.max(0, at / 1000 - made), isOld = age > OLD_S, isOver = !over.hidden;
  const old = wall.dataset.old.replace("%(time)s", length(age));
  ageMark.classList.toggle("off", isOld || isOver);
  // Said aloud only when it changes from fresh to old and back.
  put(ageMark.querySelector(".w"), isOver ? "–" : isOld ? old : age < FRESH_S ? wall.dataset.live : words("behind", Math.round(age)));
  put(stale.querySelector(".w"), old);
  stale.hidden = !isOld || isOver;
  wall.classList.toggle("is-old", isOld);
  put(clockMark, new Intl.DateTimeFormat(document.documentElement.lang, { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: wall.dataset.zone }).format(at));
  clockMark.dateTime = new Date(at).toISOString();
}

setInterval(() => {
  tell();
  if (source && Date.now() - heard > QUIET_MS) later(1000);
}, 1000);
addEventListener("online", () => { if (!source) open(); });

/** Keep the screen lit, where the browser lets a page ask for that. */
async function stayLit() {
  try { await navigator.wakeLock?.request("screen"); } catch { /* it is asked again when the page is seen */ }
}
document.addEventListener("visibilitychange", () => { if (!document.hidden) stayLit(); });
stayLit();
open();
