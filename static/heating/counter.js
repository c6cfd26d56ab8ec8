// The till: change from what was handed over, and only the fields of the chosen way of paying.
"use strict";

(() => {
  const form = document.getElementById("till-form");
  if (!form) return;
  const amount = form.elements.amount;
  const tendered = form.elements.tendered;
  const change = form.querySelector("[data-change]");
  const ahead = form.querySelector("[data-ahead]");
  const aheadAmount = form.querySelector("[data-ahead-amount]");
  const openFen = Number(form.dataset.openFen);

  // Yuan as typed to whole fen; null when it is no amount. Text only: no binary fractions.
  const fen = (text) => {
    const plain = text.normalize("NFKC").replace(/[,，\s¥￥]/g, "");
    const match = /^(\d{1,12})(?:\.(\d{1,2}))?$/.exec(plain);
    return match ? Number(match[1]) * 100 + Number((match[2] || "").padEnd(2, "0")) : null;
  };
  const yuan = (value) => {
    const whole = Math.floor(Math.abs(value) / 100).toLocaleString("en-US");
    return `${value < 0 ? "-" : ""}${whole}.${String(Math.abs(value) % 100).padStart(2, "0")}`;
  };

  const figure = () => {
    const due = fen(amount.value);
    const over = due === null ? 0 : due - openFen;
    ahead.hidden = over <= 0;
    aheadAmount.textContent = yuan(over);
    if (!change || !tendered) return;
    const given = fen(tendered.value);
    const complete = due !== null && given !== null;
    change.textContent = complete ? yuan(given - due) : "";
    change.classList.toggle("money-owed", complete && given < due);
  };
  const choose = () => {
    const chosen = form.querySelector("input[name=method]:checked");
    for (const part of form.querySelectorAll("[data-part]")) {
      part.hidden = !chosen || part.dataset.part !== chosen.value;
    }
  };

  form.addEventListener("input", figure);
  form.addEventListener("change", choose);
  choose();
  figure();
})();
