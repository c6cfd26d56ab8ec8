import { call, complain, copy, yuan } from "./api.js";

const list = document.getElementById("receipts");
const more = document.getElementById("more");

function show(receipt) {
  const [card, field] = copy("receipt");
  field("season").textContent = receipt.season;
  field("amount").textContent = yuan(receipt.amount_fen);
  field("issued").textContent = receipt.issued_at.slice(0, 10);
  field("method").textContent = receipt.method;
  field("account").textContent = receipt.account_number;
  field("number").textContent = receipt.number;
  field("pdf").href = `/api/v1/receipts/${receipt.number}/pdf`;
  list.append(card);
}

async function load(page) {
  try {
    const told = await call("GET", `/receipts?page=${page}`);
    told.receipts.forEach(show);
    document.getElementById("nothing").hidden = list.children.length > 0;
    more.hidden = told.next_page === null;
    more.onclick = () => load(told.next_page);
  } catch (problem) {
    complain(problem);
  }
  list.removeAttribute("aria-busy");
}

load(1);
