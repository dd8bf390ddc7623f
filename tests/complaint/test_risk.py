"""Danger is noticed; idiom, history, negation and questions about it do not cry wolf."""

from __future__ import annotations

import pytest

from actions.understanding.danger.cues import cues_of
from actions.understanding.danger.risk import assess_risk, only_sounds_like_one
from actions.understanding.fields import Alarm
from actions.understanding.text.folding import fold


def alarms(text: str) -> set[str]:
    return {alarm.value for alarm in assess_risk(fold(text)).alarm}


@pytest.mark.parametrize(
    "text",
    [
        "我家着火了快来人",
        "楼道里全是煤气味，有人晕倒了",
        "电梯困人了，里面有个孕妇",
        "隔壁在打老婆，救命",
        "有人落水了",
        "邻居拿着刀追人",
        "对面屋里一直往外冒烟",
        "爷爷滑倒了爬不起来",
        "他把农药喝下去了",
        "有个男的跟着我走了两条街",
        "面包车翻了，司机还在里面",
        "老房子快塌了谁负责",
        "孩子不见了两个小时了",
        "我家老太太在楼道里走丢了半天没回来",
        "我妈不见了",
        "孩子发烧39度，小区封路修水管救护车进不来怎么办",
        "山火离我们村就剩一道梁",
        "楼道里全是烧塑料的味",
        "他用绳子勒他妈",
        "藏獒咬住个老太太不松口",
        "对门老两口三天没开门了，敲门没人应",
        "听见隔壁女的喊别打了",
        "孩子被一个不认识的人领走了",
        "房梁断了，老太太还在屋里",
        "孩子发烧四十度，120打了半天打不进去，急死我了",
        "120一直占线，我爸心口疼",
        "打急救电话没人接，我妈喘得厉害",
        "我老公摔了，救护车等了四十分钟还没到",
        "娃烧到40度，开始说胡话了",
    ],
)
def test_an_emergency_is_noticed(text: str) -> None:
    assert "emergency" in alarms(text)


@pytest.mark.parametrize(
    "text",
    [
        "再不解决我就炸了你们单位",
        "我要和他同归于尽",
        "明天我们三百个业主集体去堵路",
        "逼急了我什么事都干得出来",
        "我买了汽油，看谁怕谁",
        "他叫陈国平，我是他儿子，我要杀了他全家",
    ],
)
def test_a_threat_is_noticed(text: str) -> None:
    assert "threat" in alarms(text)


@pytest.mark.parametrize(
    "text",
    [
        "我真的不想活了",
        "活着没意思，死了算了",
        "我已经写好遗书了",
        "再这样我只能跳楼了",
        "妈，孩子，再见了",
    ],
)
def test_despair_is_noticed(text: str) -> None:
    assert "despair" in alarms(text)


@pytest.mark.parametrize(
    "text",
    [
        "短信",
        "收到短信",
        "快递短信",
        "再见了",
        "那我先走了",
        "我怕报复，要保密",
        "我被他们打击报复",
        "火灾事故认定不服怎么复核",
        "土房子快塌了能申请补助吗",
        "骑手撞了人平台要不要赔",
        "摔下楼梯算工伤吗",
        "持刀抢劫判几年",
        "教室没空调热死了",
        "楼下吵死人了",
        "商场跳楼价促销是不是虚假宣传",
        "炸鸡店油烟太大",
        "火锅店的老板态度差",
        "去年小区着火后电线一直没修",
        "新闻上说外地有人跳楼",
        "如果着火了消防车都进不来",
        "消防演练什么时候搞",
        "物业拼命涨价",
        "杀虫剂味道太大",
        "小区没有发生火灾",
        "社保怎么交",
        "死活不给退钱",
        "砍树的人说有手续",
        "施工队把我家墙砸了个洞",
        "城管把我摊子砸了",
        "我家门口修路把水管挖断了",
        "我店门口施工把门堵了进不来人",
        "给我妈办个防走失手环",
        "你们就是一群废物",
        "我也不知道该不该说",
        "村头那个厂冒黑烟，熏死个人",
        "我家狗走丢了",
        "工地围挡塌了一块，没人管",
        "化粪池满了往外溢",
        "路边躺着一棵倒了的树",
        "出租车关门夹了我手",
        "快递丢了",
        "小区电梯困人三次了",
        "消防通道被占救护车进不来",
        "去年我爸发病，打120没人接",
        "昨天我爸摔伤，120半天没来，投诉急救中心",
        "社区医院发热门诊的电话一直占线",
        "体温39度能打疫苗吗",
        "不用处理了，已经有人来盖上了",
        "他叫陈国平，我是他儿子陈磊",
    ],
)
def test_idiom_history_and_questions_raise_no_alarm(text: str) -> None:
    assert alarms(text) == set()


