import { call, complain, copy, fill, yuan } from "./api.js";

function show(account) {
  const [card, field] = copy("account");
  card.href = `/my/accounts/${account.id}`;
  for (const name of ["address", "number", "company"]) field(name).textContent = account[name];
  const state = field("state");
  state.textContent = account.current ? state.dataset[account.supply_state] : state.dataset.former;
  const label = field("label");
  const kind = account.owed_fen > 0 ? "owed" : account.owed_fen < 0 ? "credit" : "clear";
  label.textContent = label.dataset[kind];
  field("amount").textContent = yuan(Math.abs(account.owed_fen));
  return card;
}

fill("accounts", show);
call("GET", "/sign-in").then((person) => (document.getElementById("who").textContent = person.phone), complain);
