// Who else is at the open case, what they are writing, and taking it over from them; and whether
// the visitor of a chat is still there.
import { config, one, openCase, say } from "./page.js";
import { duration, serverNow } from "./clocks.js";

const LOOK_MS = 2000;
let people = [], watching = null; // the case whose drafts are watched

/** Show the people at the open case; the list includes oneself. */
export function presence(now) {
  people = now.filter((person) => person.kind !== "visitor");
  paint();
  guest(now.find((person) => person.kind === "visitor"));
}

/** The visitor, if this case is a chat's; one who was never seen here has not left now. */
function guest(visitor) {
  const bar = one("#visitor");
  if (!bar || (!visitor && !bar.dataset.seen)) return;
  if (visitor) bar.dataset.seen = "1";
  bar.classList.toggle("warn", !visitor);
  bar.classList.toggle("info", Boolean(visitor));
  for (const way of ["#visitor-mail", "#visitor-hint"]) if (one(way)) one(way).hidden = Boolean(visitor);
  const name = bar.dataset.name;
  const words = !visitor ? bar.dataset.left : say(visitor.doing === "writing" ? "visitorWriting" : "visitorHere", { name });
  if (one(".w", bar).textContent !== words) one(".w", bar).textContent = words;
}

function paint() {
  const bar = one("#presence"), others = people.filter((person) => person.user !== config.user);
  if (!bar) return;
  const isWriting = others.some((person) => person.doing === "writing");
  bar.hidden = others.length === 0;
  bar.classList.toggle("warn", isWriting);
  bar.classList.toggle("info", !isWriting);
  for (const way of ["#watch", "#takeover"]) if (one(way)) one(way).hidden = !isWriting && !(way === "#watch" && watching);
  const words = others
    .map((p) => p.doing === "writing"
      ? say("writing", { name: p.name, time: duration(serverNow() - Date.parse(p.since) / 1000) })
      : say("reading", { name: p.name }))
    .join(" ");
  if (one(".w", bar).textContent !== words) one(".w", bar).textContent = words;
}

document.addEventListener("click", (event) => {
  if (!event.target.closest("#watch")) return;
  watching = watching ? null : openCase();
  one("#watch").setAttribute("aria-expanded", String(Boolean(watching)));
  one("#watched").hidden = !watching;
  if (watching) look();
});

// An act on the case draws its panes anew, as the server knows them: without who is there.
document.addEventListener("htmx:after:swap", ({ detail: { ctx } }) => {
  if (ctx.target?.id !== "work") return;
  if (watching !== openCase()) watching = null;
  paint();
  one("#watch")?.setAttribute("aria-expanded", String(Boolean(watching)));
  if (one("#watched")) one("#watched").hidden = !watching;
});

/** Drafts are saved a moment after the last key; so often it is worth looking, and no more often. */
async function look() {
  if (!watching) return;
  const id = watching, box = one("#watched");
  if (id !== openCase() || !box || box.hidden) { watching = null; return; }
  if (!document.hidden) await window.htmx.ajax("GET", one("#watch").dataset.url, { target: "#watched", swap: "innerMorph", quiet: true });
  setTimeout(look, LOOK_MS);
}

// How long somebody has been writing.
setInterval(() => { if (people.length) paint(); }, 5000);
