"""Places are found verbatim and as complete as said; shared names stay open unless settled."""

from __future__ import annotations

from pathlib import Path

import pytest

from actions.understanding.fields import Place
from actions.understanding.places import gazetteer
from actions.understanding.places.place import find_places
from actions.understanding.text.folding import fold


def places(text: str, home: str | None = None) -> tuple[Place, ...]:
    return find_places(fold(text), home)[0]


SAID = [
    ("吵得睡不着，在蜀山区黄山路与科学大道交口", "蜀山区黄山路与科学大道交口"),
    ("我住在包河区望江西路88号，楼上漏水", "包河区望江西路88号"),
    ("长丰县岗集镇金岗大道往北500米的厂子冒黑烟", "长丰县岗集镇金岗大道往北500米"),
    ("安徽合肥蜀山井岗镇农贸市场对面垃圾成堆", "安徽合肥蜀山井岗镇农贸市场对面"),
    ("请问和平路和建设路交叉口的红绿灯什么时候修", "和平路和建设路交叉口"),
    ("梅园新村2期11栋502室漏水", "梅园新村2期11栋502室"),
    ("在兴工路88号锦程大厦14楼被骗了", "兴工路88号锦程大厦14楼"),
    ("G60沪昆高速K1123+500有个坑", "G60沪昆高速K1123+500"),
    ("市第三人民医院门诊部态度差", "市第三人民医院门诊部"),
    ("第五人民医院停车难", "第五人民医院"),
    ("大王庄村东头的垃圾没人拉", "大王庄村东头"),
    ("北庄村村西头有个养猪场", "北庄村村西头"),
    ("县城老汽车站往西一百米的井盖没了", "县城老汽车站往西一百米"),
    ("请求尽快修通白沙镇到石塘村的断头路", "白沙镇到石塘村"),
    ("希望打通文昌路到学府路的断头路", "文昌路到学府路"),
    ("S219省道靠近双井村的地方塌方", "S219省道靠近双井村"),
    ("镇政府对面的超市卖过期奶", "镇政府对面的超市"),
    ("玉林西路那家清吧放歌放到一两点", "玉林西路那家清吧"),
    ("开发区创业大道8号的厂子晚上冒黑烟", "开发区创业大道8号"),
    ("和平里社区卫生服务站打疫苗排队两小时", "和平里社区卫生服务站"),
    ("临江门地铁站4号口扶梯坏了", "临江门地铁站4号口"),
    ("跃进路小学后门那条小路没有路灯", "跃进路小学后门那条小路"),
    ("连霍高速甘肃段瓜州服务区没水", "连霍高速甘肃段瓜州服务区"),
    ("在淮海路（人民路至健康路段）修路", "淮海路（人民路至健康路段）"),
    ("E8县三一大道旁的金碧物流园停电", "E8县三一大道旁的金碧物流园"),
    ("在二七广场那个德化街摆摊", "二七广场那个德化街"),
    ("赣县区茅店镇上坝村塌方", "赣县区茅店镇上坝村"),
    ("蜀山区羊毫街开饭店的", "蜀山区羊毫街"),
    ("和田市拉斯奎镇买提尕孜村停电", "和田市拉斯奎镇买提尕孜村"),
    ("南昌大学第二附属医院停车贵", "南昌大学第二附属医院"),
    ("我家住香榭里花都西区", "香榭里花都西区"),
    ("万达广场3号门坐车", "万达广场3号门"),
    ("昆都仑区友谊大街23号街坊冒水", "昆都仑区友谊大街23号街坊"),
    ("昌吉市六工镇十三户村的水", "昌吉市六工镇十三户村"),
    ("大铺头站出口堵", "大铺头站出口"),
    ("包河区 葛大店 美林苑 9栋", "包河区 葛大店 美林苑 9栋"),
    ("包河区宁国路 宁国新村 7栋楼道灯不亮", "包河区宁国路 宁国新村"),
    ("表扬下滨湖派出所的王警官", "滨湖派出所"),
    ("我家住信达天御，每天上班路过祁门路和潜山路路口，左转灯就三秒", "祁门路和潜山路路口"),
    ("从南站到三里庵打车司机绕路收了我六十", "南站到三里庵"),
    ("312国道枫林段大车多", "312国道枫林段"),
    ("兰海高速遵义段往重庆方向忠庄收费站天天堵", "兰海高速遵义段往重庆方向忠庄收费站"),
    ("京港澳高速往北京方向堵车", "京港澳高速"),
    ("中山路路灯不亮", "中山路"),
    ("在河西区友谊路与平江道交口处被撞", "河西区友谊路与平江道交口处"),
    ("庐山北路铁路桥洞积水", "庐山北路铁路桥洞"),
    ("青山湖区湖坊镇进顺村拆迁", "青山湖区湖坊镇进顺村"),
    ("我们小区中海国际社区北门外的河道有人倒垃圾", "中海国际社区北门"),
    ("通往长岭中学的水泥路坏了", "长岭中学"),
    ("投诉老百姓大药房（五一路店）", "大药房（五一路店）"),
    ("在汽车西站公交站台等车", "汽车西站公交站台"),
    ("我是海创园附近和景苑的住户", "海创园附近和景苑"),
    ("在洛阳市王城大道与九都路口装信号灯", "洛阳市王城大道与九都路口"),
    ("昨晚在国贸大厦负一楼缴费", "国贸大厦负一楼"),
    ("在华润万家解放西路店买的鸡蛋", "华润万家解放西路店"),
    ("请问下虹桥火车站的出租车排队", "虹桥火车站"),
    ("儋州市那大镇伏波东路堵车", "儋州市那大镇伏波东路"),
    ("涟源市六亩塘镇增加村的路灯", "涟源市六亩塘镇增加村"),
    ("鹤山市共和镇来苏村委会良庚村的人", "鹤山市共和镇来苏村委会良庚村"),
    ("材料交到滩头镇政府，没有回音", "滩头镇政府"),
    ("江津西路上安良百货旁边的巷子", "江津西路上安良百货旁边"),
    ("盘古村古营屯的饮用水是从山上接的", "盘古村古营屯"),
    ("铜口铜矿的尾矿库扬尘", "铜口铜矿的尾矿库"),
    ("平潭县流水镇看蓝眼泪的人多", "平潭县流水镇"),
    ("昨天路过市第一中学门口摔了一跤", "市第一中学门口"),
    ("我是恒大绿洲的业主，物业不作为", "恒大绿洲"),
    ("举报河滨花园8栋1单元102室开黑诊所", "河滨花园8栋1单元102室"),
    ("浦东新区张江镇地铁站3号口共享单车乱放", "浦东新区张江镇地铁站3号口"),
    ("坐12路公交车的时候司机骂人", "12路公交车"),
    ("旅3路到公园只有一站", "旅3路"),
    ("福州道与河北路交口堵车", "福州道与河北路交口"),
    ("从五月份开始坞城路修路", "坞城路"),
    ("请管一管中原油田社区的路灯", "中原油田社区"),
    ("上游李田楼镇天天排污", "李田楼镇"),
    ("脏水倒进鉴湖，鱼都死了", "鉴湖"),
    ("万龙滑雪场停车太贵", "万龙滑雪场"),
    ("盛泽实验小学舜新校区门前堵", "盛泽实验小学舜新校区门前"),
    ("市中心医院和其他院区都满了", "市中心医院"),
    ("为个证跑了R区政务服务中心六趟", "R区政务服务中心"),
    ("G206国道这一段全是坑", "G206国道"),
    ("石桥村的自来水三年没通了", "石桥村"),
    ("老师打人，阳光幼儿园，家长都知道", "阳光幼儿园"),
    ("我在经开区，厂里三个月不发工资", "经开区"),
    ("有人传销，地址瑶海区站前路88号3单元501", "瑶海区站前路88号3单元501"),
    ("幸福小区3栋2500元押金不退", "幸福小区3栋"),
    ("洪山区雄楚大道与民族大道交汇处堵死了", "洪山区雄楚大道与民族大道交汇处"),
    ("我家在鼓楼区建设新村12栋顶楼", "鼓楼区建设新村12栋顶楼"),
    ("市妇幼保健院排队三个小时", "市妇幼保健院"),
    ("昨天在解放碑那边买的手机是水货", "解放碑"),
    ("我住御泉湾C区8栋，电梯坏了", "御泉湾C区8栋"),
    ("沌口小区的路灯不亮", "沌口小区"),
    ("河西区友谊道全是坑", "河西区友谊道"),
    ("西宁城东区八一路堵", "西宁城东区八一路"),
    ("石家庄桥西区裕华西路积水", "石家庄桥西区裕华西路"),
    ("在朝阳区望京SOHO停车", "朝阳区望京SOHO"),
    ("投诉凯德MALL一家店", "凯德MALL"),
    ("G30连霍高速洛阳往郑州方向K672+300处有落石", "G30连霍高速洛阳往郑州方向K672+300处"),
    ("国道318线雅江县八角楼乡塌方", "国道318线雅江县八角楼乡"),
    ("建设路口到纺织厂家属院这一段全是坑", "建设路口到纺织厂家属院"),
    ("我是镇西村小李庄的，路烂", "镇西村小李庄"),
    ("信宜市水口镇高岭村新屋垌的桥断了", "信宜市水口镇高岭村新屋垌"),
    ("天宁区翠竹新村96幢甲单元堆满电瓶车", "天宁区翠竹新村96幢甲单元"),
    ("二十一世纪国际公寓A座1506群租", "二十一世纪国际公寓A座1506"),
    ("十一中校门口没有红绿灯", "十一中"),
    ("商洛市山阳县城关街办东河桥头没修好", "商洛市山阳县城关街办东河桥头"),
    ("合肥轨道3号线幸福坝站的扶梯坏了", "合肥轨道3号线幸福坝站"),
    ("幸福小区3栋电梯困人", "幸福小区3栋"),
    ("每天从南湖东路走，没有路灯", "南湖东路"),
    ("我住在青山路边上，天天有人飙车", "青山路边上"),
    ("我们在仙山西路租的房子漏水", "仙山西路"),
    ("京港高速信阳出口全是货车", "京港高速信阳出口"),
    ("我住西城区白云东里，没电梯", "西城区白云东里"),
    ("顺义区开放路与建设路交叉口堵死了", "顺义区开放路与建设路交叉口"),
    ("绕行要走派河大道，远了三公里", "派河大道"),
    ("G107国道靠近月山镇路段全是坑", "G107国道靠近月山镇路段"),
    ("粪水直接流进郭河，鱼都死了", "郭河"),
    ("打电话到花山市场监督管理所没人接", "花山市场监督管理所"),
    ("凤凰山公园上山的路没有灯", "凤凰山公园"),
    ("污水流进巨野河，臭得很", "巨野河"),
    ("今年春天辽河大堤加固占了地", "辽河大堤"),
    ("应县臧寨乡小石口村的古堡塌了", "应县臧寨乡小石口村"),
    ("遂宁市船山区南强镇停水", "遂宁市船山区南强镇"),
    ("金华市区双龙南街近丹溪路停电", "金华市区双龙南街"),
    ("包头东河区南门外大街堵车", "包头东河区南门外大街"),
    ("在步行街买的衣服掉色", "步行街"),
    ("345路快车到站不停", "345路快车"),
]
"""What is said, and the place of it; each told by another of the ways that places are said in."""


