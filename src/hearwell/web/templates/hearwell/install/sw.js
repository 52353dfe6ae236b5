// The service worker. It keeps static files, whose names change with their content, and one page that
// says that there is no connection. Pages and data are never kept: what is private stays on the server.
const CACHE = `hearwell-${KNOWN.version}`;
const MOST = 200;

self.addEventListener("install", (event) => {
  event.waitUntil((async () => {
    const cache = await caches.open(CACHE);
    // Not from the browser's own store, and without cookies: it is the page for everybody.
    await Promise.all([KNOWN.offline, ...KNOWN.files].map(async (url) => {
      const answer = await fetch(url, { cache: "reload", credentials: "omit" });
      if (answer.ok) await cache.put(url, answer);
    }));
    await self.skipWaiting();
  })());
});

self.addEventListener("activate", (event) => {
  event.waitUntil((async () => {
    const names = await caches.keys();
    await Promise.all(names.filter((name) => name.startsWith("hearwell-") && name !== CACHE).map((name) => caches.delete(name)));
    await self.clients.claim();
  })());
});

self.addEventListener("fetch", (event) => {
  const { request } = event, url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin) return;
  if (url.pathname.startsWith("/static/")) event.respondWith(kept(request));
  else if (request.mode === "navigate") event.respondWith(fetch(request).catch(() => away()));
});

/** A static file: as it was kept, else from the server, and kept if its name says what is in it. */
async function kept(request) {
  const cache = await caches.open(CACHE);
  const known = await cache.match(request);
  if (known) return known;
  const answer = await fetch(request);
  if (answer.ok && answer.type === "basic" && (answer.headers.get("Cache-Control") ?? "").includes("immutable")) {
    const names = await cache.keys();
    if (names.length < MOST) await cache.put(request, answer.clone());
  }
  return answer;
}

async function away() {
  const page = await caches.match(KNOWN.offline);
  return page ?? Response.error();
}

/** What we are told; the words are made by the server, and only this browser could read them. */
self.addEventListener("push", (event) => {
  let told = null;
  try { told = event.data?.json(); } catch { /* not ours: nothing is shown that was not meant */ }
  if (!told?.title) return;
  const { title, body, tag, url } = told;
  event.waitUntil(self.registration.showNotification(title, { body, tag, icon: KNOWN.icon, badge: KNOWN.badge, data: { url } }));
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  const wanted = new URL(event.notification.data?.url ?? "/", self.location.origin);
  if (wanted.origin !== self.location.origin) return;
  event.waitUntil((async () => {
    const open = await self.clients.matchAll({ type: "window" });
    const same = open.find((client) => new URL(client.url).pathname === wanted.pathname);
    // A page in which somebody may be writing is never led elsewhere.
    await (same ? same.focus() : self.clients.openWindow(wanted.href));
  })());
});
