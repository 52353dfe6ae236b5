// My keys: a field takes the key that is pressed in it. Without this script one writes it down.
import { one } from "./page.js";
import { SEQUENCE_MS, shown, strokeOf } from "./strokes.js";

// What a field of a form needs for itself, and what nobody can take from the browser.
const PASSING = new Set(["Tab", "Shift+Tab", "Escape", "Enter"]);
let first = null; // { field, stroke, at }

document.addEventListener("keydown", (event) => {
  const field = event.target.closest?.("[data-key-field]");
  if (!field || event.isComposing || event.altKey) return;
  const stroke = strokeOf(event);
  if (!stroke) return;
  event.stopPropagation(); // no command is meant here
  if (PASSING.has(stroke)) return;
  event.preventDefault();
  if (stroke === "Backspace" || stroke === "Delete") { set(field, ""); first = null; return; }
  const now = performance.now(), isSecond = first?.field === field && now - first.at < SEQUENCE_MS && !`${first.stroke}${stroke}`.includes("Mod+");
  set(field, isSecond ? `${first.stroke} ${stroke}` : shown(stroke));
  first = isSecond ? null : { field, stroke, at: now };
}, true);

function set(field, value) {
  field.value = value;
  field.removeAttribute("aria-invalid");
  const reset = one("button[name=reset]", field.parentElement);
  if (reset) reset.disabled = false;
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

document.addEventListener("focusin", (event) => { if (event.target.matches?.("[data-key-field]")) event.target.select(); });
