// Steps on their way to the office: in order, each until it is confirmed or returned.
import { steps } from "./store.js";

const page = document.body.dataset;
// A line that has just come back may fail once more: the first tries follow soon.
const SOON = 3_000;
const AT_LEAST_EVERY = 15_000;
const PATIENCE = 120_000;
const listeners = new Set();
let signedOut = false;
let sending = false;
let pause = SOON;
let timer = 0;

export const isSignedOut = () => signedOut;
export const isSending = () => sending;
export const onNews = (listener) => listeners.add(listener);

async function tell(news = {}) {
  for (const listener of listeners) await listener(news);
}

export async function waiting() {
  return (await steps.all()).filter((step) => step.user === page.user);
}

export function newKey() {
  return crypto.randomUUID();
}

// Keeps a step, then tries to send. A returned step of the same form gives its place to this one.
export async function send(step) {
  const others = await waiting();
  const before = others.find((other) => other.visit === step.visit && other.form && other.form === step.form);
  if (before && !before.returned) return before.key;
  const storedStep = { ...step, user: page.user, key: step.key || newKey(), happenedAt: new Date().toISOString() };
  if (before) {
    storedStep.id = before.id;
    storedStep.again = true;
    // What was only worded wrongly happened when it happened.
    if (!["time_ahead", "time_too_early"].includes(before.code)) storedStep.happenedAt = before.happenedAt;
  }
  await steps.put(storedStep);
  await flush();
  return storedStep.key;
}

export async function drop(id) {
  await steps.remove(id);
  await flush();
}

// A returned step holds back what came after it on the same visit; photos wait for nothing, and
// what is sent again after a refusal waits for the photos and signatures it now names.
function next(all) {
  const blockedVisits = new Set();
  for (const step of all) {
    if (isPhoto(step) && !step.returned) return step;
    if (isPhoto(step) || blockedVisits.has(step.visit)) continue;
    if (!step.returned) return (step.again && all.find((other) => isPhoto(other) && other.visit === step.visit && !other.returned)) || step;
    blockedVisits.add(step.visit);
  }
  return null;
}

const isPhoto = (step) => step.verb === "attach_document";

export async function flush() {
  if (navigator.locks) await navigator.locks.request("crew-steps", { ifAvailable: true }, (lock) => (lock ? drain() : tell()));
  else await (sending ? tell() : drain());
}

async function drain() {
  sending = true;
  try {
    for (let step = next(await waiting()); step; step = next(await waiting())) {
      await tell();
      if (!(await deliver(step))) {
        tryAgain();
        break;
      }
      pause = SOON;
    }
  } finally {
    sending = false;
    await tell();
  }
}

function tryAgain() {
  clearTimeout(timer);
  timer = setTimeout(flush, pause);
  pause = Math.min(2 * pause, AT_LEAST_EVERY);
}

async function deliver(step) {
  let answer;
  try {
    answer = await fetch(step.url, {
      method: "POST",
      credentials: "same-origin",
      headers: { "X-CSRFToken": cookie("csrftoken"), Accept: "application/json" },
      body: parcel(step),
      signal: AbortSignal.timeout(PATIENCE),
    });
  } catch {
    return false;
  }
  const words = await answer.json().catch(() => null);
  if (answer.ok && words) {
    signedOut = false;
    await steps.remove(step.id);
    await tell({ done: step, words });
    return true;
  }
  if (answer.status === 401 || (answer.status === 403 && !words)) {
    signedOut = true;
    return false;
  }
  const faulty = answer.status === 413 ? page.large : wouldFailAgain(answer.status) && page.faulty;
  const sentence = words?.sentence || faulty;
  if (!sentence) return false;
  await steps.put({ ...step, returned: sentence, code: words?.code || "" });
  await tell({ returned: step });
  return true;
}

// An office that is away (502 to 504) or asks for patience comes back. A step that it fails at (500)
// or cannot take (400 to 499) would fail again, and would hold back the steps of every other visit.
function wouldFailAgain(status) {
  const asksForPatience = [408, 425, 429].includes(status);
  return status === 500 || (status >= 400 && status < 500 && !asksForPatience);
}

function parcel(step) {
  const body = new FormData();
  for (const [name, value] of Object.entries(step.fields || {})) body.append(name, value);
  body.append("verb", step.verb);
  body.append("key", step.key);
  body.append("happened_at", step.happenedAt);
  body.append("sent_at", new Date().toISOString());
  if (step.file) body.append("file", step.file, step.fileName);
  return body;
}

function cookie(name) {
  const pair = document.cookie.split("; ").find((text) => text.startsWith(`${name}=`));
  return pair ? decodeURIComponent(pair.slice(name.length + 1)) : "";
}

window.addEventListener("online", () => {
  pause = SOON;
  flush();
});
document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && flush());
setInterval(async () => (await waiting()).some((step) => !step.returned) && flush(), AT_LEAST_EVERY);
