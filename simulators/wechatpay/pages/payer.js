// Inside the merchant's page, tell the bridge how it ended; alone, do nothing.
(function () {
  "use strict";
  var shown = document.querySelector("[data-result]");
  if (!shown || window.parent === window) { document.body.classList.add("ready"); return; }
  function tell() { window.parent.postMessage({ wechatpay: shown.dataset.result }, "*"); }
  var done = document.querySelector(".done");
  document.querySelector(".again").hidden = true;
  document.querySelector(".again").style.display = "none";
  if (shown.dataset.result === "cancel" || shown.dataset.result === "leave") { tell(); return; }
  done.addEventListener("click", function (event) { event.preventDefault(); tell(); });
  document.body.classList.add("ready");
})();
