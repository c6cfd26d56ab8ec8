// Today's visits: which of them hold something unsent, and a copy of each for a dead line.
import { onNews, waiting } from "./queue.js";
import { remember } from "./shell.js";

const cards = [...document.querySelectorAll("[data-visit]")];

async function mark() {
  const unsent = new Set((await waiting()).map((step) => step.visit));
  for (const card of cards) card.querySelector("[data-unsent]").hidden = !unsent.has(card.dataset.visit);
}

onNews(mark);
mark();
if (window.caches && navigator.onLine) {
  for (const card of cards) if (card.dataset.progress !== "completed") remember(new URL(card.href).pathname);
}
