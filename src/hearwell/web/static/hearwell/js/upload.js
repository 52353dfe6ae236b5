// A form with a large file: how much of it is sent, how fast, how long it takes.
import { duration } from "./clocks.js";
import { all, flash, one, say } from "./page.js";

const MB = 1024 * 1024, SECOND = 1000;
const DESCRIBED = ["aria-invalid", "aria-describedby"];

const busy = (form, is) => {
  one("[data-upload-shown]", form).hidden = !is;
  for (const button of all("button", form)) button.disabled = is;
};

function fail(form, word) {
  busy(form, false);
  flash(say(word), true);
}

/** Leave the chosen file in the form that came back: no script could choose it again. */
function keepFile(form, answer) {
  const chosen = one("input[type=file]", form), fresh = one("input[type=file]", answer);
  for (const name of DESCRIBED) {
    if (fresh.hasAttribute(name)) chosen.setAttribute(name, fresh.getAttribute(name));
    else chosen.removeAttribute(name);
  }
  fresh.replaceWith(chosen);
  return chosen;
}

/** Go where the answer leads, or show the same form with what is wrong. */
function arrive(form, request) {
  if (request.status < 400) {
    window.location.assign(request.responseURL);
    return;
  }
  const card = form.closest("section");
  const answer = new DOMParser().parseFromString(request.responseText, "text/html").getElementById(card.id);
  if (!answer) {
    fail(form, "failed");
    return;
  }
  const chosen = keepFile(form, answer);
  card.replaceWith(answer);
  (one("[aria-invalid]", answer) ?? chosen).focus();
}

function send(form) {
  const request = new XMLHttpRequest(), begun = Date.now(), body = new FormData(form);
  const bar = one("progress", form), words = one("[data-upload-words]", form);
  busy(form, true);
  request.upload.addEventListener("progress", ({ loaded, total }) => {
    const rate = loaded / Math.max((Date.now() - begun) / SECOND, 0.001);
    bar.value = (100 * loaded) / total;
    words.textContent = say("sending", {
      percent: `${Math.floor(bar.value)} %`, rate: (rate / MB).toFixed(1), time: duration((total - loaded) / rate),
    });
  });
  request.upload.addEventListener("load", () => {
    bar.removeAttribute("value");
    words.textContent = say("checking");
  });
  request.addEventListener("load", () => arrive(form, request));
  request.addEventListener("error", () => fail(form, "interrupted"));
  request.open("POST", form.action);
  request.send(body);
}

document.addEventListener("submit", (event) => {
  if (!event.target.matches?.("form[data-upload]") || event.defaultPrevented) return;
  event.preventDefault();
  send(event.target);
});