def test_nearly_every_place_is_taken_as_said() -> None:
    missed = [(text, place) for text, place in SAID if _first(text) != place]
    assert len(missed) <= len(SAID) * 0.03, missed


def _first(text: str) -> str:
    return next((place.text for place in places(text)), "")


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("我是A7县星沙镇凉塘路的居民", "A7县星沙镇凉塘路"),
        ("A市B区阳光花园小区3栋2单元没水", "A市B区阳光花园小区3栋2单元"),
        ("A3区中海国际社区三期与四期中间空地夜间施工", "A3区中海国际社区三期与四期中间空地"),
        ("XX小区门口违停严重", "XX小区门口"),
        ("K8县丁字街的商户乱摆摊", "K8县丁字街"),
        ("某某镇的路太烂了", "某某镇"),
    ],
)
def test_stand_ins_of_published_letters_are_places(text: str, place: str) -> None:
    assert places(text)[0].text == place


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("我们单元门禁坏了一个多月了", "我们单元"),
        ("我们小区里门卫不让进", "我们小区里"),
        ("我们单元门口堆了杂物", "我们单元门口"),
    ],
)
def test_an_unnamed_place_ends_where_a_word_does(text: str, place: str) -> None:
    places, _ = find_places(text)
    assert [found.text for found in places] == [place]


