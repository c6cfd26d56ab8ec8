"""The codes of the API's problems, each with what it means; they never change."""

from django.utils.translation import gettext_lazy as _

from office.language import Text

CODES: dict[str, Text] = {
    # Every operation, as far as it has the cause.
    "unreadable": _("请求中含有无法识别的字符，请检查后重新填写。"),
    "parse_error": _("请求内容不是有效的 JSON。"),
    "not_authenticated": _("请先登录。"),
    "signed_out": _("登录已失效，请重新登录。"),
    "machine_unknown": _("机器令牌无效、已过期或已吊销，请联系安全管理员。"),
    "csrf_failed": _("页面已过期，请刷新后重试。"),
    "not_found": _("没有找到这条记录。"),
    "busy": _("该记录正由另一窗口办理，本次没有入账或更改，请稍候再试。"),
    "too_large": _("提交的内容过大，请缩短或分几次提交。"),
    "unsupported_media_type": _("请以 application/json 提交。"),
    "invalid": _("填写的内容有误，请按提示修改后重试。"),
    "throttled": _("请求过于频繁"),
    "error": _("系统出了故障，已记录下来；请稍后重试。"),
    "idempotency_key_missing": _(
        "请在 Idempotency-Key 请求头中给出 8 至 64 位字母、数字、- 或 _。"
    ),
    "idempotency_key_reused": _("同一 Idempotency-Key 不能用于不同的请求。"),
    # Signing in.
    "phone_wrong": _("请填写 11 位手机号。"),
    "code_wrong": _("验证码不正确或已过期，请核对后重试，或重新获取。"),
    "too_many_codes": _("获取验证码过于频繁，Retry-After 秒后再试。"),
    "sms_unavailable": _("短信暂时发不出去，请稍后再试。"),
    "wechat_not_bound": _("这个微信还没有绑定手机号，请先用手机验证码登录一次。"),
    "wechat_code_wrong": _("微信授权已失效，请重新进入页面。"),
    "wechat_ticket_wrong": _("微信授权已失效，请重新进入页面。"),
    "wechat_unavailable": _("微信支付或微信登录暂时不可用。"),
    # Paying.
    "bill_not_open": _("所选账单已缴清或有变动，请刷新后再缴。"),
    "older_debt_first": _("请先缴清较早的欠费。"),
    "bills_of_several_contracts": _("一次只能缴同一户、同一合同的账单，请分开缴。"),
    "no_current_contract": _("该户现在没有您的有效合同。"),
    "intent_not_open": _("这笔缴费已支付或已取消，请重新发起。"),
    "in_progress": _("这笔缴费正在下单，请稍后再试。"),
    "already_paid": _("这笔缴费已经支付成功，不能取消。"),
    "wrong_state": _("现在的状态不能这样办理。"),
    "cannot_close_yet": _("暂时无法确认微信订单已关闭，请稍后再试。"),
    "wechat_rejected": _("微信支付没有接受这笔订单，请稍后重新发起；没有扣款。"),
    # Tickets.
    "no_promise_rule": _("没有执行中的时限规则，请客服主管先发布。"),
    "subject_wrong": _("这一类型没有这一事项。"),
    "summary_missing": _("请填写用户反映的内容。"),
    "too_many_reports": _("您报告得过于频繁，请稍后再试；紧急情况请拨打服务热线。"),
    "note_missing": _("请填写补充说明。"),
    "too_many_notes": _("今天的补充已经很多了，请稍后再补充，或拨打服务热线。"),
    "too_many_photos": _("一张工单最多 9 张照片。"),
    "file_kind": _("只接受 JPG、PNG 照片。"),
    "file_empty": _("文件是空的，请重新选择。"),
    "file_too_large": _("文件超过 20 MB，请压缩或拆分后上传。"),
    "file_disguised": _("文件内容与扩展名不符，请检查后重新上传。"),
    "cannot_judge": _("只有刚办结、您还没有确认过的工单可以确认；问题仍在的，请重新报修。"),
    "nothing_asked": _("这张工单现在没有待您评价的回访。"),
    "link_expired": _("链接已过期，请拨打服务热线反映意见。"),
    # The procurement platform.
    "supplier_differs": _("供应商已登记，内容与档案不同；需要更改的请由采购部门修改档案。"),
    "supplier_unknown": _("没有这个统一社会信用代码的供应商，请先推送供应商。"),
    "category_unknown": _("没有这个编码的在用采购类别。"),
    "supplier_banned": _("供应商已列入黑名单，不能办理新业务。"),
    "not_qualified": _("供应商没有该类别的供货资格。"),
    "order_unknown": _("没有这个编号的有效订单，请先推送订单。"),
    "order_withdrawn": _("该订单已撤销。"),
    "number_taken": _("该编号已有记录，内容不同。"),
    "number_withdrawn": _("该编号的记录已撤销，请核对编号。"),
    "credit_code_wrong": _("统一社会信用代码应为 18 位数字或大写字母。"),
    "credit_code_checksum": _("统一社会信用代码校验位不符。"),
    "fact_missing": _("有必填的内容没有填写。"),
    "founded_in_future": _("成立日期不能晚于今天。"),
    "owner_twice": _("同一股东列了两次。"),
    "not_above_zero": _("数量和金额必须大于零。"),
    "lowest_price_wrong": _("最低报价不能高于成交单价。"),
    "promised_before_order": _("约定交货日不能早于下单日期。"),
    "day_to_come": _("日期不能晚于今天。"),
    "accepted_wrong": _("验收合格数量不能大于到货数量。"),
    "not_there_yet": _("尚未到货的不能有到货数量。"),
    # The call centre.
    "time_ahead": _("振铃时间不能晚于现在，请校对呼叫中心的时钟。"),
}
