// Push in this browser: asked for by a press, never by itself.
import { config, one } from "./page.js";

const place = one("#push-here");

function say(text) {
  const said = one("[data-push-said]", place);
  one(".w", said).textContent = text;
  said.hidden = false;
}

/** "Firefox on Linux": enough to tell one's own devices apart. */
function named() {
  const agent = navigator.userAgent;
  const browser = ["Edg", "OPR", "Firefox", "Chrome", "Safari"].find((name) => agent.includes(`${name}/`)) ?? "";
  const system = ["Android", "iPhone", "iPad", "Windows", "Mac OS", "CrOS", "Linux"].find((name) => agent.includes(name)) ?? "";
  return [{ Edg: "Edge", OPR: "Opera" }[browser] ?? browser, system].filter(Boolean).join(", ");
}

const bytes = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (letter) => letter.charCodeAt(0));

/** A browser may ask its maker's service for minutes: a person is told after this many seconds. */
const PATIENCE = 15;
const tooLong = () => new Promise((_, refuse) => { setTimeout(refuse, PATIENCE * 1000); });

async function subscription() {
  const worker = await navigator.serviceWorker.ready;
  const wanted = { userVisibleOnly: true, applicationServerKey: bytes(place.dataset.pushKey) };
  const known = await worker.pushManager.getSubscription();
  // One that was made for another installation's key could never be told anything by this one.
  const key = known && new Uint8Array(known.options.applicationServerKey ?? []);
  if (known && key.join() !== wanted.applicationServerKey.join()) await known.unsubscribe();
  return worker.pushManager.subscribe(wanted);
}

async function switchOn(button) {
  button.disabled = true;
  try {
    if (await Notification.requestPermission() !== "granted") { say(place.dataset.denied); return; }
    const made = (await Promise.race([subscription(), tooLong()])).toJSON();
    const answer = await fetch(place.dataset.pushUrl, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-CSRFToken": config.csrf },
      body: JSON.stringify({ endpoint: made.endpoint, keys: made.keys, name: named() }),
    });
    if (answer.ok) { location.reload(); return; }
    say((await answer.json()).error ?? place.dataset.failed);
  } catch {
    say(place.dataset.failed);
  } finally {
    button.disabled = false;
  }
}

if (place) {
  const button = one("[data-push-on]", place);
  const can = "serviceWorker" in navigator && "PushManager" in window && "Notification" in window;
  if (button && !can) say(place.dataset.no);
  button?.addEventListener("click", () => switchOn(button));
  // Until here a press would have done nothing, and said nothing.
  if (button) button.disabled = !can;
}