@pytest.mark.parametrize("text", ["我家楼下有人打牌", "我们小区门口路灯坏了"])
def test_a_place_only_the_speaker_knows_is_kept_as_unnamed(text: str) -> None:
    place = places(text)[0]
    assert not place.named
    assert place.text in text


@pytest.mark.parametrize(
    "text",
    [
        "社保卡丢了怎么补办",
        "我想问一下退休金怎么算",
        "知道这条路子走不通",
        "报道说医院收费贵，我们上路前要问路",
        "请督促法院尽快执行",
        "孩子上学要爬山两个钟头",
        "村里的水塘没有护栏",
        "跳舞的声音太大了 高三的小孩没法学习",
        "俺是阜南来嘞，在恁这工地上干活",
    ],
)
def test_what_only_sounds_like_a_place_is_none(text: str) -> None:
    assert [p for p in places(text) if p.named] == []


@pytest.mark.parametrize(
    ("text", "region"),
    [
        ("合肥市蜀山区黄山路", "340104"),
        ("合肥市的路灯坏了", "340100"),
        ("昌平区回龙观有人摆摊", "110114"),
        ("民和县某局", "630222"),
        ("上海市浦东新区世纪大道", "310115"),
        ("我在义乌开店", "330782"),
        ("深圳龙华民治的路灯", "440309"),
        ("海门区停水", "320614"),
        ("公主岭市范家屯镇平洋村", "220184"),
        ("无为市无城镇", "340281"),
        ("台州市路桥区金清镇有家作坊", "331004"),
        ("在三水区乐平镇上班", "440607"),
    ],
)
def test_regions_have_their_code(text: str, region: str) -> None:
    assert places(text)[0].region == region


