// Keeps the scanner's pages and what they are drawn with, so that one that is loaded again in a dead spot is still there: asked of the network first, and only where there is none of what was kept.
"use strict";
const KEPT = "scanner";
const MOST = 120;
const SLOW = 5000; // a page that does not come is taken from what was kept
const PAGE = /^\/scan\/(run\/[^/]+\/)?$/;
const DRAWN = ["style", "script", "font", "image"];

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (e) => e.waitUntil(self.clients.claim()));

const keep = async (request, answer) => {
  const box = await caches.open(KEPT);
  await box.put(request, answer);
  for (const old of (await box.keys()).slice(0, -MOST)) await box.delete(old);
};

const late = () => new Promise((_, fail) => setTimeout(() => fail(new Error("late")), SLOW));

const answer = async (request) => {
  const kept = await (await caches.open(KEPT)).match(request);
  try {
    const fresh = await (kept ? Promise.race([fetch(request), late()]) : fetch(request));
    if (fresh.ok && !fresh.redirected) await keep(request, fresh.clone());
    else if (request.mode === "navigate" && fresh.status < 500) await caches.delete(KEPT); // signed out, or the task is over: nothing of it stays on the device
    return fresh;
  } catch (error) {
    if (kept) return kept;
    throw error;
  }
};

self.addEventListener("fetch", (e) => {
  const url = new URL(e.request.url);
  if (e.request.method !== "GET" || url.origin !== location.origin) return;
  if (PAGE.test(url.pathname) || DRAWN.includes(e.request.destination)) e.respondWith(answer(e.request));
});

// a page that was there before this worker asks for what it was drawn with
self.addEventListener("message", (e) => e.waitUntil(caches.open(KEPT).then((box) => box.addAll(e.data))));
