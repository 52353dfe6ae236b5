// Grading by keys: 1 to 4 mark the line that has the focus, else the first without a mark; n goes to the next reply.
import { all, config, isTyping, one } from "./page.js";

const lines = () => all("[data-grading] fieldset");
const isMarked = (line) => Boolean(one("input:checked", line));

function mark(digit) {
  const all_ = lines(), here = all_.find((line) => line.contains(document.activeElement));
  const line = here ?? all_.find((other) => !isMarked(other)) ?? all_[0];
  const box = line && all("input", line)[digit - 1];
  if (!box) return false;
  box.checked = true;
  const next = all_[all_.indexOf(line) + 1];
  (next ? one("input:checked", next) ?? one("input", next) : one("[data-grading] textarea"))?.focus();
  return true;
}

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || !config.keys) return;
  if (!one("[data-grading]") || isTyping(event.target) || one("dialog[open]")) return;
  const next = event.key === "n" && one("[data-next]");
  if (next) { event.preventDefault(); next.click(); return; }
  if (/^[1-4]$/.test(event.key) && mark(Number(event.key))) event.preventDefault();
});
