import { busily, call, complain } from "./api.js";

const page = document.body.dataset;
const form = document.getElementById("sign-in");
const sendCode = document.getElementById("send-code");
const wechat = document.getElementById("wechat");
const insideWechat = /MicroMessenger/i.test(navigator.userAgent);
let ticket;

function goOn() {
  const next = sessionStorage.getItem("next") || "";
  sessionStorage.removeItem("next");
  location.replace(next.startsWith("/my/") ? next : page.home);
}

function countDown(seconds) {
  const label = sendCode.textContent;
  let left = seconds;
  const tick = () => {
    sendCode.disabled = left > 0;
    sendCode.textContent = left > 0 ? `${left} ${sendCode.dataset.again}` : label;
    if (left-- > 0) setTimeout(tick, 1000);
  };
  tick();
}

sendCode.addEventListener("click", async () => {
  let answer;
  await busily(sendCode, async () => {
    answer = await call("POST", "/sign-in/codes", { phone: form.elements.phone.value.trim() });
  });
  if (!answer) return;
  document.getElementById("sent").hidden = false;
  form.elements.code.focus();
  countDown(answer.retry_after);
});

form.addEventListener("submit", (event) => {
  event.preventDefault();
  busily(event.submitter ?? form.querySelector(".primary"), async () => {
    const wish = { phone: form.elements.phone.value.trim(), code: form.elements.code.value.trim(), keep: "cookie" };
    if (ticket) wish.wechat_ticket = ticket;
    await call("POST", "/sign-in", wish);
    goOn();
  });
});

// WeChat answers the authorisation by coming back here with a code and our own state.
function askWechat() {
  const state = Array.from(crypto.getRandomValues(new Uint8Array(12)), (b) => b.toString(16)).join("");
  sessionStorage.setItem("wechat-state", state);
  const query = new URLSearchParams({
    appid: page.appid,
    redirect_uri: page.redirect,
    response_type: "code",
    scope: "snsapi_base",
    state,
  });
  location.assign(`${page.authorize}?${query}#wechat_redirect`);
}

async function redeem(code) {
  try {
    await call("POST", "/sign-in/wechat", { code, keep: "cookie" });
    goOn();
  } catch (problem) {
    if (problem.details?.code !== "wechat_not_bound") return complain(problem);
    ticket = problem.details.wechat_ticket;
    document.getElementById("bind").hidden = false;
    wechat.hidden = true;
  }
}

const came = new URLSearchParams(location.search);
// WeChat's way back forgets the address; our own pages name where to go on.
if (came.get("next")?.startsWith("/my/")) sessionStorage.setItem("next", came.get("next"));
const expected = sessionStorage.getItem("wechat-state");
sessionStorage.removeItem("wechat-state");
if (page.appid) {
  wechat.addEventListener("click", askWechat);
  wechat.hidden = wechat.hidden && !insideWechat;
  if (came.get("code") && expected && came.get("state") === expected) {
    history.replaceState(null, "", location.pathname);
    redeem(came.get("code"));
  } else if (insideWechat && !came.get("code")) {
    askWechat();
  }
}
