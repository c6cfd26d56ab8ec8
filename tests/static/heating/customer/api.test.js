import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { answering, json, open, run, settled } from "../../page.js";

let api;
let page;
beforeEach(async () => {
  page = await open('<p id="notice" hidden></p><button></button>', { offline: "no line", signIn: "/my/sign-in" }, "http://127.0.0.1/my/");
  page.document.head.innerHTML = '<meta name="csrf" content="abc">';
  page.find("#notice").scrollIntoView = () => {};
  api = await run("heating/customer/api.js");
});

test("yuan are written with their fen", () => {
  assert.deepEqual([0, 5, 100, 123456789, -50].map(api.yuan), ["0.00", "0.05", "1.00", "1,234,567.89", "-0.50"]);
});

test("a call carries the token and gives what was answered", async () => {
  const asked = answering(json({ page: 1 }), new Response(null, { status: 204 }));
  assert.deepEqual(await api.call("POST", "/bills", { a: 1 }, { "Idempotency-Key": "k" }), { page: 1 });
  assert.deepEqual(
    [asked[0].address, asked[0].body, asked[0].headers["X-CSRFToken"], asked[0].headers["Idempotency-Key"]],
    ["/api/v1/bills", '{"a":1}', "abc", "k"],
  );
  assert.equal(await api.call("DELETE", "/sign-in"), null);
});

test("a refusal, a dead line and a broken answer are problems with a sentence", async () => {
  answering(json({ status: 409, code: "paid", detail: "already paid" }, 409), new TypeError("no line"), new Response("<html>", { status: 502 }));
  await assert.rejects(api.call("GET", "/bills"), (problem) => problem.message === "already paid" && problem.details.code === "paid");
  await assert.rejects(api.call("GET", "/bills"), (problem) => problem.message === "no line" && problem.details.status === 0);
  await assert.rejects(api.call("GET", "/bills"), (problem) => problem.message === "no line" && problem.details.status === 502);
});

test("who is signed out goes to sign in and comes back", async () => {
  answering(json({}, 401));
  api.call("GET", "/bills");
  await settled();
  assert.deepEqual([page.went, sessionStorage.getItem("next")], [["/my/sign-in"], "/my/"]);
});

test("a button works once at a time and says what went wrong", async () => {
  const button = page.find("button");
  let finish;
  let runs = 0;
  const work = () => new Promise((resolve, refuse) => { runs++; finish = () => refuse(new Error("no")); });
  const first = api.busily(button, work);
  await api.busily(button, work);
  assert.deepEqual([runs, button.disabled], [1, true]);
  finish();
  await first;
  assert.deepEqual([button.disabled, page.find("#notice").hidden, page.find("#notice").textContent], [false, false, "no"]);
});
