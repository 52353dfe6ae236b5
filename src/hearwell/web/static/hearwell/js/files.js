// Files that go along: chosen, dropped or pasted, they are with the server at once. Plain form fields otherwise.
import { all, announce, config, flash, one, say } from "./page.js";
import { audience, isFresh } from "./drafts.js";
import { count } from "./composer.js";

const LONGEST_MS = 180000, WAIT_MS = 900;
const PART = "text/html; part=files";
let waiting = Promise.resolve(), underWay = 0, timer = 0;

const form = () => one("#composer");
const place = () => one("#composer-files");
/** What can be attached to now: the chooser of the readers that are set. */
const chooser = () => (form() ? one(`.attach.${audience()} input[type=file]`, form()) : null);
export const isUploading = () => underWay > 0;

/** One after the other, so that an older answer is never drawn over a newer one. */
function queue(work) {
  underWay += 1;
  const done = waiting.then(work).catch(() => flash(say("filesFailed"), { isBad: true })).finally(() => { underWay -= 1; });
  waiting = done;
  return done;
}

/** What the form holds of the files, sent to the server; its answer is all of them as they stand. */
async function send(key, add = {}) {
  const composer = form();
  if (!composer || composer.elements.key.value !== key) return;
  const body = new FormData();
  body.set("key", key);
  body.set("audience", audience());
  body.set("text", one("#ed").value);
  for (const field of all("[name^=alt-]", composer)) body.set(field.name, field.value);
  for (const file of add.files ?? []) body.append("files", file, file.name || say("pastedName"));
  if (add.remove) body.set("remove", add.remove);
  const headers = { "X-CSRFToken": config.csrf, Accept: PART };
  const answer = await fetch(composer.dataset.filesUrl, { method: "POST", credentials: "same-origin", headers, body, signal: AbortSignal.timeout(LONGEST_MS) });
  if (answer.redirected || !answer.ok) throw new Error(String(answer.status));
  draw(await answer.text(), key, body);
}

function draw(text, key, sent) {
  if (form()?.elements.key.value !== key) return; // another case was opened meanwhile
  const fresh = new DOMParser().parseFromString(text, "text/html").getElementById("composer-files");
  if (!fresh) return;
  const held = document.activeElement, name = held?.name, spot = held?.selectionStart;
  // What was typed while the answer was on its way stands.
  for (const field of all("textarea[name^=alt-]", place())) {
    const same = one(`[name="${field.name}"]`, fresh);
    if (same && field.value !== sent.get(field.name)) same.value = field.value;
  }
  place().replaceWith(fresh);
  const again = name?.startsWith("alt-") ? one(`[name="${name}"]`, fresh) : null;
  if (again) { again.focus(); again.setSelectionRange(spot, spot); }
  count();
  isFresh();
}

function add(list) {
  const files = [...list], key = form()?.elements.key.value;
  if (!files.length || !key) return;
  const state = one("#files-state");
  if (state) state.textContent = say("filesSending", { n: files.length });
  queue(async () => {
    await send(key, { files });
    announce(say("filesThere", { n: all(".going-file").length }));
    one(".going-file:last-child textarea")?.focus();
  }).finally(() => { const now = one("#files-state"); if (now) now.textContent = ""; });
}

document.addEventListener("change", (event) => {
  const field = event.target;
  if (field.matches?.("#composer input[type=file]")) {
    add(field.files);
    field.value = ""; // the server has them: the form must not send them a second time
  } else if (field.name === "audience" && field.closest("#composer")) askAnew();
});

/** What is wrong with them depends on who will read. */
function askAnew() {
  const key = form()?.elements.key.value;
  if (key && one(".going-file")) queue(() => send(key));
}
document.addEventListener("hw:readers", askAnew);

document.addEventListener("click", (event) => {
  const button = event.target.closest?.("#composer [data-remove]");
  if (!button) return;
  event.preventDefault();
  const key = form().elements.key.value, next = button.closest("li").nextElementSibling ?? button.closest("li").previousElementSibling;
  const then = next?.dataset.file;
  queue(async () => {
    await send(key, { remove: button.dataset.remove });
    (then ? one(`[data-remove="${then}"]`) : chooser() ?? one("#ed"))?.focus();
  });
});

document.addEventListener("input", (event) => {
  if (!event.target.matches?.("#composer [name^=alt-]")) return;
  clearTimeout(timer);
  const key = form().elements.key.value;
  timer = setTimeout(() => queue(() => send(key)), WAIT_MS);
});

// --- dropped and pasted -------------------------------------------------------------------------

const carried = (event) => [...(event.dataTransfer?.types ?? [])].includes("Files");

document.addEventListener("dragover", (event) => {
  if (!carried(event) || !form()) return;
  event.preventDefault(); // or the browser would open the file and leave the page
  const isOver = Boolean(event.target.closest?.("#composer")) && Boolean(chooser());
  event.dataTransfer.dropEffect = isOver ? "copy" : "none";
  form().classList.toggle("dropping", isOver);
});
document.addEventListener("dragleave", (event) => { if (!event.relatedTarget?.closest?.("#composer")) form()?.classList.remove("dropping"); });
document.addEventListener("drop", (event) => {
  if (!carried(event) || !form()) return;
  event.preventDefault();
  form().classList.remove("dropping");
  if (!event.target.closest?.("#composer")) return;
  if (chooser()) add(event.dataTransfer.files);
  else flash(say("filesNotHere"), { isBad: true });
});

document.addEventListener("paste", (event) => {
  const files = event.clipboardData?.files ?? [];
  if (!files.length || !event.target.closest?.("#composer")) return;
  event.preventDefault();
  if (chooser()) add(files);
  else flash(say("filesNotHere"), { isBad: true });
});

// --- and sent -----------------------------------------------------------------------------------

// Send was pressed while a file was on its way up: it goes when that is there.
document.addEventListener("submit", (event) => {
  if (event.target.id !== "composer") return;
  clearTimeout(timer); // the form brings the descriptions itself
  if (!isUploading()) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  const key = event.target.elements.key.value, { submitter } = event, name = submitter?.dataset.send, isSolving = submitter?.id === "send-solve";
  announce(say("filesWait"));
  waiting.then(() => {
    const composer = form();
    if (composer?.elements.key.value !== key) return;
    composer.requestSubmit(isSolving ? one("#send-solve", composer) : one(`[data-send="${name ?? audience()}"]`, composer));
  });
}, true);
