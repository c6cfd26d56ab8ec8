import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { open, run, say } from "../page.js";

let find;
beforeEach(async () => {
  ({ find } = await open(`<form id="till-form" data-open-fen="10050">
    <input name="amount" value="100.50"><input name="tendered">
    <input type="radio" name="method" value="cash" checked><input type="radio" name="method" value="card">
    <output data-change></output><p data-ahead hidden><b data-ahead-amount></b></p>
    <div data-part="cash"></div><div data-part="card"></div></form>`));
  await run("heating/counter.js");
});

function type(name, text) {
  const box = find(`[name=${name}]`);
  box.value = text;
  say(box, "input");
}
const change = () => [find("[data-change]").textContent, find("[data-change]").classList.contains("money-owed")];

test("the change is what was handed over less what is paid", () => {
  type("tendered", "200");
  assert.deepEqual(change(), ["99.50", false]);
  type("tendered", "１，２００．００");
  assert.deepEqual(change(), ["1,099.50", false]);
});

test("too little is owed, and what is no amount gives no change", () => {
  type("tendered", "100");
  assert.deepEqual(change(), ["-0.50", true]);
  for (const text of ["", "abc", "100.505", "-5", "1e3"]) {
    type("tendered", text);
    assert.deepEqual(change(), ["", false], text);
  }
});

test("more than is open is paid ahead", () => {
  assert.equal(find("[data-ahead]").hidden, true);
  type("amount", "100.51");
  assert.deepEqual([find("[data-ahead]").hidden, find("[data-ahead-amount]").textContent], [false, "0.01"]);
});

test("only the fields of the chosen way of paying are shown", () => {
  const shown = () => ["cash", "card"].filter((way) => !find(`[data-part=${way}]`).hidden);
  assert.deepEqual(shown(), ["cash"]);
  find("[value=card]").click();
  assert.deepEqual(shown(), ["card"]);
});
