// The line at the bottom of the repairer's phone, and the copies of pages for a dead line.
import "fake-indexeddb/auto";
import assert from "node:assert/strict";
import { beforeEach, mock, test } from "node:test";
import { answering, json, open, say, until } from "../../page.js";

mock.timers.enable({ apis: ["setInterval", "setTimeout"] });
const WORDS = { sending: "sending {n}", waiting: "{n} left", returned: "{n} back", sent: "all sent", signedOut: "signed out", leave: "not yet" };
const page = await open(
  `<div id="line"><b id="line-text"></b><button id="line-now"></button><a id="line-sign-in"></a></div><p id="notice"></p>
   <form id="sign-out"></form>`,
  { ...WORDS, user: "7" },
);
page.find("#notice").scrollIntoView = () => {};
const pages = new Map();
globalThis.window.caches = globalThis.caches = { open: async () => ({ put: async (address, answer) => pages.set(address, await answer.text()) }), delete: async () => pages.clear() };
answering(json({}));
const shell = await import("../../../../static/complaints/crew/shell.js");
const queue = await import("../../../../static/complaints/crew/queue.js");
const { steps } = await import("../../../../static/complaints/crew/store.js");
const step = (verb) => ({ visit: "1", url: "/crew/1/steps", verb, form: verb, fields: {} });
const line = () => [page.find("#line").dataset.state, page.find("#line-text").textContent, !page.find("#line-now").hidden, !page.find("#line-sign-in").hidden];

beforeEach(async () => {
  for (const kept of await steps.all()) await steps.remove(kept.id);
  pages.clear();
  answering(json({ progress: "accepted" }));
  await queue.flush();
});

test("nothing is left: all is sent", () => {
  assert.deepEqual(line(), ["sent", "all sent", false, false]);
});

test("what waits is counted and can be sent at once", async () => {
  answering(new TypeError("no line"));
  await queue.send(step("accept_assignment"));
  await queue.send(step("depart"));
  assert.deepEqual(line(), ["waiting", "2 left", true, false]);
  answering(json({ progress: "departed" }));
  say(page.find("#line-now"), "click");
  await until(() => line()[0] === "sent");
  assert.deepEqual(line(), ["sent", "all sent", false, false]);
});

test("what came back is counted", async () => {
  answering(json({ sentence: "wrong order", code: "wrong_state" }, 409));
  await queue.send(step("depart"));
  assert.deepEqual(line(), ["returned", "1 back", false, false]);
});

test("who is signed out is asked to sign in, and only while something waits", async () => {
  answering(json({}, 401));
  await queue.send(step("depart"));
  assert.deepEqual(line(), ["signed-out", "signed out", false, true]);
});

test("nobody leaves with something unsent", async () => {
  let left = 0;
  page.find("#sign-out").submit = () => left++;
  answering(new TypeError("no line"));
  await queue.send(step("depart"));
  say(page.find("#sign-out"), "submit");
  await until(() => page.find("#notice").textContent);
  assert.deepEqual([left, page.find("#notice").textContent, page.find("#notice").hidden], [0, "not yet", false]);
  answering(json({ progress: "departed" }));
  await queue.flush();
  pages.set("/crew/", "old");
  say(page.find("#sign-out"), "submit");
  await until(() => left);
  assert.deepEqual([left, pages.size], [1, 0]);
});

test("a page is copied; the sign-in in its place, a fault and a dead line are not", async () => {
  const other = new Response("sign in");
  Object.defineProperty(other, "redirected", { value: true });
  answering(new Response("the visit"), () => other, new Response("fault", { status: 500 }), new TypeError("no line"));
  for (const address of ["/crew/visits/1/", "/crew/visits/2/", "/crew/visits/3/", "/crew/visits/4/"]) await shell.remember(address);
  assert.deepEqual([...pages], [["/crew/visits/1/", "the visit"]]);
});
