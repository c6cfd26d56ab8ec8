// A page without a browser: scripts meet the document of jsdom where the browser's would be.
import { JSDOM } from "jsdom";

const NAMES = ["document", "location", "localStorage", "sessionStorage", "navigator", "history", "CustomEvent", "Event", "MutationObserver", "getComputedStyle"];
let runs = 0;

// Lays out a page; `data` is what the server writes on its body.
export async function open(html, data = {}, address = "http://127.0.0.1/") {
  const { window } = new JSDOM(`<body>${html}</body>`, { url: address, pretendToBeVisual: true });
  await new Promise((resolve) => window.addEventListener("load", resolve));
  Object.assign(window.document.body.dataset, data);
  const went = [];
  const location = {
    href: address,
    pathname: new URL(address).pathname,
    search: new URL(address).search,
    assign: (to) => went.push(to),
    replace: (to) => went.push(to),
    reload: () => went.push("reload"),
  };
  const put = (name, value) => Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
  for (const name of NAMES) put(name, window[name]);
  put("location", location);
  put("window", new Proxy(window, {
    get: (target, name) => {
      if (name === "location") return location;
      const value = target[name];
      return typeof value === "function" && !value.prototype ? value.bind(target) : value;
    },
  }));
  return { document: window.document, went, find: (query) => window.document.querySelector(query) };
}

// Runs a script of static/ anew, as a page that has just been loaded does.
export const run = (path) => import(`../../static/${path}?run=${runs++}`);

// Answers laid out beforehand; what was asked is kept in `asked`. A function decides when asked.
export function answering(...answers) {
  const asked = [];
  globalThis.fetch = async (address, options = {}) => {
    asked.push({ address, ...options });
    const next = answers.length > 1 ? answers.shift() : answers[0];
    if (typeof next !== "function" && !(next instanceof Error)) return next.clone();
    const answer = next instanceof Error ? next : next(address, options);
    if (answer instanceof Error) throw answer;
    return answer;
  };
  return asked;
}

export const json = (words, status = 200) => new Response(JSON.stringify(words), { status });

export function say(node, type, detail = {}) {
  const event = new Event(type, { bubbles: true, cancelable: true });
  for (const [name, value] of Object.entries(detail)) Object.defineProperty(event, name, { value });
  node.dispatchEvent(event);
  return event;
}

// Lets everything happen that waits for nothing but its turn.
export async function settled() {
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
}

// Waits until something is so; a test that waits for what never comes fails.
export async function until(holds) {
  for (let turn = 0; turn < 5_000; turn++) {
    if (holds()) return;
    await new Promise((resolve) => setImmediate(resolve));
  }
  throw new Error(`never came to be: ${holds}`);
}
