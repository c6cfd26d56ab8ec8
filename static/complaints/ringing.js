// Telephones that ring at the agent's desk, asked for every few seconds.
"use strict";

(() => {
  const card = document.getElementById("ringing");
  const EVERY = 5_000;
  const list = document.getElementById("ringing-calls");
  const over = document.getElementById("ringing-over");
  let shown = "";
  let asking = false;

  const ask = async () => {
    if (document.hidden || asking) return;
    asking = true;
    try {
      const answer = await fetch(card.dataset.ask);
      if (answer.redirected || answer.status === 403) {
        clearInterval(clock);
        list.replaceChildren();
        card.hidden = over.hidden = false;
      } else if (answer.ok) {
        const text = (await answer.text()).trim();
        // What has not changed keeps its focus.
        if (text !== shown) list.innerHTML = shown = text;
        card.hidden = !text;
      }
    } catch {
      // The line is away: ask again.
    } finally {
      asking = false;
    }
  };

  // Who is in the middle of a ticket loses no word.
  list.addEventListener("click", (event) => {
    const link = event.target.closest("a");
    const summary = document.querySelector("#intake-form textarea");
    if (link && summary?.value.trim()) link.target = "_blank";
  });
  document.addEventListener("visibilitychange", ask);
  const clock = setInterval(ask, EVERY);
  ask();
})();
