// The dispatcher's board: what is ticked stays ticked over a refresh, and a change is announced.
"use strict";

(() => {
  const board = document.getElementById("board");
  const KEPT = "dispatch:ticked";
  const EVERY = 10_000;
  const boxes = [...board.querySelectorAll("input[name=ticket]")];
  const number = (box) => box.value.split(":")[0];

  const read = () => {
    try {
      return new Set(JSON.parse(sessionStorage.getItem(KEPT)) || []);
    } catch {
      return new Set();
    }
  };

  // Crews that suit a ticked ticket stand out.
  const show = () => {
    const ticked = boxes.filter((box) => box.checked);
    const label = document.getElementById("ticked");
    label.textContent = ticked.length ? label.dataset.words.replace("{n}", ticked.length) : "";
    const suited = new Set(ticked.map((box) => box.dataset.crew));
    for (const button of board.querySelectorAll(".crew-button")) {
      button.classList.toggle("suited", suited.has(button.dataset.crew));
    }
    for (const all of board.querySelectorAll("[data-all]")) {
      const own = [...all.closest(".board-cluster").querySelectorAll("input[name=ticket]")];
      all.checked = own.every((box) => box.checked);
      all.indeterminate = !all.checked && own.some((box) => box.checked);
    }
  };
  const keep = () => sessionStorage.setItem(KEPT, JSON.stringify(boxes.filter((box) => box.checked).map(number)));

  board.addEventListener("change", (event) => {
    if (event.target.matches("[data-all]")) {
      const own = event.target.closest(".board-cluster").querySelectorAll("input[name=ticket]");
      for (const box of own) box.checked = event.target.checked;
    }
    keep();
    show();
  });
  board.addEventListener("submit", () => sessionStorage.removeItem(KEPT));

  const ticked = read();
  for (const box of boxes) box.checked = ticked.has(number(box));
  show();

  const bar = document.getElementById("board-changed");
  const clock = setInterval(async () => {
    if (document.hidden || !bar.hidden) return;
    try {
      const answer = await fetch(bar.dataset.ask, { headers: { Accept: "application/json" } });
      if (answer.redirected || answer.status === 403) {
        clearInterval(clock);
        document.getElementById("board-over").hidden = false;
      } else if (answer.ok) {
        bar.hidden = (await answer.json()).mark === bar.dataset.mark;
      }
    } catch {
      // The line is away: ask again.
    }
  }, EVERY);
})();
