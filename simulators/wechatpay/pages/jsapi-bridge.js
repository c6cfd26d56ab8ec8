// Plays the WeixinJSBridge of the WeChat browser: demo only, never loaded in production.
(function () {
  "use strict";
  var origin = "__ORIGIN__";
  var fields = ["appId", "timeStamp", "nonceStr", "package", "signType", "paySign"];

  function open(parameters, callback) {
    var query = fields.map(function (name) {
      return name + "=" + encodeURIComponent(parameters[name] === undefined ? "" : parameters[name]);
    }).join("&");
    var shade = document.createElement("div");
    Object.assign(shade.style, { position: "fixed", inset: "0", zIndex: "2147483000", background: "rgba(0,0,0,.55)" });
    var sheet = document.createElement("iframe");
    sheet.title = "微信支付（模拟）";
    sheet.src = origin + "/jsapi/pay?" + query;
    Object.assign(sheet.style, {
      position: "absolute", left: "0", right: "0", bottom: "0", margin: "0 auto", width: "100%", maxWidth: "480px",
      height: "86%", border: "0", borderRadius: "16px 16px 0 0", background: "#f7f7f7"
    });
    function heard(event) {
      if (event.origin !== origin || event.source !== sheet.contentWindow || !event.data.wechatpay) return;
      window.removeEventListener("message", heard);
      shade.remove();
      // The payer who walks away tells nobody: no callback then, as on a real phone.
      if (event.data.wechatpay !== "leave" && callback) {
        callback({ err_msg: "get_brand_wcpay_request:" + event.data.wechatpay });
      }
    }
    window.addEventListener("message", heard);
    shade.appendChild(sheet);
    document.body.appendChild(shade);
  }

  window.WeixinJSBridge = {
    invoke: function (name, parameters, callback) {
      if (name === "getBrandWCPayRequest") open(parameters, callback);
      else if (callback) callback({ err_msg: name + ":fail not simulated" });
    },
    on: function () {}, call: function () {}
  };
  document.dispatchEvent(new Event("WeixinJSBridgeReady"));
})();
