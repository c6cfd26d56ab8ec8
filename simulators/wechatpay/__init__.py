"""WeChat Pay APIv3 played from its documentation, because it has no sandbox."""
