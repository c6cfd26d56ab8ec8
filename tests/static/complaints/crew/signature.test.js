// Signatures and measurements at the door: what counts as signed, what is missing, what is sent.
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { open, run, say } from "../../page.js";

const drawn = [];
const pen = {
  clearRect: () => drawn.splice(0),
  beginPath() {}, stroke() {}, fillRect() {}, fillText: (text) => drawn.push(text),
  moveTo: (...point) => drawn.push(point),
  lineTo: (...point) => drawn.push(point),
  measureText: (text) => ({ width: 100 * text.length }),
};
const PAD = '<canvas id="tester-pad" width="900" height="300"></canvas><canvas id="customer-pad" width="900" height="300"></canvas>';
let page;
let kept;
let changes;

beforeEach(async () => {
  page = await open(`${PAD}<form id="measure" data-title="test" data-tester="tester" data-customer="customer" data-outside="outside"><input name="room1"></form>
    <p id="measure-missing" hidden></p><p id="measure-half" hidden></p><p id="measure-done" hidden></p>`, { user: "7" });
  const canvas = globalThis.window.HTMLCanvasElement.prototype;
  canvas.getContext = () => pen;
  canvas.setPointerCapture = () => {};
  canvas.toBlob = (done) => done("picture");
  canvas.getBoundingClientRect = () => ({ left: 10, top: 20, width: 300, height: 100 });
  kept = (await run("complaints/crew/store.js")).drafts("7", "1");
  changes = 0;
  drawn.splice(0);
});

const pad = async (id = "tester-pad") => new (await run("complaints/crew/signature.js")).Pad(page.find(`#${id}`), kept, () => changes++);
function draw(id, ...points) {
  const canvas = page.find(`#${id}`);
  points.forEach(([clientX, clientY], at) => say(canvas, at ? "pointermove" : "pointerdown", { clientX, clientY, pointerId: 1 }));
  say(canvas, "pointerup");
}

test("a tap is no signature, a stroke is", async () => {
  const tester = await pad();
  draw("tester-pad", [160, 70]);
  assert.equal(tester.empty, true);
  draw("tester-pad", [10, 20], [310, 120]);
  assert.deepEqual([tester.empty, changes], [false, 2]);
});

test("strokes are shares of the pad, whatever its size, and stay inside it", async () => {
  const tester = await pad();
  draw("tester-pad", [160, 70], [999, -5]);
  assert.deepEqual(tester.strokes, [[[0.5, 0.5], [1, 0]]]);
  assert.deepEqual(drawn, [[450, 150], [900, 0]]);
});

test("a reloaded page shows the signature again, a cleared one does not", async () => {
  await pad();
  draw("tester-pad", [10, 20], [310, 120]);
  const again = await pad();
  assert.deepEqual(again.strokes, [[[0, 0], [1, 1]]]);
  again.clear();
  assert.deepEqual([again.empty, (await pad()).empty], [true, true]);
});

test("above the signature stands what was signed, broken where the paper ends", async () => {
  const { signedPaper } = await run("complaints/crew/signature.js");
  const tester = await pad();
  assert.equal(await signedPaper(["R2026-1", "ninewords"], tester), "picture");
  assert.deepEqual(drawn, ["R2026-1", "ninewords".slice(0, 8), "s"]);
});

const words = (pairs) => Object.fromEntries([1, 2, 3, 4, 5, 6].flatMap((n) => [[`room${n}`, pairs[n - 1]?.[0] ?? ""], [`celsius${n}`, pairs[n - 1]?.[1] ?? ""]]));
const GIVEN = { instrument: "WS-7", calibrated_until: "2099-12-31", outside: "-8", required: "18", customer_name: "王秀英" };

test("half a room or a missing signature is said and nothing is sent", async () => {
  const { Measurement } = await run("complaints/crew/measure.js");
  const measurement = new Measurement(kept, "R1");
  const sent = [];
  assert.equal(await measurement.fields({ ...GIVEN, ...words([["主卧", "17.5"], ["客厅", ""]]) }, (...photo) => sent.push(photo)), null);
  assert.deepEqual([page.find("#measure-half").hidden, page.find("#measure-missing").hidden, sent], [false, false, []]);
});

test("both signatures go ahead and are named by the test", async () => {
  const { Measurement } = await run("complaints/crew/measure.js");
  const measurement = new Measurement(kept, "R1");
  for (const id of ["tester-pad", "customer-pad"]) draw(id, [10, 20], [310, 120]);
  const sent = [];
  const fields = await measurement.fields({ ...GIVEN, ...words([[" 主卧 ", "17.5"]]) }, (_picture, name) => `key${sent.push(name)}`);
  assert.deepEqual(sent, ["tester.png", "customer.png"]);
  assert.deepEqual(fields, { ...GIVEN, rooms: '[{"room":"主卧","celsius":"17.5"}]', tester: "key1", customer: "key2" });
});

test("the form is emptied once the office has the test, not before", async () => {
  const { Measurement } = await run("complaints/crew/measure.js");
  const measurement = new Measurement(kept, "R1");
  page.find("[name=room1]").value = "主卧";
  await measurement.send("k1", async () => {});
  measurement.settle([{ key: "k1" }]);
  assert.deepEqual([page.find("[name=room1]").value, page.find("#measure-done").hidden], ["主卧", true]);
  measurement.settle([]);
  assert.deepEqual([page.find("[name=room1]").value, page.find("#measure-done").hidden], ["", false]);
});

test("one person's drafts are theirs alone", async () => {
  const { drafts } = await run("complaints/crew/store.js");
  kept.write("finding", "阀门锈死");
  assert.deepEqual([kept.read("finding"), drafts("8", "1").read("finding")], ["阀门锈死", null]);
  localStorage.setItem("crew:7:1:broken", "{");
  assert.equal(kept.read("broken"), null);
  drafts("8", "1").forgetAll();
  assert.equal(kept.read("finding"), "阀门锈死");
  kept.forgetAll();
  assert.equal(kept.read("finding"), null);
});
