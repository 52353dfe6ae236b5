// A skeleton, but only of a list that is not there yet, and only when it takes longer than 300 ms;
// forms that ask before they act.
import { one } from "./page.js";

let timer = 0;
document.addEventListener("htmx:before:request", ({ detail: { ctx } }) => {
  if (ctx.target?.id !== "list" || one("#cases")) return;
  clearTimeout(timer);
  timer = setTimeout(() => one("#list-scroll")?.classList.add("loading-late"), 300);
});
document.addEventListener("htmx:finally:request", ({ detail: { ctx } }) => {
  if (ctx.target?.id !== "list") return;
  clearTimeout(timer);
  one("#list-scroll")?.classList.remove("loading-late");
});

document.addEventListener("submit", (event) => {
  const question = event.target.dataset?.ask;
  if (question && !window.confirm(question)) { event.preventDefault(); event.stopImmediatePropagation(); }
}, true);

// The password can be shown while it is typed.
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-show-password]");
  if (!button) return;
  const field = one(`#${button.dataset.showPassword}`);
  field.type = field.type === "password" ? "text" : "password";
  button.setAttribute("aria-pressed", String(field.type === "text"));
});

// Why a label was given is fetched each time somebody asks, and anew when the case has changed below it.
// `spot` names the group of choices to stand on; without one, it is where the hand was.
async function told(place, spot) {
  const menu = place.closest("details"), held = spot ?? document.activeElement?.closest("[data-pick]")?.dataset.pick;
  await window.htmx.ajax("GET", place.dataset.why, { target: place, swap: "innerHTML" });
  const group = held && menu.open && one(`[data-pick="${held}"]`, menu);
  if (group) (one('[aria-pressed="true"]', group) ?? one("button", group)).focus();
}

document.addEventListener("toggle", (event) => {
  const place = event.target.open && one("[data-why]", event.target), spot = event.target.spot;
  delete event.target.spot;
  if (place) told(place, spot);
}, true);

document.addEventListener("htmx:after:swap", ({ detail: { ctx } }) => {
  const place = ctx.target?.id === "work" && one("details[open] [data-why]");
  if (place) told(place);
});

// What is open stays open when live values are morphed in: a menu under the hand, an older version
// being read. A menu closes when its form is sent.
window.htmx?.registerExtension("keep-open", {
  htmx_before_morph_attr: (element, detail) => !(element.tagName === "DETAILS" && detail.attrName === "open"),
});
document.addEventListener("submit", (event) => {
  const menu = event.target.closest("details.menu[open]");
  if (menu) menu.open = false;
});
