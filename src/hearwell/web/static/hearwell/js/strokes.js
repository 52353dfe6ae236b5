// A press of a key, written as hearwell.web.keyboard writes it: "j", "Shift+A", "Mod+K", "?".
export const isMac = /Mac|iP/.test(navigator.platform);
export const SEQUENCE_MS = 1500; // between the two strokes of "g i"
const HOLDS = new Set(["Shift", "Control", "Alt", "Meta", "AltGraph", "CapsLock", "Dead", "Process", "Unidentified"]);

/** What is pressed; empty for a key that is only held. Capitals by CapsLock are no capitals. */
export function strokeOf(event) {
  if (HOLDS.has(event.key) || (isMac ? event.ctrlKey : event.metaKey)) return "";
  const isMod = isMac ? event.metaKey : event.ctrlKey, key = event.key === " " ? "Space" : event.key;
  const isLetter = /^[a-z]$/i.test(key), hasShift = event.shiftKey && (isLetter || key.length > 1);
  const name = isLetter ? (isMod || hasShift ? key.toUpperCase() : key.toLowerCase()) : key;
  return `${isMod ? "Mod+" : ""}${hasShift ? "Shift+" : ""}${name}`;
}

/** The Latin letter on a key of another script: its keys work where nothing else is said of them. */
export function latinOf(event) {
  const place = /^Key([A-Z])$/.exec(event.code ?? "");
  if (!place || !/^\p{L}$/u.test(event.key) || /^[a-z]$/i.test(event.key)) return "";
  return strokeOf({ key: place[1], ctrlKey: event.ctrlKey, metaKey: event.metaKey, shiftKey: event.shiftKey });
}

/** As people read it. */
export const shown = (stroke) => stroke.replace("Mod+", isMac ? "Cmd+" : "Ctrl+");
