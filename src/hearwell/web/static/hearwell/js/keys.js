// Keys and commands. One list (hearwell.web.commands) names them; here is what they do.
import { all, config, isTyping, one, openCase } from "./page.js";
import * as composer from "./composer.js";
import * as list from "./list.js";
import { openPalette } from "./palette.js";
import { openSaved } from "./saved.js";
import { SEQUENCE_MS, isMac, latinOf, strokeOf } from "./strokes.js";
import { undo } from "./toasts.js";

let pending = null, pendingUntil = 0;

/** `spot` names the group of choices to begin with, where a menu fetches several. */
function openMenu(name, spot) {
  const panes = one("#panes");
  if (name === "assign" && panes && getComputedStyle(one("#person")).display === "none") drawer("person");
  const menu = one(`[data-command-menu="${name}"]`);
  if (!menu) return;
  if (spot) { menu.open = false; menu.spot = spot; }
  menu.open = true;
  (one("[data-first]", menu) ?? one(".pop input:not([type=hidden]), .pop button, .pop select", menu))?.focus();
}

const follow = (name) => one(`[data-command-link="${name}"]`)?.click();

export function drawer(name) {
  const panes = one("#panes");
  if (!panes) return;
  if (panes.dataset.drawer === name) { delete panes.dataset.drawer; return; }
  panes.dataset.drawer = name;
  one(name === "queues" ? "#queues a" : "#person [data-close-drawer]")?.focus();
}

/** From a case to the reply that waits in it; among those that wait, to the next one's button. */
function approve() {
  const way = one('[data-command-link="approve"]');
  if (way) { way.click(); return; }
  const buttons = all("[data-approve]"), here = buttons.findIndex((button) => button.closest("article").contains(document.activeElement));
  (buttons[here + 1] ?? buttons[0])?.focus();
}

/** The menu in the rail; where there is no room for a rail, the same choice among one's own settings. */
function openPresence() {
  const menu = one('[data-command-menu="presence"]');
  if (menu?.checkVisibility()) openMenu("presence");
  else if (menu) location.assign(config.home);
}

const dos = {
  next: () => list.step(1),
  previous: () => list.step(-1),
  open: list.openFocused,
  "next-open": list.openNext,
  back: list.back,
  reply: () => composer.choose("wrote"),
  private: () => composer.choose("private"),
  note: () => composer.choose("team"),
  holding: composer.toggleHolding,
  claim: () => one('[data-command-form="claim"]')?.requestSubmit(),
  assign: () => openMenu("assign"),
  label: () => openMenu("label"),
  kind: () => openMenu("kind"),
  sounds: () => openMenu("kind", "sentiment"),
  urgency: () => openMenu("kind", "urgency"),
  thanks: () => openMenu("kind", "thanks"),
  right: () => one('[data-command-click="right"]')?.click(),
  solve: () => openMenu("solve"),
  snooze: () => openMenu("snooze"),
  merge: () => follow("merge"),
  "late-words": () => one("#late-words")?.click(),
  give: () => follow("give"),
  escalate: () => follow("escalate"),
  incident: () => follow("incident"),
  split: () => follow("split"),
  approve,
  choose: () => list.choose(false),
  "choose-range": () => list.choose(true),
  filter: () => openMenu("filter"),
  "show-new": list.showNew,
  "take-next": () => one('[data-command-form="take-next"]')?.requestSubmit(),
  presence: openPresence,
  undo,
  search: () => one("#search")?.focus(),
  queues: () => drawer("queues"),
  customer: () => drawer("person"),
  send: () => composer.send(false),
  "send-solve": () => composer.send(true),
  voice: () => one("#voice > summary")?.click(),
  saved: openSaved,
  palette: () => openPalette(run),
  help: () => one("#keys-dialog")?.showModal(),
};

export function run(id, url) {
  if (url) location.assign(url);
  else dos[id]?.();
}

const commands = (config.commands ?? []).filter((command) => command.keys);
const byKeys = new Map(commands.map((command) => [command.keys, command]));
const begins = (stroke) => Boolean(stroke) && commands.some((command) => command.keys.startsWith(`${stroke} `));

// The keys are written with Ctrl; here it is Cmd.
if (isMac) for (const cap of all("kbd, .kb")) cap.textContent = cap.textContent.replace("Ctrl", "⌘");

