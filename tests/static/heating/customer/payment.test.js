import assert from "node:assert/strict";
import { beforeEach, mock, test } from "node:test";
import { answering, json, open, run, say, settled } from "../../page.js";

const STAGES = ["placing", "scan", "bridge", "checking", "failed", "closed", "paid", "cancelled"];
let page;
beforeEach(async () => {
  mock.timers.reset();
  mock.timers.enable({ apis: ["setTimeout"] });
  page = await open(
    `<p id="notice" hidden></p><i id="number"></i><i id="amount"></i><img id="code"><button id="cancel"></button>
     <a id="back"></a><button id="bridge"></button><div id="receipts"></div><template id="receipt"><a></a></template>
     ${STAGES.map((stage) => `<p data-when="${stage}"></p>`).join("")}`,
    { intent: "i1", bills: "/my/accounts/0", offline: "no line" },
  );
  page.document.head.innerHTML = '<meta name="csrf" content="abc">';
  page.find("#notice").scrollIntoView = () => {};
});

const intent = (state, attempt) => ({ state, attempt, account: 7, account_number: "1100012345", amount_fen: 5, receipts: ["R1"] });
const shown = () => STAGES.filter((stage) => !page.find(`[data-when=${stage}]`).hidden);

for (const [state, attempt, stage, asksOn] of [
  ["open", { state: "open", code_url: "weixin://x" }, "scan", true],
  ["open", { state: "open", jsapi: { a: 1 } }, "bridge", true],
  ["open", { state: "open" }, "placing", true],
  ["open", { state: "paid" }, "checking", true],
  ["open", { state: "failed" }, "failed", false],
  ["open", { state: "closed" }, "closed", false],
  ["open", null, "failed", false],
  ["paid", { state: "paid" }, "paid", false],
]) {
  test(`an intent ${state} with ${JSON.stringify(attempt)} is shown as ${stage}`, async () => {
    const asked = answering(() => json(intent(state, attempt)));
    await run("heating/customer/payment.js");
    await settled();
    assert.deepEqual(shown(), [stage]);
    assert.equal(page.find("#cancel").hidden, !asksOn || stage === "checking");
    mock.timers.tick(2000);
    await settled();
    assert.equal(asked.length, asksOn ? 2 : 1);
    if (stage === "paid") assert.match(page.find("#receipts a").href, /\/api\/v1\/receipts\/R1\/pdf$/);
  });
}

test("a dead line is asked over again, an intent that is not there is not", async () => {
  const asked = answering(new TypeError("no line"), json({ status: 404, code: "not_found", detail: "none" }, 404));
  await run("heating/customer/payment.js");
  await settled();
  assert.equal(page.find("#notice").textContent, "no line");
  mock.timers.tick(2000);
  await settled();
  assert.deepEqual([asked.length, page.find("#notice").textContent], [2, "none"]);
  mock.timers.tick(20_000);
  await settled();
  assert.equal(asked.length, 2);
});

test("WeChat's own ok proves nothing: the intent is asked for", async () => {
  const asked = answering(() => json(intent("open", { state: "open", jsapi: { a: 1 } })));
  await run("heating/customer/payment.js");
  await settled();
  globalThis.window.WeixinJSBridge = { invoke: (name, parameters, done) => done({ ok: parameters.a }) };
  say(page.find("#bridge"), "click");
  await settled();
  assert.equal(asked.length, 2);
});
