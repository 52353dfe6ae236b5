// A reply on its way to the server: one at a time, never lost, never twice, never shown in another case.
import { all, announce, config, flash, one, openCase, say, warning } from "./page.js";
import { askSession, lose, lostTime, signOut } from "./line.js";
import { forget, isFresh, isOnTheWay, keep, reload, save, saveSoon, stopSaving, whenSaved } from "./drafts.js";

const VISIT = /^\/c\/([0-9a-f-]{36})\/$/, ACT = /^\/c\/([0-9a-f-]{36})\//;
const TIME_OUT_MS = 20000;
const asked = new WeakMap();
let flight = null;

/** The reply whose request has no answer yet: { isNote, done }, where `done` tells how it ended. */
export const inFlight = () => flight;

const pathOf = (ctx) => new URL(ctx.request.action, location.href).pathname;
const isQuiet = (ctx) => ctx.quiet || ctx.sourceElement.hasAttribute("data-quiet");
const plain = (text) => text.replaceAll("\r\n", "\n");

document.addEventListener("submit", (event) => {
  if (event.target.id === "composer" && flight) { event.preventDefault(); event.stopImmediatePropagation(); }
}, true);

document.addEventListener("htmx:config:request", ({ detail: { ctx } }) => { ctx.request.timeout ??= `${TIME_OUT_MS}ms`; });

document.addEventListener("htmx:before:request", ({ detail: { ctx } }) => {
  const path = pathOf(ctx), isVisit = ctx.request.method === "GET" && VISIT.test(path);
  asked.set(ctx, { isVisit, case: ACT.exec(path)?.[1] ?? openCase(), at: Date.now() });
  if (isVisit) afterItsWords(ctx, asked.get(ctx).case);
  if (ctx.sourceElement.id === "composer") takeOff(ctx);
});

/** A case that was just left is read when the server has its last words, or they would be missing. */
function afterItsWords(ctx, id) {
  if (!isOnTheWay(id)) return;
  const { fetch } = ctx;
  ctx.fetch = async (...request) => { await whenSaved(id); return fetch.apply(ctx, request); };
}

function takeOff(ctx) {
  stopSaving();
  for (const button of all("button[type=submit]", one("#composer"))) button.setAttribute("aria-busy", "true");
  const fields = ctx.request.body;
  let end;
  const done = new Promise((resolve) => { end = resolve; });
  flight = {
    ctx, end, done,
    case: openCase(), url: one("#composer").dataset.draftUrl, name: one("#case-head bdi")?.textContent ?? "",
    key: fields.get("key"), audience: fields.get("audience"), text: plain(fields.get("text") ?? ""), isSolving: fields.get("solve") === "1",
    isNote: fields.get("audience") === "team", ended: null, typed: null,
  };
}

// --- the answer --------------------------------------------------------------------------------

document.addEventListener("htmx:before:response", (event) => {
  const { ctx } = event.detail, { raw } = ctx.response;
  if (!raw.redirected || new URL(raw.url).pathname !== config.login) return;
  event.preventDefault(); // the sign-in page is no part of this one
  signOut();
  if (flight?.ctx === ctx) flight.ended = { kind: "out" };
});

document.addEventListener("htmx:before:swap", ({ detail: { ctx, tasks } }) => {
  const was = asked.get(ctx), work = one("#work");
  if (!was || !work) return;
  const isInWork = (task) => task.target instanceof Element && (work.contains(task.target) || !task.target.isConnected);
  if (!was.isVisit && was.case !== openCase()) {
    // Another case was opened meanwhile: this answer is about the one before.
    for (const task of tasks.filter(isInWork)) tasks.splice(tasks.indexOf(task), 1);
  } else if (flight?.ctx === ctx) {
    flight.typed = plain(one("#ed")?.value ?? "");
  } else if (tasks.some((task) => task.target === work)) save();
});

document.addEventListener("htmx:after:swap", ({ detail: { ctx } }) => {
  if (ctx.target?.id !== "work") return;
  isFresh();
  if (flight?.ctx === ctx && openCase() === flight.case) goOn();
});

