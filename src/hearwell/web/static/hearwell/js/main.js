// Everything here improves pages that already work as plain links and forms.
import "./clocks.js";
import "./line.js";
import "./drafts.js";
import "./sending.js";
import "./composer.js";
import "./list.js";
import "./toasts.js";
import "./views.js";
import "./palette.js";
import "./saved.js";
import "./keys.js";
import "./keyfields.js";
import "./live.js";
import "./here.js";
import "./loading.js";
import "./upload.js";
import "./pictures.js";
import "./files.js";
import "./install.js";
import "./push.js";
import "./grading.js";

// Led here to read one reply: its button is under the hand.
if (/^#r-[0-9a-f-]+$/.test(location.hash)) document.querySelector(`${location.hash} [data-approve]`)?.focus();

// A row of tabs that is wider than the screen begins where one is.
document.querySelector(".side-narrow [aria-current]")?.scrollIntoView({ inline: "center", block: "nearest" });
