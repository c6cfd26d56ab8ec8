"""The settings of the API: formats, rate limits and its description."""

from typing import Any

REST_FRAMEWORK: dict[str, Any] = {
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_AUTHENTICATION_CLASSES": ["customers.sign_in.authentication.CustomerAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["office.api.json_parser.ReadableJSONParser"],
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "office.api.problems.AnswerInJSON",
    "EXCEPTION_HANDLER": "office.api.problems.answer_problem",
    "UNAUTHENTICATED_USER": None,
    # Counted per signed-in phone, or per address before one is signed in; kept in the shared cache.
    "DEFAULT_THROTTLE_RATES": {
        "code-per-address": "20/hour",
        "sign-in-per-address": "30/hour",
        "read": "120/minute",
        "pay": "30/minute",
        "poll": "90/minute",
        "paper": "20/minute",
        "verify": "30/minute",
        "report": "30/hour",
        "add": "60/hour",
        "opinion": "30/minute",
        "supplier": "30/minute",
        "offer": "30/minute",
        "review": "30/minute",
        "follow": "30/minute",
        # Per connection, from whatever address: nobody tries out telephones.
        "follow-number": "10/minute",
        # Per machine token: a hotline of fifty seats rings less often.
        "call-centre": "600/minute",
        # Per machine token: the procurement platform pushes what a day brought, row by row.
        "procurement": "1200/minute",
    },
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}

SPECTACULAR_SETTINGS: dict[str, Any] = {
    "TITLE": "供热缴费与服务接口",
    "DESCRIPTION": "用户查看户号与账单、发起微信支付、下载收据，报修、投诉、咨询并跟踪进度、评价；"
    "呼叫中心凭机器令牌查询来电弹屏，友云采凭机器令牌推送供应商、订单和到货。"
    "金额一律为整数分，时间一律为带时区的 ISO 8601。"
    "错误按 RFC 9457 返回 application/problem+json，code 稳定不变，detail 为可直接显示的句子。",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "ENUM_NAME_OVERRIDES": {},
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "heating.api_schema.describe_operations",
    ],
}
