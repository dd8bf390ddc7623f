"""Markdown's signs go, the words stay."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.delivery.markdown import plain


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("## 办理材料", "办理材料"),
        ("**身份证**原件", "身份证原件"),
        ("共**3**件", "共3件"),
        ("请带*原件*。", "请带*原件*。"),
        ("请带 *原件* 。", "请带 原件 。"),
        ("_注意_：周末休息", "注意：周末休息"),
        ("满==三年==的可以", "满三年的可以"),
        ("- 身份证\n- 户口本", "· 身份证\n· 户口本"),
        ("1. 身份证\n2. 户口本", "1. 身份证\n2. 户口本"),
        ("[办事指南](https://example.gov.cn/a_b_c)很详细", "办事指南（https://example.gov.cn/a_b_c）很详细"),
        ("[第三条](#a3)", "第三条"),
        ("<https://example.gov.cn/>", "https://example.gov.cn/"),
        ("![流程图](https://example.gov.cn/a.png)", "流程图"),
        ("> 引用的话", "引用的话"),
        ("`12345`", "12345"),
        ("```\n原样*的*\n```", "原样*的*"),
        ("一\n---\n二", "一\n二"),
        ("| 项目 | 时限 |\n|---|---|\n| 身份证 | 20天 |", "项目  时限\n身份证  20天"),
        ("| 项目 | 时限 |\n|:--|:-:|\n| 身份证 | - |", "项目  时限\n身份证  -"),
        ("一行<br>两行", "一行\n两行"),
        (r"\*不是强调\*", "*不是强调*"),
        ("**`码`和[名](https://a.cn)**", "码和名（https://a.cn）"),
    ],
)  # fmt: skip
def test_markup_becomes_plain_words(written: str, shown: str) -> None:
    assert plain(written) == shown


@pytest.mark.parametrize(
    "text",
    [
        "5*8*3平方米", "2**3**4", "面积*单价*数量", "file_name_here", "#1楼", "a==b==c",
        "-5度", "3 < 5 > 2", "1-2-3", "* ", "**", "____", "好的~~谢谢~~", "[附件]", "(一)总则",
        "https://a.cn/x_y_z*w*",
        "我*", "温度：-5~3℃", "电话：0551-12345678", "!!!", "``",
    ],
)  # fmt: skip
def test_signs_that_are_no_markup_stay(text: str) -> None:
    assert plain(text) == text


WORDS = st.text(alphabet="好的1a*_=#-`[]()>| \n\\!~", max_size=120)


@given(WORDS | st.text(max_size=120))
def test_no_letter_and_no_digit_is_ever_lost(text: str) -> None:
    """Apart from the targets of links that lead nowhere, and of images."""
    if "](" in text or "<" in text:
        plain(text)
        return
    assert re.sub(r"[\W_]", "", plain(text)) == re.sub(r"[\W_]", "", text)


@pytest.mark.parametrize(
    "sign", ["*", "**", "_", "__", "==", "[", "](", "`", "<", "|", "> ", "\\", "a*", "好**"]
)
def test_signs_without_end_are_quick(sign: str) -> None:
    assert plain(sign * 10_000) is not None
