// A picture that is not there yet is asked for again; one that never comes leaves its words.
const AGAIN_MS = [2000, 6000, 20000];

function miss(target) {
  const link = target.closest?.("a.pic");
  if (!link || target.tagName !== "IMG") return;
  const tries = Number(target.dataset.tries || 0);
  link.classList.add("missing");
  if (tries >= AGAIN_MS.length) return;
  target.dataset.tries = tries + 1;
  setTimeout(() => { target.src = `${link.getAttribute("href")}?try=${tries + 1}`; }, AGAIN_MS[tries]);
}

document.addEventListener("error", ({ target }) => miss(target), true);
// Those that failed before this ran.
for (const image of document.querySelectorAll("a.pic img")) if (image.complete && !image.naturalWidth && image.currentSrc) miss(image);

document.addEventListener("load", ({ target }) => {
  if (target.tagName === "IMG") target.closest("a.pic")?.classList.remove("missing");
}, true);
