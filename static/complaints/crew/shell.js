// What every page of the phone does: the line at the bottom, and copies of pages for a dead line.
import { flush, isSending, isSignedOut, onNews, waiting } from "./queue.js";

const page = document.body.dataset;
const PAGES = "crew-pages";
const line = document.getElementById("line");
const now = document.getElementById("line-now");
const signIn = document.getElementById("line-sign-in");

async function show() {
  const all = await waiting();
  const returned = all.filter((step) => step.returned).length;
  const left = all.length - returned;
  const state = left ? (isSending() ? "sending" : "waiting") : returned ? "returned" : "sent";
  line.dataset.state = isSignedOut() && left ? "signed-out" : state;
  const words = { sending: page.sending, waiting: page.waiting, returned: page.returned, sent: page.sent };
  const text = isSignedOut() && left ? page.signedOut : words[state].replace("{n}", left || returned);
  document.getElementById("line-text").textContent = text;
  now.hidden = state !== "waiting" || isSignedOut();
  signIn.hidden = !(isSignedOut() && left);
}

export function complain(text) {
  const notice = document.getElementById("notice");
  notice.textContent = text;
  notice.hidden = !text;
  if (text) notice.scrollIntoView({ block: "nearest" });
}

// Puts a copy of the page into the phone, if it is really that page and not the sign-in.
export async function remember(address) {
  try {
    const copy = await fetch(address, { credentials: "same-origin" });
    if (copy.ok && !copy.redirected) await (await caches.open(PAGES)).put(address, copy);
  } catch {
    // The line is away: the older copy stays.
  }
}

async function prepare() {
  if (!("serviceWorker" in navigator) || !window.caches) return;
  // Another person's pages are not shown to this one.
  if (localStorage.getItem("crew:user") !== page.user) {
    await caches.delete(PAGES);
    localStorage.setItem("crew:user", page.user);
  }
  const controlled = navigator.serviceWorker.controller;
  await navigator.serviceWorker.register(page.worker, { scope: page.home });
  await navigator.serviceWorker.ready;
  if (!controlled) await remember(location.pathname);
  document.body.dataset.ready = "yes";
}

now.addEventListener("click", flush);
document.getElementById("sign-out")?.addEventListener("submit", async (event) => {
  event.preventDefault();
  if ((await waiting()).length) return complain(page.leave);
  if (window.caches) await caches.delete(PAGES);
  event.target.submit();
});

onNews(show);
show();
flush();
prepare().catch(() => {});
