import { copy, fill, yuan } from "./api.js";

function show(receipt) {
  const [card, field] = copy("receipt");
  field("season").textContent = receipt.season;
  field("amount").textContent = yuan(receipt.amount_fen);
  field("issued").textContent = receipt.issued_at.slice(0, 10);
  field("method").textContent = receipt.method;
  field("account").textContent = receipt.account_number;
  field("refund").hidden = receipt.refunded_fen === 0;
  field("refunded").textContent = yuan(receipt.refunded_fen);
  field("refunding").hidden = receipt.refunding_fen === 0;
  field("under_way").textContent = yuan(receipt.refunding_fen);
  field("number").textContent = receipt.number;
  field("pdf").href = `/api/v1/receipts/${receipt.number}/pdf`;
  return card;
}

fill("receipts", show);
