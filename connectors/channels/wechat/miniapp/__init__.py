"""The server's side of the mini-program in ``../miniprogram`` (docs/wechat.md)."""
