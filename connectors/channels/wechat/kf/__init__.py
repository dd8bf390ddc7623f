"""WeCom's customer service (微信客服): people of WeChat, fetched and answered over WeCom."""
