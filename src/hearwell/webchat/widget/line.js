// The line to the house: a session, a queue that outlives page and network, a stream that resumes.
// A message has a key of its own and may be sent again as often as need be: it arrives once.
const FIRST_PAUSE_MS = 1000, LONGEST_PAUSE_MS = 30000, QUIET_MS = 40000, ANSWER_MS = 20000, LONGEST_QUEUE = 50;
const FOR_GOOD = new Set([400, 404, 405, 413, 415]);

/** What the house said no with; `code` is a key of the words. */
export class Refused extends Error {
  constructor(status, code, waitMs) { super(code); Object.assign(this, { status, code, waitMs }); }
}

const uuid = () => crypto.randomUUID?.() ?? "10000000-1000-4000-8000-100000000000".replace(/[018]/g, (c) => (c ^ (crypto.getRandomValues(new Uint8Array(1))[0] & (15 >> (c / 4)))).toString(16));

/** Whom an identity names. The house checks the token; here it only keeps two people's things apart. */
function subject(identity) {
  try { return String(JSON.parse(atob(identity.split(".")[1].replace(/-/g, "+").replace(/_/g, "/"))).sub); } catch { return ""; }
}

/** Storage that may be forbidden or full: then the page's memory has to do. */
class Memory {
  constructor(prefix) { this.prefix = prefix; this.own = new Map(); }
  read(name, otherwise) {
    try { const text = localStorage.getItem(this.prefix + name); return text === null ? this.own.get(name) ?? otherwise : JSON.parse(text); }
    catch { return this.own.get(name) ?? otherwise; }
  }
  write(name, value) {
    this.own.set(name, value);
    try { if (value === null) localStorage.removeItem(this.prefix + name); else localStorage.setItem(this.prefix + name, JSON.stringify(value)); } catch { /* kept above */ }
  }
}

export class Line extends EventTarget {
  constructor(base, { identity }) {
    super();
    this.base = base;
    this.pause = FIRST_PAUSE_MS;
    this.#as(identity);
    this.comes = () => { this.isLost = false; this.#state(); this.pause = FIRST_PAUSE_MS; this.#flushSoon(0); this.#listenSoon(0); };
    this.goes = () => { this.isLost = true; this.#state(); };
    this.stored = (event) => { if (event.key === this.memory.prefix + "queue") this.#changed(); };
    addEventListener("online", this.comes);
    addEventListener("offline", this.goes);
    addEventListener("storage", this.stored);
  }

  #as(identity) {
    this.identity = identity || "";
    this.memory = new Memory(`hearwell:${this.base}:${subject(this.identity)}:`);
    // A person's session is as good as the site's word, which every page brings along.
    this.token = this.identity ? null : this.memory.read("token", null);
    Object.assign(this, { lines: new Map(), seq: 0, seen: 0, visitor: null, title: this.memory.read("title", ""), chosen: [], failed: new Map(), closed: "", isLost: !navigator.onLine, team: { here: false, writing: false } });
  }

  /** Be somebody else from now on: signed in, or out. */
  become(identity) {
    const isActive = Boolean(this.beginning);
    this.stop({ isFinal: false });
    this.#as(identity);
    this.#changed();
    if (isActive) this.begin(); else this.resume();
  }

  stop({ isFinal = true } = {}) {
    clearTimeout(this.flushing);
    clearTimeout(this.listening);
    this.stream?.abort();
    this.stream = this.beginning = null;
    if (!isFinal) return;
    this.isStopped = true;
    removeEventListener("online", this.comes);
    removeEventListener("offline", this.goes);
    removeEventListener("storage", this.stored);
  }

  get wasOpen() { try { return sessionStorage.getItem(`hearwell:${this.base}:open`) === "1"; } catch { return false; } }
  set wasOpen(value) { try { sessionStorage.setItem(`hearwell:${this.base}:open`, value ? "1" : "0"); } catch { /* a page without storage */ } }

  get isAsked() { return this.memory.read("asked", false); }
  set isAsked(value) { this.memory.write("asked", value); }

  /** Nobody knows where to write to them, and they did not decline to say. */
  get canAsk() { return !this.isAsked && Boolean(this.visitor) && !this.visitor.email; }
  /** Something they wrote has no answer yet. */
  get mayAsk() { return this.canAsk && this.shown().at(-1)?.side === "in"; }

  get queue() { return this.memory.read("queue", []); }
  get unread() { return [...this.lines.values()].filter((one) => one.side === "out" && !one.seen && one.seq > this.seen).length; }

  /** Everything there is to see, in order: what was said, then what waits to be sent. */
  shown() {
    const known = new Set([...this.lines.values()].map((one) => one.key));
    const said = [...this.lines.values()].sort((a, b) => a.seq - b.seq).map((one) => ({ ...one, key: one.key || one.id, state: "sent" }));
    const waiting = this.queue.filter((one) => !known.has(one.id)).map((one) => ({ key: one.id, side: "in", text: one.text, files: one.files, at: one.at, state: this.failed.has(one.id) ? "failed" : "queued", error: this.failed.get(one.id) }));
    return [...said, ...waiting];
  }

  /** Go on where another page stopped: only if there is something to go on with. */
  resume() { if (this.token || this.queue.length) this.begin(); }

  begin() {
    if (this.beginning || this.isStopped) return this.beginning;
    this.beginning = this.#begin();
    return this.beginning;
  }

  async #begin() {
    const { memory } = this; // another one belongs to somebody else
    try {
      if (!this.visitor) await this.#enter();
      const { lines } = await this.#call("lines");
      if (memory !== this.memory) return;
      this.#take(lines);
      this.#found();
      this.#listen();
      this.#flush();
    } catch (error) {
      if (memory !== this.memory) return;
      this.beginning = null;
      this.#trouble(error, () => this.begin());
    }
  }

  async #enter() {
    const { memory } = this;
    const told = await this.#call("session", { identity: this.identity, token: this.token ?? "" }, { isOpen: true });
    if (memory !== this.memory) throw new Refused(0, "noLine");
    this.token = told.token;
    this.title = told.title;
    Object.assign(this, { wait: told.wait, waitAt: Date.now() });
    this.memory.write("title", told.title);
    if (!this.identity) this.memory.write("token", told.token);
    // Another visitor than before: what stands there is not theirs.
    if (this.visitor && this.visitor.id !== told.visitor.id) { this.lines.clear(); this.seq = 0; }
    this.visitor = told.visitor;
    this.#changed();
  }