def test_scores_stay_within_bounds_and_alarms_follow_them() -> None:
    risk = assess_risk("着火了爆炸了救命被困昏迷" * 20)
    assert 0.9 < risk.emergency <= 1
    assert Alarm.EMERGENCY in risk.alarm
    quiet = assess_risk("路灯坏了")
    assert (quiet.emergency, quiet.threat, quiet.despair, quiet.alarm) == (0, 0, 0, ())


# In other words than the cues' own: what share of them is heard is measured, not each one.
UNSEEN = {
    "emergency": (
        "我爷爷在浴室滑倒撞到后脑勺，现在眼睛都不睁",
        "有人开车撞进了早餐店，底下压着人",
        "我闻到一股很浓的瓦斯味，头好晕",
        "几个人围着一个小伙子拳打脚踢，快出人命了",
        "水库泄洪，我们的车被冲到河中间了，车里还有三个人",
        "邻居家的儿子精神病犯了，提着砍刀在楼道里转",
        "我老婆羊水破了，堵在高架上动都动不了",
        "老人给我打完电话就没声音了，他说心口痛得厉害",
        "吊车把高压线挂断了，火花乱溅",
        "孩子掉进化粪池里了",
        "河里有个孩子在挣扎，岸上的人都不会水",
        "隔壁老大爷倒在门口一动不动",
        "工友从架子上摔下来了，头破了一直在流血",
        "厨房的油锅烧起来了扑不灭",
        "有个男的拿菜刀在商场里乱挥",
        "地下室进水了，我们几个人被堵在里面",
        "爸爸突然说不出话，半边身子不能动",
        "小孩把硬币吞下去了，脸都憋紫了",
        "对面楼阳台有个女的坐在外沿上哭",
        "化工厂那边轰的一声，窗户都震碎了",
    ),
    "threat": (
        "我这条命不要了也要拉他垫背",
        "再不给说法，全小区的人一起去把收费站砸了",
        "你让那个科长小心点，我天天在他家楼下等他",
        "我有的是办法让你们这个单位开不了门，大不了进去蹲几年",
        "下周一我们两百个工人到市里拉横幅堵大门",
        "你们不给办，我就拉着全家去跟局长拼了",
        "明天一早我们五十多个司机把高速口堵上",
        "信不信我一把火把售楼部点了",
        "他敢再来收房，我就让他横着出去",
        "欠我的钱不还，我就去他孩子学校门口等着",
        "我手里有两桶汽油，你们看着办",
        "不解决问题，我们就抬棺材到政府门口",
        "我豁出去了，谁拦我我砍谁",
    ),
    "despair": (
        "我把孩子托付给我妈了，以后就拜托你们照看",
        "每天都盼着自己睡着了就别醒",
        "反正我死了也没有人会难过",
        "我好累，想从这个世界上消失",
        "割了手腕，血流了好多，我不后悔",
        "我站在大桥上，不知道还有什么可留恋的",
        "安眠药我已经攒够了",
        "孩子没了，我也不想活在这世上了",
        "遗书写好放在抽屉里了",
        "这日子太苦了，我想一了百了",
        "活着只会拖累家里人，不如死了干净",
        "我不想再睁开眼睛了",
        "真的没有路可走了，想从楼上跳下去",
    ),
}


