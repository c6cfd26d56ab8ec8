import { call, complain, copy, yuan } from "./api.js";

const list = document.getElementById("accounts");
const more = document.getElementById("more");

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
  list.append(card);
}

async function load(page) {
  try {
    const told = await call("GET", `/accounts?page=${page}`);
    told.accounts.forEach(show);
    document.getElementById("nothing").hidden = list.children.length > 0;
    more.hidden = told.next_page === null;
    more.onclick = () => load(told.next_page);
  } catch (problem) {
    complain(problem);
  }
  list.removeAttribute("aria-busy");
}

load(1);
call("GET", "/sign-in").then((who) => (document.getElementById("who").textContent = who.phone), complain);
