import assert from "node:assert/strict";
import { beforeEach, mock, test } from "node:test";
import { answering, json, open, run, settled } from "../page.js";

let page;
const BOARD = `<form id="board"><b id="ticked" data-words="{n} chosen"></b>
  <div class="board-cluster"><input type="checkbox" data-all>
    <input type="checkbox" name="ticket" value="11:3" data-crew="5"><input type="checkbox" name="ticket" value="12:1" data-crew="6"></div>
  <button type="button" class="crew-button" data-crew="5"></button><button type="button" class="crew-button" data-crew="6"></button></form>
  <p id="board-changed" hidden data-ask="/state" data-mark="m1"></p><p id="board-over" hidden></p>`;
beforeEach(async () => {
  mock.timers.reset();
  mock.timers.enable({ apis: ["setInterval"] });
  page = await open(BOARD);
});
const ticks = () => [...page.document.querySelectorAll("[name=ticket]")].map((box) => box.checked);
const suited = () => [...page.document.querySelectorAll(".suited")].map((button) => button.dataset.crew);

test("a ticked ticket marks the crews that suit it, and all ticks its cluster", async () => {
  await run("complaints/dispatch.js");
  page.find("[value='11:3']").click();
  assert.deepEqual([suited(), page.find("#ticked").textContent, page.find("[data-all]").indeterminate], [["5"], "1 chosen", true]);
  page.find("[data-all]").click();
  assert.deepEqual([ticks(), suited(), page.find("#ticked").textContent], [[true, true], ["5", "6"], "2 chosen"]);
});

test("what is ticked stays ticked on a fresh board, whatever version the ticket has", async () => {
  sessionStorage.setItem("dispatch:ticked", '["11"]');
  await run("complaints/dispatch.js");
  assert.deepEqual(ticks(), [true, false]);
  sessionStorage.setItem("dispatch:ticked", "{");
  await run("complaints/dispatch.js");
  assert.deepEqual(ticks(), [false, false]);
});

async function asked(...answers) {
  const questions = answering(...answers);
  await run("complaints/dispatch.js");
  mock.timers.tick(10_000);
  await settled();
  return questions;
}

test("a change of the board is announced, and then no longer asked for", async () => {
  const questions = await asked(json({ mark: "m2" }));
  assert.equal(page.find("#board-changed").hidden, false);
  mock.timers.tick(10_000);
  assert.equal(questions.length, 1);
});

test("the same board and a dead line announce nothing", async () => {
  const questions = await asked(json({ mark: "m1" }), new TypeError("no line"));
  mock.timers.tick(10_000);
  await settled();
  assert.deepEqual([page.find("#board-changed").hidden, questions.length], [true, 2]);
});

test("who is signed out is told so, once", async () => {
  const questions = await asked(json({}, 403));
  mock.timers.tick(30_000);
  assert.deepEqual([page.find("#board-over").hidden, questions.length], [false, 1]);
});
