// Ctrl+K: commands, cases and people in one list. It shows the key of each, and so teaches it.
import { Listbox } from "./listbox.js";
import { all, config, one, say } from "./page.js";

const USED = "hw-palette-used";
let asked = 0;
const box = () => one("#palette");
const used = () => { try { return JSON.parse(localStorage.getItem(USED) ?? "{}"); } catch { return {}; } };

let run = () => {};

/** `runner(id, url)` does what is chosen; handed in, so that the modules form no circle (a circle cannot get hashed names). */
export function openPalette(runner) {
  run = runner;
  const palette = box();
  if (!palette || palette.open) return;
  palette.showModal();
  const input = one("#palette-input");
  input.value = "";
  filter("");
  input.focus();
}

/** Letters in order; a run at the start of a word counts most. */
function score(text, wanted) {
  const at = text.toLowerCase().indexOf(wanted);
  if (at >= 0) return 100 - at;
  let from = 0;
  for (const letter of wanted) { from = text.toLowerCase().indexOf(letter, from) + 1; if (!from) return 0; }
  return 10;
}

function filter(text) {
  const wanted = text.trim().toLowerCase(), counts = used(), list = one("#palette-list");
  const options = all("[data-command]", list);
  const ranked = options.map((o) => [o, wanted ? score(one("span", o).textContent, wanted) : 1, counts[o.dataset.command] ?? 0]);
  for (const [option, fit] of ranked) option.hidden = fit === 0;
  ranked.sort((a, b) => b[1] + Math.min(20, b[2]) - a[1] - Math.min(20, a[2]));
  for (const [option] of ranked) list.append(option);
  all("[data-found], .none", list).forEach((o) => o.remove());
  choices.select(0);
  if (wanted.length > 1) find(wanted);
}

async function find(wanted) {
  const turn = ++asked;
  const answer = await fetch(`${box().dataset.url}?q=${encodeURIComponent(wanted)}`, { headers: { Accept: "application/json" } }).catch(() => null);
  if (!answer?.ok || turn !== asked) return;
  const list = one("#palette-list");
  for (const hit of (await answer.json()).hits) {
    const option = document.createElement("li");
    option.setAttribute("role", "option");
    option.id = `found-${hit.id}`;
    option.dataset.found = hit.url;
    const words = document.createElement("span");
    words.textContent = hit.title;
    const more = document.createElement("span");
    more.className = "mut xs trunc";
    more.textContent = hit.text;
    option.append(words, more);
    list.append(option);
  }
  if (!choices.options.length) { const none = document.createElement("li"); none.className = "none"; none.textContent = say("noMatch"); list.append(none); }
  choices.select();
}

function act(option) {
  if (option.dataset.found) { location.assign(option.dataset.found); return; }
  const id = option.dataset.command, counts = used();
  counts[id] = (counts[id] ?? 0) + 1;
  try { localStorage.setItem(USED, JSON.stringify(counts)); } catch { /* a full or closed store only costs the ranking */ }
  run(id, config.commands.find((c) => c.id === id)?.url);
}

const palette = box();
const choices = palette && new Listbox(palette, one("#palette-input"), one("#palette-list"), act);
palette?.addEventListener("input", (event) => filter(event.target.value));
