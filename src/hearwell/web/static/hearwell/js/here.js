// Signs of life: whoever does something in a page is here. Without them one counts as away after a
// while, so that no customer waits for an empty chair (docs/how-to/route-work.md).
import { all, config, one, post, say } from "./page.js";

const SIGNS = ["pointerdown", "keydown", "scroll", "touchstart"], EVERY_MS = 30000;
let told = -Infinity;

async function tell() {
  if (!config.here || document.hidden || performance.now() - told < EVERY_MS) return;
  told = performance.now();
  try {
    const answer = await post(config.here, new URLSearchParams());
    if (answer.ok) show(await answer.json());
  } catch { told = -Infinity; } // no connection: the next sign tells
}

/** Everywhere the page says what one is oneself. */
function show({ presence }) {
  const words = say(presence);
  for (const place of all("[data-my-presence]")) {
    if (place.dataset.myPresence === presence) continue;
    place.dataset.myPresence = presence;
    const text = one(".w", place);
    if (text) text.textContent = words;
    if (place.ariaLabel) place.ariaLabel = say("youAre", { presence: words });
    for (const choice of all("button[value]", place.parentElement)) choice.setAttribute("aria-pressed", String(choice.value === presence));
  }
}

for (const sign of SIGNS) document.addEventListener(sign, tell, { capture: true, passive: true });
document.addEventListener("visibilitychange", tell);
tell();

/** A colleague has come or gone. */
export function colleague({ user, presence }) {
  for (const place of all(`[data-presence-of="${CSS.escape(user)}"]`)) {
    place.dataset.presence = presence;
    if (one(".w", place)) one(".w", place).textContent = say(presence);
  }
  if (user === config.user) show({ presence });
}
