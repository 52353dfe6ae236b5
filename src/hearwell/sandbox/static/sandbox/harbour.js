// Harbour's pages live without a reload: what is new is put in its place, what a person is using
// is left alone. Everything works without this file, too.

const EVERY_MS = 2000;

/** Put the items of `fresh` into `list`: new ones in order, changed ones replaced, by data-key. */
function merge(list, fresh) {
  let before = null;
  for (const item of [...fresh.children]) {
    const known = [...list.children].find((child) => child.dataset.key === item.dataset.key);
    if (!known) {
      item.classList.add("new");
      before ? before.after(item) : list.prepend(item);
      before = item;
      continue;
    }
    renew(known, item);
    before = known;
  }
}

/** Renew one item: itself if it carries a version, else its parts. */
function renew(known, item) {
  if (known.dataset.version !== undefined) {
    const isInUse = known.contains(document.activeElement) || known.querySelector(".edit");
    if (known.dataset.version !== item.dataset.version && !isInUse) known.replaceWith(item);
    return;
  }
  const [old, now] = [known, item].map((one) => one.querySelector(":scope > [data-version]"));
  if (old && now) renew(old, now);
  const [oldList, nowList] = [known, item].map((one) => one.querySelector(":scope > [data-items]"));
  if (oldList && nowList) merge(oldList, nowList);
}

async function follow(list) {
  let seen = null;
  for (;;) {
    await new Promise((done) => setTimeout(done, EVERY_MS));
    if (document.hidden) continue;
    try {
      const answer = await fetch(list.dataset.live, { headers: { "X-Requested-With": "fetch" } });
      if (!answer.ok) continue;
      const text = await answer.text();
      if (text === seen) continue;
      seen = text;
      const parsed = new DOMParser().parseFromString(`<ol>${text}</ol>`, "text/html");
      merge(list, parsed.querySelector("ol"));
    } catch {
      // The connection will come back; the next look finds out.
    }
  }
}

async function count(place) {
  const pill = place.querySelector(".pill");
  for (;;) {
    await new Promise((done) => setTimeout(done, EVERY_MS));
    if (document.hidden) continue;
    try {
      const answer = await fetch(place.dataset.fresh);
      if (!answer.ok) continue;
      const { new: number } = await answer.json();
      pill.hidden = number === 0;
      const words = number === 1 ? pill.dataset.one : `${number} ${pill.dataset.many}`;
      if (pill.textContent !== words) pill.textContent = words;
    } catch {
      // As above.
    }
  }
}

document.querySelectorAll("[data-live]").forEach(follow);
document.querySelectorAll("[data-fresh]").forEach(count);
