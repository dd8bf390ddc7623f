"""Nothing personal leaves with a question, in whatever shape it is written."""

from __future__ import annotations

import pytest

from actions.phrasing.stand_ins import put_aside


@pytest.mark.parametrize(
    ("asked", "personal"),
    [
        (
            "身份证号：３４０１０４１９９００３０７１２３４，怎么补",
            "３４０１０４１９９００３０７１２３４",
        ),
        ("手机138.0000.1234能办吗", "138.0000.1234"),
        ("手机（138）0000 1234能办吗", "0000 1234"),
        ("电话幺三八洞洞洞洞幺二三四", "幺三八洞洞洞洞幺二三四"),
        ("身份证三四零一零四一九九零零三零七一二三四", "三四零一零四一九九"),
        ("微信号 abc_1990，办低保要啥", "abc_1990"),
        ("加我V信 abc_8899", "abc_8899"),
        ("QQ 123456 办证", "123456"),
        ("皖A·12345 违章怎么处理", "12345"),
        ("皖a12345违停", "12345"),
        ("住在丽景花园3-2-501，怎么装充电桩", "3-2-501"),
        ("住徽州大道1288弄5支弄12号", "1288弄"),
        ("丽景花园三栋二单元五零一，怎么报修", "五零一"),
        ("我身份证后四位1234，能领补贴吗", "1234"),
        ("出生于1990年3月7日的能退休吗", "1990年3月7日"),
        ("我1990.03.07出生能领吗", "1990.03.07"),
        ("我老公叫张三丰，他的公积金能提取吗", "张三丰"),
        ("母親張三豐，想辦高齡津貼", "張三豐"),
        ("我儿子张三上小学要什么材料", "张三"),
        ("户主李四住合肥市望江西路168号", "李四"),
        ("姓名：张三·李四 能办居住证吗", "张三·李四"),
        ("请联系我爸李四", "李四"),
        ("租客王五不给办居住证", "王五"),
        ("医保卡上的王五是我爸", "王五"),
    ],
)
def test_what_is_personal_is_put_aside_and_comes_back(asked: str, personal: str) -> None:
    aside = put_aside(asked)
    assert personal not in aside.text
    assert aside.back(aside.text) == asked


@pytest.mark.parametrize(
    "asked",
    [
        "2025年7月1日起退休年龄是多少",
        "12345热线几点上班",
        "91号文件是什么",
        "民法典第1079条怎么规定",
        "皖政办[2024]12号怎么说",
        "三号线几点停运",
        "二楼窗口办什么",
        "我妈妈今年80岁有补贴吗",
        "孩子高中毕业能领吗",
        "我是单身能申请公租房吗",
        "何时发放高龄津贴",
    ],
)
def test_what_belongs_to_the_question_stays(asked: str) -> None:
    assert put_aside(asked).text == asked
