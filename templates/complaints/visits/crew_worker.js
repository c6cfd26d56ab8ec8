{% load static %}// Copies of the repairer's pages for a dead line. Steps are never sent from here.
"use strict";

const SHELL = "crew-shell-3";
const PAGES = "crew-pages";
const STATIC = "{% get_static_prefix %}";
const FILES = [
  "{% static "heating/customer.css" %}",
  "{% static "heating/icon.svg" %}",
  "{% static "complaints/crew/crew.css" %}",
  "{% static "complaints/crew/visit.js" %}",
  "{% static "complaints/crew/visits.js" %}",
  `${STATIC}idb/idb.js`,
  ...["store", "queue", "shell", "photos", "signature", "measure"].map((name) => `${STATIC}complaints/crew/${name}.js`),
];
const PATIENCE = 8000;

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(SHELL).then((shell) => shell.addAll(FILES)).then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  const drop = (names) => names.filter((name) => name.startsWith("crew-shell-") && name !== SHELL).map((name) => caches.delete(name));
  event.waitUntil(caches.keys().then((names) => Promise.all(drop(names))).then(() => self.clients.claim()));
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const address = new URL(request.url);
  if (request.method !== "GET" || address.origin !== self.location.origin) return;
  if (address.pathname.startsWith(STATIC)) event.respondWith(fresh(request, SHELL, address.pathname));
  else if (address.pathname.startsWith("/crew/") && address.pathname !== self.location.pathname) {
    event.respondWith(fresh(request, PAGES, address.pathname));
  }
});

// What the line brings in time, else the copy; a page that led elsewhere is not copied.
async function fresh(request, name, path) {
  const asked = fetch(request).then(async (answer) => {
    if (answer.ok && !answer.redirected) await (await caches.open(name)).put(path, answer.clone());
    return answer;
  });
  const late = new Promise((_, refuse) => setTimeout(refuse, PATIENCE));
  try {
    return await Promise.race([asked, late]);
  } catch {
    return (await caches.match(path, { ignoreVary: true })) || asked;
  }
}