const fits = (command) =>
  command.where === "any" || command.where === "composer" ||
  (command.where === "case" ? Boolean(openCase()) : Boolean(one("#list-pane")));

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.isComposing || event.altKey || event.repeat && event.key === "Enter") return;
  if (event.key === "Escape") { escape(event); return; }
  if (inMenu(event) || answer(event)) return;
  const strokes = [strokeOf(event), latinOf(event)].filter(Boolean), isMod = strokes[0]?.startsWith("Mod+");
  if (!strokes.length) return;
  if (!isMod && (!config.keys || isTyping(event.target) || one("dialog[open]"))) return;
  const now = performance.now(), before = pending && now < pendingUntil ? pending : null;
  pending = null;
  const command = strokes.map((stroke) => (before && byKeys.get(`${before} ${stroke}`)) || byKeys.get(stroke)).find(Boolean);
  if (!command) {
    if (!isMod) { pending = strokes.find(begins) ?? null; pendingUntil = now + SEQUENCE_MS; }
    return;
  }
  if (!fits(command) || (command.where === "composer" && !event.target.closest("#composer"))) return;
  event.preventDefault();
  run(command.id, command.url);
});

/** On a page that asks one thing at a time, a digit is the answer of that number. */
function answer(event) {
  const said = !event.ctrlKey && !event.metaKey && /^[1-9]$/.test(event.key) && config.keys && !isTyping(event.target) && !one("dialog[open]")
    && one(`form[data-digits] [data-digit="${event.key}"]`);
  if (said) { event.preventDefault(); said.click(); }
  return Boolean(said);
}

/** In an open menu arrows move, a digit presses the choice with that number, and Enter in a choice sends it off. Says whether that is what was meant. */
function inMenu(event) {
  const pop = event.target.closest?.("details[open] > .pop");
  if (!pop || event.ctrlKey || event.metaKey) return false;
  // A browser opens its list of choices at Enter; here they were typed, and Enter ends it as in every other field.
  if (event.key === "Enter" && event.target.matches("select")) { event.preventDefault(); event.target.form.requestSubmit(one("button[type=submit]", event.target.form)); return true; }
  if (isTyping(event.target)) return false;
  const picked = /^[0-9]$/.test(event.key) && one(`[data-digit="${event.key}"]`, event.target.closest("[data-pick]") ?? event.target);
  if (picked) { event.preventDefault(); picked.click(); return true; }
  const by = { ArrowDown: 1, ArrowUp: -1 }[event.key], chosen = /^[1-9]$/.test(event.key) && all(".act", pop)[event.key - 1];
  if (!by && !chosen) return false;
  event.preventDefault();
  if (chosen) { chosen.click(); return true; }
  const stops = all("button, a, input:not([type=hidden]), select", pop).filter((stop) => stop.checkVisibility() && !stop.disabled);
  stops[(stops.indexOf(event.target) + by + stops.length) % stops.length]?.focus();
  return true;
}

// Chosen, the menu is drawn anew: the hand stays where it is.
document.addEventListener("htmx:after:swap", ({ detail: { ctx } }) => {
  if (ctx.target?.id === "my-presence" && document.activeElement === document.body) one("#my-presence summary")?.focus();
});

function escape(event) {
  const menu = event.target.closest?.("details[open]") ?? one("details.menu[open]");
  if (menu) { menu.open = false; one("summary", menu).focus(); return; }
  const panes = one("#panes");
  if (panes?.dataset.drawer) { delete panes.dataset.drawer; return; }
  if (isTyping(event.target)) { event.target.blur(); return; }
  if (openCase() && config.keys && !one("dialog[open]")) list.back();
}

document.addEventListener("click", (event) => {
  for (const menu of all("details.menu[open]")) if (!menu.contains(event.target)) menu.open = false;
  if (event.target.closest("#scrim, [data-close-drawer]")) delete one("#panes").dataset.drawer;
  const opener = event.target.closest("[data-drawer-open]");
  if (opener && one("#panes")) { event.preventDefault(); drawer(opener.dataset.drawerOpen); }
  const back = event.target.closest("[data-back]");
  if (back) { event.preventDefault(); list.back(); }
});
