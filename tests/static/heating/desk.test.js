import assert from "node:assert/strict";
import { beforeEach, mock, test } from "node:test";
import { answering, json, open, run, say, settled } from "../page.js";

mock.timers.enable({ apis: ["setTimeout"] });
let page;
beforeEach(async () => {
  page = await open(`<form data-once><button type="submit">go</button></form>
    <details class="ask" open><p></p></details>
    <input data-enter="search"><button id="search"></button>
    <div data-poll="/job" data-every="500"><progress max="100" value="0"></progress><b data-share></b></div>`);
  await run("heating/desk.js");
});

test("a form is sent once, and again after coming back", () => {
  const form = page.find("form");
  assert.equal(say(form, "submit").defaultPrevented, false);
  mock.timers.tick(0);
  assert.equal(page.find("button").disabled, true);
  assert.equal(say(form, "submit").defaultPrevented, true);
  say(globalThis.window, "pageshow");
  assert.equal(page.find("button").disabled, false);
  assert.equal(say(form, "submit").defaultPrevented, false);
});

test("Escape and a click elsewhere close what was asked", () => {
  const details = page.find("details");
  say(details.querySelector("p"), "click");
  assert.equal(details.open, true);
  say(page.document.body, "click");
  assert.equal(details.open, false);
  details.open = true;
  say(page.document, "keydown", { key: "Escape" });
  assert.equal(details.open, false);
});

test("Enter presses the button the box names, but not while Chinese is being composed", () => {
  let pressed = 0;
  page.find("#search").addEventListener("click", () => pressed++);
  say(page.find("[data-enter]"), "keydown", { key: "Enter", isComposing: true });
  assert.equal(pressed, 0);
  assert.equal(say(page.find("[data-enter]"), "keydown", { key: "Enter" }).defaultPrevented, true);
  assert.equal(pressed, 1);
});

test("a job is asked after until it has ended, whatever the line does", async () => {
  const asked = answering(json({ percent: 40, state: "running" }), new TypeError("no line"), json({ percent: 100, state: "done" }));
  say(page.document, "DOMContentLoaded");
  const tick = async () => {
    mock.timers.tick(500);
    await settled();
  };
  await tick();
  assert.deepEqual([page.find("progress").value, page.find("[data-share]").textContent], [40, "40 %"]);
  await tick();
  assert.deepEqual(page.went, []);
  await tick();
  assert.deepEqual([page.went, asked.length, asked[0].address], [["reload"], 3, "/job"]);
  await tick();
  assert.equal(asked.length, 3);
});

test("a job that leads somewhere leads there", async () => {
  answering(json({ percent: 100, state: "done", go: "/admin/receipt/" }));
  say(page.document, "DOMContentLoaded");
  mock.timers.tick(500);
  await settled();
  assert.deepEqual(page.went, ["/admin/receipt/"]);
});
