"""Our own client of WeChat's and WeCom's interfaces."""
