// Small manners of the desks' screens. No libraries, nothing inline.
"use strict";

// A form marked data-once is sent once: a double click is one click.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches("[data-once]")) return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "yes";
  const buttons = form.querySelectorAll("button[type=submit]");
  // After the browser has read which button was pressed.
  setTimeout(() => buttons.forEach((button) => { button.disabled = true; }));
});

// Coming back by the browser's own button finds a form that can be sent again.
window.addEventListener("pageshow", () => {
  document.querySelectorAll("form[data-sent]").forEach((form) => {
    delete form.dataset.sent;
    form.querySelectorAll("button[type=submit]").forEach((button) => { button.disabled = false; });
  });
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  document.querySelectorAll("details.ask[open]").forEach((details) => { details.open = false; });
});
document.addEventListener("click", (event) => {
  document.querySelectorAll("details.ask[open]").forEach((details) => {
    if (!details.contains(event.target)) details.open = false;
  });
});

// <input data-enter="find">: Enter presses that button, not the form's own.
document.addEventListener("keydown", (event) => {
  const box = event.target;
  if (event.key !== "Enter" || event.isComposing || !box.matches("[data-enter]")) return;
  event.preventDefault();
  document.getElementById(box.dataset.enter).click();
});

// <select data-go>: choosing leads to the address that is the value.
document.addEventListener("change", (event) => {
  if (event.target.matches("select[data-go]")) window.location.assign(event.target.value);
});

// <div data-poll="address"> asks how a job stands and shows it; reloads when it has ended.
const poll = (box) => {
  const bar = box.querySelector("progress");
  const share = box.querySelector("[data-share]");
  const ask = async () => {
    try {
      const answer = await fetch(box.dataset.poll, { headers: { Accept: "application/json" } });
      if (!answer.ok) throw new Error(answer.status);
      const progress = await answer.json();
      if (bar) bar.value = progress.percent;
      if (share) share.textContent = `${progress.percent} %`;
      if (progress.go) return window.location.assign(progress.go);
      if (progress.state === "done" || progress.state === "failed" || progress.ended) {
        return window.location.reload();
      }
    } catch {
      // The server is being restarted, or the line was cut: ask again.
    }
    setTimeout(ask, Number(box.dataset.every || 1000));
  };
  setTimeout(ask, Number(box.dataset.every || 1000));
};
document.addEventListener("DOMContentLoaded", () => {
  document.querySelectorAll("[data-poll]").forEach(poll);
});

// <button data-print>: the browser's own printing.
document.addEventListener("click", (event) => {
  if (event.target.closest("[data-print]")) window.print();
});

// The page is hidden until Alpine has started, and what is hidden cannot be focused by itself.
window.addEventListener("load", () => {
  // A refused form first: Django marks the fields it did not accept.
  const first = document.querySelector("[aria-invalid=true]:not([type=hidden])")
    ?? document.querySelector("details.ask[open] :is(input:not([type=hidden]), select, textarea)")
    ?? document.querySelector(".desk [autofocus]");
  let tries = 60;
  const focus = () => {
    first.focus();
    if (document.activeElement !== first && tries-- > 0) requestAnimationFrame(focus);
  };
  if (first) focus();
});
