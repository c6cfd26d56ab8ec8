import { busily, call, complain, yuan } from "./api.js";

const page = document.body.dataset;
const path = `/payment-intents/${page.intent}`;
const cancel = document.getElementById("cancel");
const back = document.getElementById("back");
let parameters;
let timer;

function stage(intent) {
  const attempt = intent.attempt;
  if (intent.state !== "open") return intent.state;
  if (!attempt || attempt.state === "failed") return "failed";
  // The money is there and its booking not yet read, or a person looks at it: go on asking.
  if (attempt.state === "paid") return "checking";
  if (attempt.state === "closed") return "closed";
  if (attempt.jsapi) return "bridge";
  return attempt.code_url ? "scan" : "placing";
}

function show(intent) {
  const now = stage(intent);
  document.getElementById("number").textContent = intent.account_number;
  document.getElementById("amount").textContent = yuan(intent.amount_fen);
  for (const part of document.querySelectorAll("[data-when]")) part.hidden = part.dataset.when !== now;
  const code = document.getElementById("code");
  if (now === "scan" && !code.src) code.src = `/api/v1${path}/code.svg`;
  parameters = intent.attempt?.jsapi;
  const waiting = ["placing", "scan", "bridge", "checking"].includes(now);
  cancel.hidden = !waiting || now === "checking";
  back.hidden = waiting;
  back.href = page.bills.replace("/0", `/${intent.account}`);
  if (now === "paid") showReceipts(intent.receipts);
  return waiting;
}

function showReceipts(numbers) {
  const place = document.getElementById("receipts");
  place.replaceChildren(
    ...numbers.map((number) => {
      const link = document.getElementById("receipt").content.firstElementChild.cloneNode(true);
      link.href = `/api/v1/receipts/${number}/pdf`;
      return link;
    }),
  );
}

async function poll() {
  clearTimeout(timer);
  let waiting;
  try {
    waiting = show(await call("GET", path));
  } catch (problem) {
    complain(problem);
    waiting = problem.details?.status !== 404;
  }
  if (waiting) timer = setTimeout(poll, document.hidden ? 10000 : 2000);
}

// The client's "ok" proves nothing: whatever it says, we ask.
document.getElementById("bridge").addEventListener("click", () => {
  if (!window.WeixinJSBridge || !parameters) return;
  window.WeixinJSBridge.invoke("getBrandWCPayRequest", parameters, poll);
});

cancel.addEventListener("click", () =>
  busily(cancel, async () => {
    try {
      await call("POST", `${path}/cancel`);
    } finally {
      await poll();
    }
  }),
);

document.addEventListener("visibilitychange", () => document.hidden || poll());
poll();
