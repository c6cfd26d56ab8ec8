// Signing in: by code and by WeChat, and nowhere but to our own pages afterwards.
import assert from "node:assert/strict";
import { beforeEach, mock, test } from "node:test";
import { answering, json, open, run, say, settled } from "../../page.js";

let page;
const lay = async (address = "http://127.0.0.1/my/sign-in", data = {}) => {
  page = await open(
    `<p id="notice" hidden></p><p id="sent" hidden></p><p id="bind" hidden></p><button id="wechat" hidden></button>
     <form id="sign-in"><input name="phone" value=" 13800000001 "><input name="code" value="123456">
     <button type="button" id="send-code" data-again="s">send</button><button class="primary"></button></form>`,
    { home: "/my/", offline: "no line", redirect: "http://127.0.0.1/my/sign-in", authorize: "https://open.weixin.qq.com/a", ...data },
    address,
  );
  page.document.head.innerHTML = '<meta name="csrf" content="abc">';
  page.find("#notice").scrollIntoView = () => {};
};
beforeEach(() => {
  mock.timers.reset();
  mock.timers.enable({ apis: ["setTimeout"] });
});
const start = async () => {
  await run("heating/customer/sign_in.js");
  await settled();
};
const submit = async () => {
  say(page.find("#sign-in"), "submit", { submitter: page.find(".primary") });
  await settled();
};

test("a code can be asked for again when its time is over", async () => {
  await lay();
  const asked = answering(json({ retry_after: 2 }));
  await start();
  say(page.find("#send-code"), "click");
  await settled();
  assert.deepEqual([JSON.parse(asked[0].body), page.find("#send-code").disabled, page.find("#send-code").textContent], [{ phone: "13800000001" }, true, "2 s"]);
  for (let second = 0; second < 2; second++) mock.timers.tick(1000);
  assert.deepEqual([page.find("#send-code").disabled, page.find("#send-code").textContent], [false, "send"]);
});

for (const [next, goes] of [["/my/bills", "/my/bills"], ["https://evil.example/my/", "/my/"], ["//evil.example", "/my/"], ["/admin/", "/my/"]]) {
  test(`after signing in ${next} leads to ${goes}`, async () => {
    await lay();
    sessionStorage.setItem("next", next);
    answering(json({}));
    await start();
    await submit();
    assert.deepEqual([page.went, sessionStorage.getItem("next")], [[goes], null]);
  });
}

test("an answer of WeChat counts only with the state that was asked with", async () => {
  for (const [state, redeemed] of [["mine", 1], ["theirs", 0]]) {
    await lay(`http://127.0.0.1/my/sign-in?code=c&state=${state}`, { appid: "wx1" });
    sessionStorage.setItem("wechat-state", "mine");
    const asked = answering(json({}));
    await start();
    assert.deepEqual([asked.length, page.went], [redeemed, redeemed ? ["/my/"] : []], state);
    assert.equal(sessionStorage.getItem("wechat-state"), null);
  }
});

test("a WeChat that is bound to nobody is bound by the next code", async () => {
  await lay("http://127.0.0.1/my/sign-in?code=c&state=mine", { appid: "wx1" });
  sessionStorage.setItem("wechat-state", "mine");
  const asked = answering(json({ status: 409, code: "wechat_not_bound", detail: "", wechat_ticket: "t1" }, 409), json({}));
  await start();
  assert.equal(page.find("#bind").hidden, false);
  await submit();
  assert.equal(JSON.parse(asked[1].body).wechat_ticket, "t1");
});
