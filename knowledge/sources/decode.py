"""Bytes of unknown encoding to text: UTF-8, UTF-16 with a mark, else GB 18030."""

from __future__ import annotations

import codecs
import errno
import re
import stat
from pathlib import Path

MAX_BYTES = 100 * 1024 * 1024
"""Files larger than this are refused: no rule is that long, and a reader must not be filled up."""


_LOOK = 20_000
# Control characters, private use, and the blocks that random 16-bit numbers mostly fall into.
_BINARY = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x9f\u0100-\u02ff\u0600-\u1fff\ua4d0-\uf8ff\ufffe\uffff]"
)
_BINARY_SHARE = 0.05
_BREAKS = re.compile("[\x0b\x0c]")  # soft line ends and page ends
# Signs that say nothing and upset terminals and pages; halves of characters.
_UNSAID = re.compile("[\x00-\x08\x0e-\x1f\x7f\ud800-\udfff]")


class UnreadableError(Exception):
    """A file that can't be read; the message says why, in words for a knowledge editor."""


def why_not(error: OSError) -> str:
    """The system's reason in an editor's words."""
    said = {
        errno.ENOENT: "已经不在了",
        errno.ENOTDIR: "已经不在了",
        errno.EACCES: "没有权限",
        errno.EPERM: "没有权限",
        errno.EIO: "磁盘或网络盘出错",
        errno.ESTALE: "网络盘断开了",
        errno.ENAMETOOLONG: "名字太长",
        errno.ELOOP: "链接绕成了圈",
    }
    return said.get(error.errno or 0, error.strerror or type(error).__name__)


def printable(text: str) -> str:
    """The text without control characters and halves of characters, which no database takes."""
    return _UNSAID.sub("", _BREAKS.sub("\n", text))


def read_bytes(path: Path, limit: int = MAX_BYTES) -> bytes:
    """The file's bytes, refused with a reason if too large, gone or not permitted."""
    try:
        found = path.stat()
        if not stat.S_ISREG(found.st_mode):
            raise UnreadableError("不是普通文件")
        size = found.st_size
        if not size:
            raise UnreadableError("文件是空的（0 字节）")
        if size > limit:
            raise UnreadableError(f"文件太大（{size // 1048576} MB，上限 {limit // 1048576} MB）")
        return path.read_bytes()
    except OSError as error:
        raise UnreadableError(f"读不到文件：{why_not(error)}") from error


def decode(data: bytes) -> str:
    """Text of a Chinese file; never a wrong guess: undecodable bytes are refused."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return _strictly(data, "utf-16")
    if data.startswith(codecs.BOM_UTF8):
        return _strictly(data, "utf-8-sig")
    if b"\0" in data[:4096]:
        return _strictly(data, _utf16_without_mark(data))
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return _strictly(data, "gb18030")
    return _strictly(data, "utf-8")


def _strictly(data: bytes, encoding: str) -> str:
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        raise UnreadableError("不是文本，或编码无法识别（文本请存为 UTF-8）") from error
    if len(_BINARY.findall(text[:_LOOK])) > len(text[:_LOOK]) * _BINARY_SHARE:
        raise UnreadableError("不是文本（含有二进制内容，或编码无法识别）；文本请存为 UTF-8")
    return text


def _utf16_without_mark(data: bytes) -> str:
    head = data[:4096]
    even, odd = head[::2].count(0), head[1::2].count(0)
    if max(even, odd) < len(head) // 20 or min(even, odd) > max(even, odd) // 4:
        raise UnreadableError("不是文本文件（含有二进制内容）")
    return "utf-16-be" if even > odd else "utf-16-le"


def read_text(path: Path) -> str:
    """A text file in whatever encoding Chinese offices save it, line ends made ``\\n``."""
    text = decode(read_bytes(path)).removeprefix("\ufeff")
    return text.replace("\r\n", "\n").replace("\r", "\n")
