// The service worker: static files at once, and a page of our own when there is no connection.
if ("serviceWorker" in navigator && window.isSecureContext) {
  addEventListener("load", () => {
    // Without it everything works as before, so nobody is troubled with a refusal.
    navigator.serviceWorker.register("/sw.js").catch(() => null);
  });
}
