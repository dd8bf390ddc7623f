"""Text messages: Kannel before the carriers, Aliyun and Tencent Cloud over HTTP."""
