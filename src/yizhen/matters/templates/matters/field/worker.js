// Keeps the shell of the field page and its files, so that it opens without a network. Nothing else is ever kept.
"use strict";
const SETTINGS = {{ settings|safe }};
const PREFIX = "yizhen-field-";
const CACHE = PREFIX + SETTINGS.version;
const PAGE = SETTINGS.files[0];
const PATIENCE = 4000; // milliseconds before a slow network counts as none

self.addEventListener("install", function (event) {
  event.waitUntil(caches.open(CACHE).then(function (cache) {
    return cache.addAll(SETTINGS.files.map(function (address) { return new Request(address, { cache: "reload" }); }));
  }).then(function () { return self.skipWaiting(); }));
});

self.addEventListener("activate", function (event) {
  event.waitUntil(caches.keys().then(function (names) {
    return Promise.all(names.filter(function (name) { return name.startsWith(PREFIX) && name !== CACHE; })
      .map(function (name) { return caches.delete(name); }));
  }).then(function () { return self.clients.claim(); }));
});

function kept(request) {
  return caches.open(CACHE).then(function (cache) { return cache.match(request, { ignoreVary: true }); });
}

// A sign-in page of a wireless network answers too: only the page itself, unredirected, counts as an answer.
function freshPage(request) {
  const late = new Promise(function (_resolve, reject) { setTimeout(reject, PATIENCE); });
  return Promise.race([fetch(request), late]).then(function (response) {
    if (!response.ok || response.redirected) throw new Error("not our page");
    return response;
  });
}

self.addEventListener("fetch", function (event) {
  const address = new URL(event.request.url);
  if (event.request.method !== "GET" || address.origin !== self.location.origin) return;
  if (address.pathname === PAGE) {
    event.respondWith(freshPage(event.request).catch(function () {
      return kept(PAGE).then(function (found) { return found || fetch(event.request); });
    }));
  } else if (SETTINGS.files.includes(address.pathname + address.search)) {
    event.respondWith(kept(event.request).then(function (found) { return found || fetch(event.request); }));
  }
});
