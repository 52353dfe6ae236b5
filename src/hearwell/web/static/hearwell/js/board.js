// A page that everybody may leave open: asks for itself again, shows what changed, and says when it could not.
const EVERY_MS = 20000;
const line = document.querySelector("#live-line"), words = document.querySelector("#live-words");
const asOf = words?.textContent;

async function ask() {
  if (document.hidden) return;
  const answer = await fetch(location.href, { headers: { Accept: "text/html" }, cache: "no-cache" }).catch(() => null);
  if (answer && (answer.status === 404 || answer.status === 410)) { location.reload(); return; }
  if (!answer?.ok) {
    if (words) words.textContent = line.dataset.late;
    line?.classList.add("c-late");
    return;
  }
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  const next = fresh.querySelector("#live-part"), now = document.querySelector("#live-part");
  if (next && now && !next.isEqualNode(now)) now.replaceChildren(...document.importNode(next, true).childNodes);
  const at = fresh.querySelector("#live-at");
  if (at) document.querySelector("#live-at").replaceChildren(...document.importNode(at, true).childNodes);
  if (words) words.textContent = asOf;
  line?.classList.remove("c-late");
}

setInterval(ask, EVERY_MS);
document.addEventListener("visibilitychange", ask);