def test_a_shared_name_is_open_until_context_or_home_settles_it() -> None:
    alone = places("鼓楼区湖南路有人摆摊")[0]
    assert alone.region is None
    assert {"320106", "350102"} <= set(alone.candidates)
    assert places("鼓楼区湖南路有人摆摊", "320100")[0].region == "320106"
    assert places("鼓楼区湖南路有人摆摊，我是福州的居民")[0].region == "350102"
    assert places("南京市鼓楼区湖南路有人摆摊")[0].region == "320106"


def test_a_short_name_is_a_region_where_it_is_at_home() -> None:
    assert places("包河万达旁边停水", "340100")[0].region == "340111"
    assert places("包河万达旁边停水")[0].region is None


def test_a_short_name_that_begins_another_asks_for_no_region() -> None:
    assert places("滨湖世纪城停水")[0].candidates == ()
    assert places("我在滨湖", "340100")[0].candidates == ()
    assert places("我在滨湖")[0].candidates == ("131172", "320211")


def test_a_short_name_inside_other_words_is_no_region() -> None:
    assert all(p.text != "厦门" for p in places("鼓楼大厦门口有人摆摊"))
    assert places("在中山路买了件中山装")[0].text == "中山路"


def test_the_most_definite_place_comes_first() -> None:
    found = places("我是外省人，在合肥市蜀山区黄山路买了房，老家在安庆")
    assert found[0].text == "合肥市蜀山区黄山路"
    assert "安庆" in {p.text for p in found}


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("从哈西站坐车到学府四道街，下车被夹了", "学府四道街"),
        ("请问地铁6号线什么时候通到黄花机场", "地铁6号线"),
        ("从A8县玉潭街道到A市火车南站的公交停了", "A8县玉潭街道"),
        ("去包河区劳动监察大队问过，在蜀山区黄山路的工地干活没给钱", "蜀山区黄山路的工地"),
        ("老家在阜阳，在蜀山区黄山路买房被骗", "蜀山区黄山路"),
        ("能不能在42中门口装个红绿灯", "42中门口"),
    ],
)
def test_where_they_came_from_or_turned_to_is_not_the_scene(text: str, place: str) -> None:
    assert places(text)[0].text == place


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("我在上海打工，爸妈在庐江，村里三天没水了", "庐江"),
        ("我人在深圳，父母住在赣州市章贡区，家里停电了", "赣州市章贡区"),
        ("我在北京打工，老家阜南县的房子被邻居占了一半", "阜南县"),
        ("我在上海市缴存公积金六年，现在老家迎江区买了套房", "迎江区"),
        ("我在深圳龙华区打工，老家在湖南，老板不发工资", "深圳龙华区"),
    ],
)
def test_the_scene_is_where_those_are_the_writer_speaks_for(text: str, place: str) -> None:
    assert places(text)[0].text == place


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("我去过云龙区教体局和泉山派出所，都说不归他们管", ["云龙区教体局", "泉山派出所"]),
        ("附近有当代城市家园和美和园两个大小区，早高峰全挤在一个路口", ["当代城市家园", "美和园"]),
        ("云阳县人和街道办事处说去人和派出所开证明", ["云阳县人和街道", "人和派出所"]),
    ],
)
def test_two_that_are_joined_or_called_alike_are_two(text: str, place: list[str]) -> None:
    found = [p.text for p in places(text)]
    assert all(any(one in said for said in found) for one in place), found
    assert not any("和泉山" in said or "和美和" in said for said in found)


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("关于柳石路与航五路交汇处红绿灯的问题：第九中学的学生在柳州市龙屯路等很久", "柳石路"),
        ("我是绿洲家园四期的业主，孩子要去华阳路上学", "绿洲家园四期"),
        ("我们村叫瓦窑坪村，打电话要爬到鹰嘴岩上面去", "瓦窑坪村"),
        ("市城管局：幸福路的路灯坏了", "幸福路"),
    ],
)
def test_the_scene_is_what_the_letter_is_about(text: str, place: str) -> None:
    assert places(text)[0].text.startswith(place)


