// Intake: only what belongs to the kind, the subject and the channel that are chosen.
// Without this script everything stands there, and what does not belong is refused in words.
"use strict";

(() => {
  const form = document.getElementById("intake-form");
  if (!form) return;
  const chosen = (name) => form.querySelector(`input[name=${name}]:checked`)?.value || "";

  // What is hidden is not sent either.
  const show = (part, shown) => {
    part.hidden = !shown;
    for (const box of part.querySelectorAll("input, select, textarea")) box.disabled = !shown;
  };

  const follow = () => {
    const kind = chosen("kind");
    for (const part of form.querySelectorAll("[data-kinds]")) {
      const fits = part.dataset.kinds.split(" ").includes(kind);
      const subject = part.querySelector("input[name=subject]");
      if (subject && !fits) subject.checked = false;
      show(part, fits);
    }
    const channel = form.elements.channel.value;
    for (const part of form.querySelectorAll("[data-channels]")) {
      show(part, part.dataset.channels.split(" ").includes(channel));
    }
    const neighbours = document.getElementById("neighbours");
    const fault = `${kind} ${chosen("subject")}`;
    for (const label of form.querySelectorAll("[data-fault]")) {
      const same = label.dataset.fault === fault;
      const box = label.querySelector("input");
      if (!same && box.checked) form.querySelector("input[name=main][value='']").checked = true;
      show(label, same);
    }
    if (neighbours) neighbours.hidden = !neighbours.querySelector("[data-fault]:not([hidden])");
  };

  form.addEventListener("change", follow);
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.isComposing) return;
    if (!form.contains(event.target)) return;
    event.preventDefault();
    form.requestSubmit(document.getElementById("open-ticket"));
  });
  follow();
})();
