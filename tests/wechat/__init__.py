"""WeChat: what it pushes, what we answer, what we send; and a WeChat of our own to try it on."""