def test_a_lamp_is_no_road() -> None:
    assert not any(p.named for p in places("我们院子里路灯不亮"))


def test_a_stake_and_what_is_told_again_is_the_scene_and_where_it_was_towed_is_not() -> None:
    towed = "车在连霍高速K1215处爆胎，拖到宝鸡西服务区修理"
    assert places(towed)[0].text == "连霍高速K1215处"
    again = "我每天从钱湖北路站坐到中兴大桥南站，中兴大桥南站的停车处总是满的"
    assert places(again)[0].text == "中兴大桥南站"


@pytest.mark.parametrize(("name", "count"), [("鼓楼区", 4), ("长丰县", 1), ("无此县", 0)])
def test_the_gazetteer_gives_every_code_of_a_name(name: str, count: int) -> None:
    assert len(gazetteer.codes_of(name)) == count


def test_codes_have_levels_and_names() -> None:
    assert [gazetteer.level_of(c) for c in ("340000", "340100", "340104")] == [1, 2, 3]
    assert gazetteer.name_of("340104") == "蜀山区"
    assert gazetteer.name_of("999999") is None


@pytest.mark.parametrize(("name", "least"), [("places.tsv", 0.9), ("place_scenes.tsv", 0.92)])
def test_most_places_of_the_list_are_found_whole(name: str, least: float) -> None:
    lines = Path(__file__).with_name(name).read_text(encoding="utf-8").splitlines()
    pairs = [line.split("\t") for line in lines]
    whole = [place for text, place in pairs if any(place in p.text for p in places(text)[:1])]
    assert len(whole) / len(pairs) >= least


def test_nine_of_ten_named_places_are_found_whole_wherever_they_stand() -> None:
    found = named = 0
    for line in (
        Path(__file__).with_name("place_letters.tsv").read_text(encoding="utf-8").splitlines()
    ):
        text, _, gold = line.partition("\t")
        got = [place.text for place in places(text) if place.named]
        for name in filter(None, gold.split("|")):
            named += 1
            found += any(fold(name) in said for said in got)
    assert found / named >= 0.95


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("国庆路上的井盖坏了", "国庆路"),
        ("五一大道和国庆路交口红绿灯不亮", "五一大道和国庆路交口"),
        ("清明路口天天堵", "清明路口"),
        ("国庆节路上堵车", None),
        ("国庆期间路上撒满渣土", None),
    ],
)
def test_a_road_called_after_a_day_is_no_day(text: str, named: str | None) -> None:
    places, _ = find_places(text)
    assert [place.text for place in places if place.named] == ([named] if named else [])
