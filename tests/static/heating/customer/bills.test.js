// Choosing bills: older debts first, and a wish that is sent twice keeps its key.
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { answering, json, open, run, say, settled } from "../../page.js";

const FIELDS = ["season", "kind", "state", "open", "due", "due-line", "open-line", "paid-line", "number", "amount", "paid", "lines"];
const bill = (number, open_fen, paid_fen = 0) => ({ number, open_fen, paid_fen, amount_fen: open_fen + paid_fen, season: number, kind_text: "", due_on: "", lines: [{ category: "居民", explanation: "90 ㎡" }] });
let page;
let answers;
let asked;

beforeEach(async () => {
  page = await open(
    `<p id="notice" hidden></p><div id="bills" aria-busy="true"></div><p id="nothing"></p>
     <form id="pay"><b id="total"></b><button id="pay-now"></button></form><form id="prepay"><input name="amount" data-wrong="no amount"><button></button></form>
     ${["address", "number", "company", "former", "advance", "advance-line"].map((id) => `<i id="${id}"></i>`).join("")}
     <template id="bill"><div><input type="checkbox">${FIELDS.map((name) => `<i data-field="${name}"></i>`).join("")}</div></template>`,
    { account: "7", payment: "/my/payments/00000000-0000-0000-0000-000000000000", offline: "no line" },
  );
  page.document.head.innerHTML = '<meta name="csrf" content="abc">';
  page.find("#notice").scrollIntoView = () => {};
  answers = { intent: () => json({ id: "i1" }), bills: [bill("2025", 30_000), bill("2024", 20_000), bill("2023", 0, 10_000)] };
  asked = answering((address) => {
    if (address.endsWith("/bills")) return json({ account: { current: true, advance_fen: 0 }, bills: answers.bills });
    return address.endsWith("/sign-in") ? json({ through_wechat: false }) : answers.intent();
  });
});
const load = async () => {
  await run("heating/customer/bills.js");
  await settled();
};
const ticked = () => [...page.document.querySelectorAll("#bills input")].map((box) => box.checked);
const intents = () => asked.filter(({ address }) => address.endsWith("/payment-intents"));
const pay = async () => {
  say(page.find("#pay"), "submit");
  await settled();
};

test("all that is open is chosen, and what is paid cannot be", async () => {
  await load();
  assert.deepEqual([ticked(), page.find("#total").textContent], [[true, true, false], "500.00"]);
  assert.equal(page.document.querySelectorAll("#bills input")[2].disabled, true);
});

test("dropping an older bill drops the newer ones, picking a newer one picks the older", async () => {
  await load();
  const [newer, older] = page.document.querySelectorAll("#bills input");
  older.click();
  assert.deepEqual([ticked(), page.find("#total").textContent, page.find("#pay-now").disabled], [[false, false, false], "0.00", true]);
  newer.click();
  assert.deepEqual([ticked(), page.find("#total").textContent], [[true, true, false], "500.00"]);
});

test("the chosen bills are paid, oldest first, and the page goes on to the payment", async () => {
  await load();
  await pay();
  assert.deepEqual(JSON.parse(intents()[0].body), { bills: ["2024", "2025"], method: "wechat_native" });
  assert.deepEqual(page.went, ["/my/payments/i1"]);
});

test("an answer that never came is asked for under the same key, a refusal is not", async () => {
  await load();
  answers.intent = () => new TypeError("no line");
  await pay();
  answers.intent = () => json({ status: 409, code: "paid", detail: "paid meanwhile" }, 409);
  await pay();
  assert.equal(page.find("#notice").textContent, "paid meanwhile");
  await pay();
  const keys = intents().map(({ headers }) => headers["Idempotency-Key"]);
  assert.deepEqual([keys[0] === keys[1], keys[1] === keys[2]], [true, false]);
});

test("an account that owes nothing may pay ahead whole fen", async () => {
  answers.bills = [];
  await load();
  assert.deepEqual([page.find("#pay").hidden, page.find("#prepay").hidden], [true, false]);
  const ahead = async (text) => {
    page.find("[name=amount]").value = text;
    say(page.find("#prepay"), "submit", { submitter: page.find("#prepay button") });
    await settled();
  };
  for (const text of ["", "0", "1.005", "-3", "1e3"]) {
    await ahead(text);
    assert.deepEqual([page.find("#notice").textContent, intents().length], ["no amount", 0], text);
  }
  await ahead("100.5");
  assert.deepEqual(JSON.parse(intents()[0].body), { account: 7, amount_fen: 10_050, method: "wechat_native" });
});