/** What was typed while the reply was on its way stays in the composer. */
function goOn() {
  const { text, typed, ctx } = flight, field = one("#ed");
  if (!field || typed === null || typed === text) return;
  field.value = ctx.response.status < 400 && typed.startsWith(text) ? typed.slice(text.length).trimStart() : typed;
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

document.addEventListener("hw:sent", ({ detail }) => {
  if (!flight) return;
  flight.ended = { kind: "sent", delivery: detail.delivery };
  if (flight.isNote) announce(say("noteKept"));
});
document.addEventListener("hw:stopped", ({ detail }) => { if (flight) flight.ended = { kind: "stopped", said: detail.said }; });

document.addEventListener("htmx:error", ({ detail: { ctx, error } }) => {
  const was = ctx && asked.get(ctx);
  if (!was || ctx.response) return;
  if (error?.name === "AbortError" && Date.now() - was.at < TIME_OUT_MS - 500) return; // a later press took its place
  lose(new Date(), { atOnce: true });
  if (flight?.ctx === ctx) flight.ended = { kind: "lost" };
  else if (!isQuiet(ctx)) flash(say(ctx.request.method === "GET" ? "offlineRead" : "offlineAct"), { isBad: true });
});

document.addEventListener("htmx:response:error", ({ detail: { ctx } }) => {
  const { status } = ctx.response;
  if (status === 409 || status === 422) return;
  if (status === 403) askSession();
  if (flight?.ctx === ctx) flight.ended = { kind: "failed", status };
  else if (!isQuiet(ctx)) flash(say(ctx.request.method === "GET" ? "failedRead" : "failed"), { isBad: true });
});

document.addEventListener("htmx:finally:request", ({ detail: { ctx } }) => {
  if (flight?.ctx !== ctx) return;
  const landed = flight, ended = landed.ended ?? { kind: "failed", status: 0 };
  flight = null;
  for (const button of all("#composer [aria-busy]")) button.removeAttribute("aria-busy");
  settle(landed, ended);
  landed.end(ended);
});

function settle(landed, ended) {
  const isOpen = openCase() === landed.case;
  if (ended.kind === "sent" || ended.kind === "stopped") forget(landed.key); // the server has the text
  if (ended.kind === "stopped" && !isOpen) flash(`${landed.name}: ${ended.said}`, { isBad: true, lasts: 60000, link: linkTo(landed) });
  if (["sent", "stopped"].includes(ended.kind)) return;
  const { case: id, url, name, key, audience, text, isSolving } = landed;
  keep({ case: id, url, name, key, audience, text, isSolving, wasSent: true });
  if (isOpen) stop(landed, wordsFor(ended));
  else flash(`${landed.name}: ${wordsFor(ended)}`, { isBad: true, lasts: 60000, link: linkTo(landed) });
  if (ended.kind === "failed") saveSoon();
}

const linkTo = (item) => ({ url: `/c/${item.case}/?as=${item.audience}`, text: say("openIt") });

function wordsFor(ended) {
  if (ended.kind === "lost") return say("sendLost", { time: lostTime() });
  if (ended.kind === "out" || ended.status === 403) return say("sendOut");
  return say("sendFailed", { code: ended.status || "" });
}

// --- what did not go out stays in the composer, with a button ------------------------------------

/** Say in the composer why it was not sent, and offer to send it: the same form, so never twice. */
function stop(item, words) {
  const place = one("#composer-stop");
  if (!place) return;
  const box = document.createElement("div"), text = document.createElement("span"), title = document.createElement("b"), button = document.createElement("button");
  box.className = "banner warn stop";
  box.id = "stop";
  box.setAttribute("role", "alert");
  box.tabIndex = -1;
  text.className = "grow";
  title.textContent = say("notSent");
  text.append(title, ` ${words}`);
  button.className = "btn sm";
  button.type = "button";
  button.textContent = say("sendNow");
  button.addEventListener("click", () => {
    const wanted = item.isSolving ? one("#send-solve") : one(`#composer [data-send="${item.audience}"]`);
    one(`#composer input[name=audience][value="${item.audience}"]`).checked = true;
    one("#composer").requestSubmit(wanted);
  });
  box.append(...warning(), text, button);
  place.replaceChildren(box);
}

document.addEventListener("hw:offer", ({ detail }) => { stop(detail, say("offerHere")); announce(say("offerHere")); });

// A draft came too late: this very form was sent, from another window or before the line was lost.
document.addEventListener("hw:was-sent", async ({ detail }) => {
  if (flight || one("#composer")?.elements.key.value !== detail.key) return;
  const text = one("#ed").value.trim();
  await reload(detail);
  const isThere = [...document.querySelectorAll("#thread .msg.out .b, #thread .msg.note .b")].some((body) => body.textContent.trim().startsWith(text));
  if (!isThere && openCase() === detail.case) { one("#ed").value = text; one("#ed").dispatchEvent(new Event("input", { bubbles: true })); }
  flash(say("wasSent"));
});
