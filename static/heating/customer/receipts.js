import { copy, fill, yuan } from "./api.js";

function show(receipt) {
  const [card, field] = copy("receipt");
  field("season").textContent = receipt.season;
  field("amount").textContent = yuan(receipt.amount_fen);
  field("issued").textContent = receipt.issued_at.slice(0, 10);
  field("method").textContent = receipt.method;
  field("account").textContent = receipt.account_number;
  field("number").textContent = receipt.number;
  field("pdf").href = `/api/v1/receipts/${receipt.number}/pdf`;
  return card;
}

fill("receipts", show);
