// Counts the clocks on: each minute, each second when less than two minutes are left.
import { all, announce, config, fill, one, say } from "./page.js";

const MINUTE = 60, HOUR = 3600, DAY = 86400;
let skew = 0; // server time minus ours, seconds
const told = new Map();

export const setServerTime = (iso) => { skew = Date.parse(iso) / 1000 - Date.now() / 1000; };
export const serverNow = () => Date.now() / 1000 + skew;

/** The same words as components/clocks.py. */
export function duration(seconds) {
  const s = Math.max(0, Math.trunc(seconds)), u = config.units;
  if (s < MINUTE) return fill(u.s, { n: s });
  if (s < HOUR) return fill(u.min, { n: Math.trunc(s / MINUTE) });
  if (s < DAY) {
    const h = Math.trunc(s / HOUR), m = Math.trunc((s % HOUR) / MINUTE);
    return m ? fill(u.hm, { h, m: String(m).padStart(2, "0") }) : fill(u.h, { h });
  }
  return fill(u.d, { n: Math.trunc(s / DAY) });
}

function paint(clock, now) {
  const left = Number(clock.dataset.due) - now, span = Number(clock.dataset.span) || 4 * HOUR;
  const share = Math.min(1, left / span);
  const state = left < 0 ? "late" : share < config.soon ? "soon" : "ok";
  const time = duration(Math.abs(left));
  const words = left < 0 ? fill(config.units.late, { time }) : "full" in clock.dataset ? fill(config.units.left, { time }) : time;
  const text = one(".w", clock);
  if (text && text.textContent !== words) text.textContent = words;
  if (!clock.classList.contains(state)) {
    clock.classList.remove("ok", "soon", "late");
    clock.classList.add(state);
    drawShape(clock, state);
    tell(clock, state);
  }
  const ring = one(".ring circle + circle", clock);
  if (ring) ring.setAttribute("stroke-dasharray", `${Math.max(1, Math.round(share * 100))} 100`);
}

/** Late is a block with a sign: the ring gives way to the sign of any late clock in the templates. */
function drawShape(clock, state) {
  const drawing = one("svg", clock), wanted = one(state === "late" ? "#shape-late" : "#shape-ring");
  if (drawing && wanted) drawing.replaceWith(wanted.content.firstElementChild.cloneNode(true));
}

/** One polite sentence at soon and at late, for the open case only. */
function tell(clock, state) {
  if (state === "ok" || !clock.closest("#convo")) return;
  const key = `${clock.dataset.due}:${state}`;
  if (!told.has(key)) { told.set(key, true); announce(say(state)); }
}

export function setDue(clock, due) {
  clock.dataset.due = String(due);
  paint(clock, serverNow());
}

function tick() {
  const now = serverNow();
  let near = false;
  for (const clock of all(".clk[data-due]")) {
    paint(clock, now);
    near ||= Math.abs(Number(clock.dataset.due) - now) < 2 * MINUTE;
  }
  setTimeout(tick, near ? 1000 : 15000);
}
tick();
