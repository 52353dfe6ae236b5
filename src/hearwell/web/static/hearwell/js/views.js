// Saved views: their counts follow the live counts, seldom and only while somebody looks. Filters leave short addresses.
import { all, one } from "./page.js";

const EVERY_MS = 15000; // one statement on the server for all of a person's views
let asked = 0, timer = null;

/** The counts of the queues changed: those of the views may have. */
export function recount() {
  if (timer || !one('[data-count^="view:"]')) return;
  timer = setTimeout(async () => {
    timer = null;
    if (document.hidden) return;
    asked = performance.now();
    const answer = await fetch("/inbox/views/counts/", { headers: { Accept: "application/json" } }).catch(() => null);
    if (!answer?.ok || answer.redirected) return;
    const { counts } = await answer.json();
    for (const place of all('[data-count^="view:"]')) place.textContent = counts[place.dataset.count] ?? "";
  }, Math.max(500, asked + EVERY_MS - performance.now()));
}

document.addEventListener("visibilitychange", () => { if (!document.hidden) recount(); });

// What was left open says nothing in an address.
document.addEventListener("submit", ({ target }) => {
  if (!target.matches("form[data-lean]")) return;
  const empty = all("select, input", target).filter((field) => field.name && !field.value && !field.disabled);
  for (const field of empty) field.disabled = true;
  setTimeout(() => { for (const field of empty) field.disabled = false; });
});