@pytest.mark.parametrize("danger", UNSEEN)
def test_most_dangers_in_other_words_are_noticed(danger: str) -> None:
    noticed = [text for text in UNSEEN[danger] if danger in alarms(text)]
    assert len(noticed) / len(UNSEEN[danger]) >= 0.6


def test_the_classifier_may_raise_the_alarm_too() -> None:
    text = "他留下一句话就去外地了"
    assert assess_risk(text).alarm == ()
    assert Alarm.DESPAIR in assess_risk(text, (("despair", 0.9),)).alarm


CALM = (
    "消防队什么时候来我们小区做演练",
    "请问煤气罐多久要检测一次",
    "我想投诉昨天着火的那家饭店一直没有消防设施",
    "去年我爸心脏病去世，想问丧葬费怎么领",
    "商场说满一百送炸鸡，结果不认",
    "晚上跳广场舞的声音吵得要命",
    "这房价真是要逼死人，建议降一降",
    "我儿子被同学推了一下，学校不处理",
    "这条路经常有人出车祸，建议装红绿灯",
    "医生说话太难听，差点气晕",
    "建议在江边立警示牌防止溺水",
    "楼上漏水把我家淹了，物业不管",
    "拖欠工资三个月，我们打算去劳动局申请仲裁",
    "物业再不修电梯我们就不交物业费了",
    "公司逼我辞职，我要去法院告他们",
    "我们全体业主联名要求更换物业",
    "小区门口的大树快倒了，砸到人怎么办",
    "孩子得了抑郁症，休学需要办什么手续",
    "心理咨询热线电话是多少",
    "我真是服了这个部门，推来推去快把我逼疯了",
    "老人独居容易摔倒，能不能装紧急呼叫",
    "天然气停了一天没法做饭",
    "有人在楼道里烧纸，烟味很大",
    "举报一家店卖烟花爆竹没有证",
    "垃圾焚烧厂冒黑烟",
    "卖刀具的网店发来的菜刀是假货",
    "电动车充电容易起火，建议建充电棚",
    "家里的狗走丢了怎么办",
    "我妈住院医保能报多少",
    "信访局让我等六十天，我等不了",
    "网上有人说我们村有炸弹，是谣言吧",
    "前夫以前打过我，现在想办离婚",
    "退休金这么低，让人怎么活",
    "昨天被狗咬了去哪打针",
    "银行卡被冻结，公司发不出工资，工人要闹",
)


def test_few_complaints_and_questions_near_danger_raise_an_alarm() -> None:
    assert sum(bool(alarms(text)) for text in CALM) / len(CALM) <= 0.15


@pytest.mark.parametrize(
    "text",
    [
        "1栋电梯经常困人，地下车库还漏水",
        "水压太低，洗澡都出不来水",
        "停车位被堵，车都出不来",
        "路面塌了个坑，一米多深，电动车差点掉下去",
        "我妈在菜市场晕倒，幸亏民警一路背到医院，太感谢了",
    ],
)
def test_what_happens_again_and_again_or_was_seen_to_is_no_emergency(text: str) -> None:
    assert not alarms(text)


@pytest.mark.parametrize(
    "text",
    [
        "电梯又困人了，里面有个老人，这电梯经常困人",
        "马路塌了，车陷进去了",
        "路面塌了，有人掉下去了",
    ],
)
def test_one_that_is_happening_is(text: str) -> None:
    assert "emergency" in alarms(text)


def test_one_cue_is_doubted_where_the_classifier_hears_a_mere_question() -> None:
    text = fold("老房子塌了想原址翻盖，户口迁走了还能不能批")
    assert assess_risk(text).alarm
    assert not assess_risk(text, (("ask_policy", 0.95),)).alarm
    flood = fold("水涨到二楼了，老人孩子困在屋顶上，快派冲锋舟，救命")
    assert assess_risk(flood, (("complain", 0.95),)).alarm == (Alarm.EMERGENCY,)


