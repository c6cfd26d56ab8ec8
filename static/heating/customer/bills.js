import { busily, call, complain, copy, yuan } from "./api.js";

const page = document.body.dataset;
const list = document.getElementById("bills");
const payBar = document.getElementById("pay");
const prepay = document.getElementById("prepay");
const open = []; // oldest first: {bill, box}
let key = newKey();

function newKey() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (b) => b.toString(16).padStart(2, "0")).join("");
}

function show(bill) {
  const [card, field] = copy("bill");
  const credited = bill.kind === "credit";
  const settled = bill.open_fen === 0;
  const state = credited ? "credited" : settled ? "paid" : bill.paid_fen > 0 ? "part" : "open";
  field("season").textContent = bill.season;
  field("kind").textContent = bill.kind_text;
  field("state").textContent = field("state").dataset[state];
  field("state").classList.add(settled ? "good" : "owed");
  field("open").textContent = yuan(bill.open_fen);
  field("due").textContent = bill.due_on;
  field("due-line").hidden = settled;
  field("open-line").hidden = credited;
  field("paid-line").hidden = credited;
  field("number").textContent = bill.number;
  field("amount").textContent = yuan(bill.amount_fen);
  field("paid").textContent = yuan(bill.paid_fen);
  for (const line of bill.lines) {
    const item = document.createElement("li");
    item.textContent = `${line.category}：${line.explanation}`;
    field("lines").append(item);
  }
  for (const line of bill.adjustment?.lines ?? []) {
    const item = document.createElement("li");
    item.textContent = `${line.item}：${line.explanation}`;
    field("lines").append(item);
  }
  const box = card.querySelector("input");
  box.disabled = settled;
  box.checked = !settled;
  if (!settled) open.unshift({ bill, box });
  list.append(card);
}

// Older debts are paid first: picking a bill picks the older ones, dropping it the newer ones.
function follow(changed) {
  const place = open.findIndex((item) => item.box === changed);
  open.forEach((item, index) => {
    if (changed.checked ? index < place : index > place) item.box.checked = changed.checked;
  });
  key = newKey();
  addUp();
}

function addUp() {
  const total = open.reduce((sum, { bill, box }) => sum + (box.checked ? bill.open_fen : 0), 0);
  document.getElementById("total").textContent = yuan(total);
  document.getElementById("pay-now").disabled = total === 0;
}

async function pay(wish) {
  const person = await call("GET", "/sign-in");
  const bridge = page.bridge || /MicroMessenger/i.test(navigator.userAgent);
  const method = person.through_wechat && bridge ? "wechat_jsapi" : "wechat_native";
  try {
    const intent = await call("POST", "/payment-intents", { ...wish, method }, { "Idempotency-Key": key });
    location.assign(page.payment.replace("00000000-0000-0000-0000-000000000000", intent.id));
  } catch (problem) {
    // Only an answer that never came may be asked for again under the same key.
    if (problem.details?.status) key = newKey();
    throw problem;
  }
}

payBar.addEventListener("submit", (event) => {
  event.preventDefault();
  const bills = open.filter(({ box }) => box.checked).map(({ bill }) => bill.number);
  busily(document.getElementById("pay-now"), () => pay({ bills }));
});

prepay.addEventListener("submit", (event) => {
  event.preventDefault();
  busily(event.submitter, async () => {
    const text = prepay.elements.amount.value.trim();
    const match = /^(\d{1,7})(?:\.(\d{1,2}))?$/.exec(text);
    const fen = match ? Number(match[1]) * 100 + Number((match[2] ?? "").padEnd(2, "0")) : 0;
    if (fen < 1) throw new Error(prepay.elements.amount.dataset.wrong);
    await pay({ account: Number(page.account), amount_fen: fen });
  });
});
prepay.addEventListener("input", () => (key = newKey()));

async function load() {
  try {
    const { account, bills } = await call("GET", `/accounts/${page.account}/bills`);
    document.getElementById("address").textContent = account.address;
    document.getElementById("number").textContent = account.number;
    document.getElementById("company").textContent = account.company;
    document.getElementById("former").hidden = account.current;
    document.getElementById("advance").textContent = yuan(account.advance_fen);
    document.getElementById("advance-line").hidden = account.advance_fen === 0;
    bills.forEach(show);
    document.getElementById("nothing").hidden = bills.length > 0;
    payBar.hidden = open.length === 0;
    prepay.hidden = open.length > 0 || !account.current;
    open.forEach(({ box }) => box.addEventListener("change", () => follow(box)));
    addUp();
  } catch (problem) {
    complain(problem);
  }
  list.removeAttribute("aria-busy");
}

load();