  // --- writing ----------------------------------------------------------------------------------

  /** Say something, with the files that were chosen; alone: they stay for what comes after it. */
  say(text, { isAlone = false } = {}) {
    const page = location.href.slice(0, 2000);
    const item = { id: uuid(), text, files: isAlone ? [] : this.chosen, page, at: new Date().toISOString() };
    if (!isAlone) this.chosen = [];
    this.memory.write("queue", [...this.queue, item].slice(-LONGEST_QUEUE));
    this.#changed();
    this.begin();
    this.#flushSoon(0);
  }

  again(key) { this.failed.delete(key); this.#changed(); this.#flushSoon(0); }

  drop(key) { this.failed.delete(key); this.#unqueue(key); this.#changed(); }

  #unqueue(key) { this.memory.write("queue", this.queue.filter((one) => one.id !== key)); }

  #flushSoon(wait) { clearTimeout(this.flushing); this.flushing = setTimeout(() => this.#flush(), wait); }

  async #flush() {
    if (this.isFlushing || !this.visitor || this.isStopped) return;
    this.isFlushing = true;
    const { memory } = this;
    try {
      for (let next; (next = this.queue.find((one) => !this.failed.has(one.id))); ) {
        try {
          const { line } = await this.#call("messages", { id: next.id, text: next.text, page: next.page, files: next.files.map((file) => file.id) });
          if (memory !== this.memory) return; // it stays in the queue of who wrote it, and is sent once
          this.#unqueue(next.id);
          this.#take([line]);
          this.#found();
        } catch (error) {
          if (!(error instanceof Refused && FOR_GOOD.has(error.status))) throw error;
          this.failed.set(next.id, error.code);
          this.#changed();
        }
      }
    } catch (error) { if (memory === this.memory) this.#trouble(error, () => this.#flush()); }
    finally {
      this.isFlushing = false;
      if (memory !== this.memory) this.#flushSoon(0);
    }
  }

  typing(on) { if (this.visitor && !this.isLost) this.#call("typing", { on }).catch(() => null); }

  async introduce(facts) { this.visitor = (await this.#call("introduction", facts)).visitor; this.#changed(); }

  // --- files ------------------------------------------------------------------------------------

  async upload(file) {
    if (file.size > 10 * 1024 * 1024) throw new Refused(413, "too_large");
    await this.begin();
    if (!this.visitor) throw new Refused(0, "noLine");
    const { file: kept } = await this.#call(`files?name=${encodeURIComponent(file.name)}`, file, { isRaw: true });
    this.chosen = [...this.chosen, kept].slice(-10);
    this.#changed();
  }

  unchoose(id) { this.chosen = this.chosen.filter((file) => file.id !== id); this.#changed(); }

  async download(id) { return (await this.#fetch(`files/${id}`)).blob(); }

  // --- reading ----------------------------------------------------------------------------------

  #take(lines) {
    for (const line of lines) {
      this.lines.set(line.id, line);
      this.seq = Math.max(this.seq, line.seq);
    }
    if (lines.length) this.#changed();
  }

  /** What stands before the visitor's eyes is seen. */
  see() {
    const last = Math.max(0, ...[...this.lines.values()].filter((one) => one.side === "out" && !one.seen).map((one) => one.seq));
    if (!this.visitor || last <= this.seen) return;
    const before = this.seen;
    this.seen = last;
    this.#call("seen", { seq: last }).catch(() => { this.seen = before; });
  }

  #listenSoon(wait) {
    clearTimeout(this.listening);
    if (this.visitor && !this.isStopped) this.listening = setTimeout(() => this.#listen(), wait);
  }

  async #listen() {
    this.stream?.abort();
    const stream = (this.stream = new AbortController());
    let quiet;
    const heard = () => { clearTimeout(quiet); quiet = setTimeout(() => stream.abort(), QUIET_MS); };
    try {
      heard();
      const answer = await this.#fetch(`stream?after=${this.seq}`, { signal: stream.signal });
      const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
      this.#found();
      let rest = "";
      for (let chunk; !(chunk = await reader.read()).done; ) {
        heard();
        const events = (rest + chunk.value).split("\n\n");
        rest = events.pop();
        events.forEach((event) => this.#hear(event));
      }
      this.#listenSoon(this.pause); // ended politely: the house restarts
    } catch (error) {
      if (this.stream === stream) this.#trouble(error, () => this.#listen());
    } finally { clearTimeout(quiet); }
  }

  #hear(event) {
    const name = /^event: (.*)$/m.exec(event)?.[1], data = /^data: (.*)$/m.exec(event)?.[1];
    if (!name || !data) return;
    if (name === "lines") this.#take(JSON.parse(data).lines);
    if (name === "team") { this.team = JSON.parse(data); this.#state(); }
  }

  // --- calls ------------------------------------------------------------------------------------

  async #call(what, body, { isRaw = false, isOpen = false } = {}) {
    const options = body === undefined ? {} : isRaw ? { method: "POST", body, signal: AbortSignal.timeout(120000) } : { method: "POST", body: JSON.stringify(body), type: "application/json" };
    return (await this.#fetch(what, { ...options, isOpen })).json();
  }

  async #fetch(what, { type, isOpen = false, isAgain = false, ...options } = {}) {
    const headers = {};
    if (type) headers["Content-Type"] = type;
    if (this.token && !isOpen) headers.Authorization = `Bearer ${this.token}`;
    const answer = await fetch(this.base + what, { signal: what.startsWith("stream") ? undefined : AbortSignal.timeout(ANSWER_MS), ...options, headers, credentials: "omit", cache: "no-store", referrerPolicy: "no-referrer" });
    if (answer.ok) return answer;
    const told = await answer.json().catch(() => ({}));
    // The session is over, or the house has forgotten an old chat: come in anew, once.
    if (answer.status === 401 && !isOpen && !isAgain) {
      await this.#enter();
      return this.#fetch(what, { type, isAgain: true, ...options });
    }
    throw new Refused(answer.status, told.error ?? "noLine", 1000 * (told.retry_after_s ?? Number(answer.headers.get("Retry-After") ?? 0)));
  }

  /** Try again later, slower each time; what will never succeed is not tried again. */
  #trouble(error, again) {
    if (this.isStopped) return;
    const isFinal = error instanceof Refused && (error.status === 403 || error.status === 404 || error.status === 401);
    this.isLost = !isFinal && !(error instanceof Refused && error.status === 429);
    this.closed = isFinal ? (error.status === 401 ? "expired" : "no_chat") : "";
    this.#state();
    if (isFinal) return;
    const wait = Math.max(error.waitMs ?? 0, this.pause * (0.5 + Math.random()));
    this.pause = Math.min(LONGEST_PAUSE_MS, this.pause * 2);
    setTimeout(() => { if (!this.isStopped) again(); }, wait);
  }

  #found() { this.pause = FIRST_PAUSE_MS; this.closed = ""; if (this.isLost) { this.isLost = false; this.#state(); } }
  #changed() { this.dispatchEvent(new Event("change")); }
  #state() { this.dispatchEvent(new Event("state")); }
}