@pytest.mark.parametrize(
    "text",
    [
        "昨天孩子手指头卡在水龙头里了，消防队的小伙子十分钟就到了，我要好好谢谢他们",
        "护士扎了四针都没扎进去，手都肿了，她还翻白眼",
        "前天我爸心梗打120，救护车等了40分钟才来，人没救过来，我要个说法",
    ],
)
def test_what_was_seen_to_and_contempt_are_no_emergency(text: str) -> None:
    assert "emergency" not in alarms(text)


def test_thanks_outweigh_what_the_classifier_hears() -> None:
    said = "孩子手指卡在水龙头里了，消防队十分钟就到了，我要好好谢谢他们"
    ranking = (("give_praise", 0.5), ("emergency", 0.4))
    assert assess_risk(fold(said), ranking).alarm == ()


@pytest.mark.parametrize(
    "text", ["孩子手指卡在门里了", "孩子突然翻白眼了叫不应", "着火了，快来人，谢谢你们"]
)
def test_thanks_and_contempt_hide_no_emergency(text: str) -> None:
    assert "emergency" in alarms(text)


@pytest.mark.parametrize(
    "text",
    [
        "我外公经常晕倒，想给他申请护理补贴怎么弄",
        "我妈有癫痫经常抽搐，能办慢病卡吗",
        "桥头有人摔伤过，桥面砖头翘起来了",
        "我们这一片煤气断了，做不了晚饭",
        "有人在河里电鱼",
        "水库里好多死鱼",
        "河里漂着死猪",
    ],
)
def test_what_comes_and_goes_or_is_only_near_water_is_no_emergency(text: str) -> None:
    assert not alarms(text)


@pytest.mark.parametrize(
    "text",
    [
        "我爷爷经常晕倒，刚才又晕倒了叫不醒",
        "他老是打我，现在又拿着刀追我",
        "河里有人溺水了",
        "煤气管断了在漏气",
        "我家热水器在漏煤气",
        "湖里有个孩子掉下去了",
    ],
)
def test_what_happens_now_is_one_all_the_same(text: str) -> None:
    assert "emergency" in alarms(text)


@pytest.mark.parametrize("text", ["外墙砖掉下来砸到人行道", "煤气灶点不着火，做不了饭"])
def test_neither_a_pavement_hit_nor_a_stove_that_is_out_is_an_emergency(text: str) -> None:
    assert alarms(text) == set()


@pytest.mark.parametrize("alarm", list(Alarm))
def test_the_tables_of_cues_can_be_read(alarm: Alarm) -> None:
    cues = cues_of(alarm)
    assert len({cue.tells for cue in cues}) == len(cues) > 3
    assert all(0.2 <= cue.weight <= 0.8 for cue in cues)
    assert not any(cue.rule.search("") or cue.rule.search("你好，请问一下") for cue in cues)


@pytest.mark.parametrize(
    "text",
    [
        "外卖骑手逆行把我撞了，腿擦伤，我报了警没结果",
        "孩子在幼儿园滑梯上摔了，缝了三针，园方不给说法",
        "被隔壁的狗咬了，打针花了八百，主人不赔",
    ],
)
def test_what_is_claimed_for_is_no_emergency_any_more(text: str) -> None:
    sure = (("emergency", 0.6), ("complain", 0.3))
    assert assess_risk(text, sure).alarm == ()
    assert only_sounds_like_one(text)


def test_what_goes_on_is_one_whoever_is_to_pay() -> None:
    sure = (("emergency", 0.6), ("complain", 0.3))
    text = "老板欠钱不赔，现在又带人来砸我家门"
    assert Alarm.EMERGENCY in assess_risk(text, sure).alarm
    assert not only_sounds_like_one(text)
