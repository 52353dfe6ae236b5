// Undo: a ring and a number. The server holds the reply; this only counts and asks.
import { all, announce, one, openCase, say } from "./page.js";
import { serverNow } from "./clocks.js";

function tick() {
  for (const toast of all("[data-undo]")) {
    const left = Number(toast.dataset.until) - serverNow(), span = Number(toast.dataset.span) || 10;
    one(".w", toast).textContent = Math.max(0, Math.ceil(left));
    one("circle + circle", toast)?.setAttribute("stroke-dasharray", `${Math.max(0, Math.min(100, (left / span) * 100))} 100`);
    if (left <= 0) {
      one("button", toast)?.setAttribute("disabled", "");
      if (left < -1 && !toast.matches(":hover, :focus-within")) toast.remove();
    }
  }
  setTimeout(tick, 250);
}
tick();

/** The reply sent last is the one meant. */
export const undo = () => all("[data-undo] button:not(:disabled)").at(-1)?.click();

// The server says by an event header that the reply was taken back; its text is a draft again.
document.addEventListener("hw:undone", (event) => {
  const { delivery, case: id } = event.detail ?? {};
  one(`[data-undo="${CSS.escape(delivery ?? "")}"]`)?.remove();
  announce(say("undone"));
  if (id && id === openCase()) window.htmx.ajax("GET", `/c/${id}/`, { target: "#work", swap: "innerHTML" });
});
