import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { open, run, say } from "../page.js";

let find;
beforeEach(async () => {
  ({ find } = await open(`<form id="intake-form">
    <input type="radio" name="kind" value="repair" checked><input type="radio" name="kind" value="complaint">
    <label data-kinds="repair"><input type="radio" name="subject" value="leak" checked></label>
    <label data-kinds="complaint"><input type="radio" name="subject" value="bill"></label>
    <select name="channel"><option value="hotline" selected></option><option value="letter"></option></select>
    <p data-channels="letter"><input name="received"></p>
    <div id="neighbours"><input type="radio" name="main" value="">
      <label data-fault="repair leak"><input type="radio" name="main" value="7"></label></div>
    <button id="open-ticket" type="submit"></button></form>`));
  await run("heating/intake.js");
});
const choose = (query) => find(query).click();

test("what belongs to another kind is hidden, not sent and no longer chosen", () => {
  choose("[value=complaint]");
  assert.deepEqual([find("[value=leak]").disabled, find("[value=leak]").checked], [true, false]);
  assert.deepEqual([find("[value=bill]").disabled, find("[data-kinds=complaint]").hidden], [false, false]);
});

test("the fields of a letter come with the letter", () => {
  assert.equal(find("[name=received]").disabled, true);
  find("select").value = "letter";
  say(find("select"), "change");
  assert.deepEqual([find("[name=received]").disabled, find("[data-channels]").hidden], [false, false]);
});

test("a neighbour's ticket is offered for the same fault only, and let go with it", () => {
  assert.equal(find("#neighbours").hidden, false);
  choose("[name=main][value='7']");
  choose("[value=complaint]");
  assert.deepEqual([find("#neighbours").hidden, find("[name=main][value='']").checked], [true, true]);
  assert.equal(find("[name=main][value='7']").disabled, true);
});
