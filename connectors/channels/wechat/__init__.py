"""WeChat: customer messages of mini-programs, official accounts, WeCom customer service."""
