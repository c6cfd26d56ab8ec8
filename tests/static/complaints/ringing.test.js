import assert from "node:assert/strict";
import { beforeEach, mock, test } from "node:test";
import { answering, open, run, say, settled } from "../page.js";

let page;
beforeEach(async () => {
  mock.timers.reset();
  mock.timers.enable({ apis: ["setInterval"] });
  page = await open(`<div id="ringing" hidden data-ask="/ringing"><ul id="ringing-calls"></ul><p id="ringing-over" hidden></p></div>
    <form id="intake-form"><textarea></textarea></form>`);
});
async function ringing(...answers) {
  const questions = answering(...answers.map((answer) => () => (typeof answer === "string" ? new Response(answer) : answer)));
  await run("complaints/ringing.js");
  await settled();
  return questions;
}
async function later() {
  mock.timers.tick(5_000);
  await settled();
}

test("a call is shown, and gone when it rings no more", async () => {
  await ringing('<li><a href="/open">13800000001</a></li>', "  ");
  assert.deepEqual([page.find("#ringing").hidden, page.find("a").textContent], [false, "13800000001"]);
  await later();
  assert.deepEqual([page.find("#ringing").hidden, page.find("a")], [true, null]);
});

test("what has not changed is left alone, so that it keeps its focus", async () => {
  await ringing('<li><a href="/open">1</a></li>');
  const link = page.find("a");
  await later();
  assert.equal(page.find("a"), link);
});

test("who is in the middle of a ticket opens the call beside it", async () => {
  await ringing('<li><a href="#open">1</a></li>');
  say(page.find("a"), "click");
  assert.equal(page.find("a").target, "");
  page.find("textarea").value = "卧室不热";
  say(page.find("a"), "click");
  assert.equal(page.find("a").target, "_blank");
});

test("who is signed out is told so and no longer asked for", async () => {
  const questions = await ringing(new Response("", { status: 403 }));
  assert.deepEqual([page.find("#ringing").hidden, page.find("#ringing-over").hidden], [false, false]);
  await later();
  assert.equal(questions.length, 1);
});
