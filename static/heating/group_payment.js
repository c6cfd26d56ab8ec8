// A paper for several accounts: only the fields of the chosen way of paying.
"use strict";

(() => {
  const form = document.getElementById("spread-form");
  if (!form || !form.elements.method) return;
  const show = () => {
    const chosen = form.querySelector("[name=method]:checked");
    for (const part of form.querySelectorAll("[data-part]")) {
      part.hidden = !chosen || part.dataset.part !== chosen.value;
    }
  };
  form.addEventListener("change", show);
  show();
})();
