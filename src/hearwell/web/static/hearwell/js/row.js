// One row of the list, brought up to date where it stands. Order and number of rows are not its business.
import { config, one, openCase, say } from "./page.js";
import { timeOf } from "./line.js";
import { setDue } from "./clocks.js";

export const URGENT_FROM = 3;
const seconds = (iso) => Date.parse(iso) / 1000;

/** Put the values of the live stream (docs/reference/live-protocol.md) into a row. */
export function paintRow(link, row) {
  if (Number(link.dataset.version) > row.version) return;
  link.dataset.version = row.version;
  link.dataset.urgency = row.urgency;
  link.classList.toggle("unread", Boolean(row.unread) && row.id !== openCase());
  if (row.preview) write(one(".txt", link), row.preview);
  paintMark(link, row);
  paintClock(link, row);
  paintHolder(link, row);
  paintGone(link, row);
}

function write(place, words) {
  if (place && place.textContent !== words && !one("mark", place)) place.textContent = words;
}

/** Why it stands where it does: not solved, which is urgent and says the more; or urgent. */
function paintMark(link, row) {
  const isUrgent = row.urgency >= URGENT_FROM && row.status !== "closed", chip = one(".who .chip", link);
  const wanted = row.unsolved ? "unsolved" : isUrgent ? "urgent" : "";
  if ((chip?.dataset.mark ?? "") === wanted) return;
  chip?.remove();
  if (wanted) one(".who", link).append(one(`#row-${wanted}`).content.firstElementChild.cloneNode(true));
}

/** A clock as long as one runs, else a word on why none does. */
function paintClock(link, row) {
  let clock = one(".clk", link);
  if (row.status !== "open") { clock?.remove(); return; }
  if (!row.due_at) { clock?.remove(); paintSays(link, say(row.turn === "theirs" ? "waits" : "nothingToDo")); return; }
  paintSays(link, "");
  if (!clock) {
    clock = one("#row-clock").content.firstElementChild.cloneNode(true);
    one(".txt", link).before(clock);
  }
  const due = seconds(row.due_at), span = row.waiting_since ? due - seconds(row.waiting_since) : 0;
  if (span > 0) clock.dataset.span = Math.trunc(span);
  setDue(clock, Math.trunc(due));
}

function paintSays(link, words) {
  let place = one(".says:not(.hand)", link);
  if (!words) { place?.remove(); return; }
  if (!place) {
    place = document.createElement("span");
    place.className = "says";
    const holder = one(".age", link);
    if (holder) holder.before(place); else one(".meta", link).append(place);
  }
  write(place, words);
}

function paintHolder(link, row) {
  let place = one(".age", link);
  if (!row.initials) { place?.remove(); return; }
  if (!place) {
    place = one("#row-holder").content.firstElementChild.cloneNode(true);
    one(".meta", link).append(place);
  }
  const words = place.lastChild;
  if (words.nodeValue !== row.initials) { words.nodeValue = row.initials; place.removeAttribute("title"); }
}

/** A row that left this list stays where it is, greyed; who took it out, and when, stands on it. */
function paintGone(link, row) {
  const isGone = row.matches === false;
  link.classList.toggle("gone", isGone);
  const before = one(".hand", link);
  if (isGone && before && !row.hand) return; // what took it out was told before
  before?.remove();
  if (!isGone) return;
  const words = document.createElement("span"), { what, user, name, at } = row.hand ?? {};
  words.className = "says hand";
  const who = user && user === config.user ? config.words.you : name;
  words.textContent = who ? say(`gone${what}`, { name: who, time: timeOf(new Date(at)) }) : say("removed");
  one(".meta", link)?.append(words);
}
