"""Times are absolute, in Beijing time, with ranges and repetition kept."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from actions.understanding.fields import Duration, When
from actions.understanding.text.folding import fold
from actions.understanding.times.calendar_zh import holiday, number
from actions.understanding.times.chosen import main_time
from actions.understanding.times.durations import find_duration
from actions.understanding.times.reading import BEIJING
from actions.understanding.times.times import find_times

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=BEIJING)  # a Sunday


def first(text: str, now: datetime = NOW) -> When:
    return find_times(fold(text), now)[0]


def bounds(when: When) -> tuple[str | None, str | None]:
    return tuple(end.strftime("%m-%d %H:%M") if end else None for end in (when.begin, when.finish))  # type: ignore[return-value]


@pytest.mark.parametrize(
    ("text", "said", "begin", "finish"),
    [
        ("昨晚9点到今早6点一直施工", "昨晚9点到今早6点", "11-21 21:00", "11-22 06:00"),
        ("上周三下午三点半去的", "上周三下午三点半", "11-11 15:30", "11-11 15:30"),
        ("半个月前报的修", "半个月前", "11-07 00:00", "11-07 23:59"),
        ("国庆期间一直堵", "国庆期间", "10-01 00:00", "10-07 23:59"),
        ("11月15日上午10点左右", "11月15日上午10点左右", "11-15 10:00", "11-15 10:59"),
        ("这个月5号到8号没水", "这个月5号到8号", "11-05 00:00", "11-08 23:59"),
        ("晚上10点到第二天凌晨5点", "晚上10点到第二天凌晨5点", "11-21 22:00", "11-22 05:00"),
        ("昨天半夜两点", "昨天半夜两点", "11-22 02:00", "11-22 02:59"),
        ("今天早上7：30", "今天早上7：30", "11-22 07:30", "11-22 07:30"),
        ("工程队从七月干到十月", "从七月干到十月", "07-01 00:00", "10-31 23:59"),
        ("从三月等到现在", "从三月等到现在", "03-01 00:00", "11-22 10:00"),
        ("周五晚10点到周六早6点", "周五晚10点到周六早6点", "11-20 22:00", "11-21 06:00"),
        ("从今年3月份开始", "从今年3月份开始", "03-01 00:00", None),
        ("2019年3月至今", "2019年3月至今", "03-01 00:00", "11-22 10:00"),
        ("三小时前", "三小时前", "11-22 07:00", "11-22 07:00"),
        ("凌晨四五点就开工", "凌晨四五点", "11-22 04:00", "11-22 04:59"),
        ("最近三个月", "最近三个月", "08-22 00:00", "11-22 23:59"),
        ("周五晚上", "周五晚上", "11-20 18:00", "11-20 23:59"),
        ("从八点到现在没停过", "从八点到现在", "11-22 08:00", "11-22 10:00"),
        ("昨晚一场雨下到今早六点", "昨晚一场雨下到今早六点", "11-21 18:00", "11-22 06:00"),
        ("自来水从早上到现在都是黄的", "从早上到现在", "11-22 06:00", "11-22 10:00"),
        ("从大年初六就没有暖气", "从大年初六", "02-22 00:00", None),
        ("打昨天早上起就没水", "打昨天早上起", "11-21 06:00", None),
        ("从国庆前就停热水了", "从国庆前", "09-24 00:00", None),
        ("昨晚凌晨两点还在蹦迪", "昨晚凌晨两点", "11-22 02:00", "11-22 02:59"),
        ("昨天夜里凌晨1点半", "昨天夜里凌晨1点半", "11-22 01:30", "11-22 01:30"),
        ("昨天凌晨两点还在蹦迪", "昨天凌晨两点", "11-21 02:00", "11-21 02:59"),
        ("昨儿后半夜两点来钟", "昨儿后半夜两点来钟", "11-22 02:00", "11-22 02:59"),
        ("今天后半夜有人砸门", "今天后半夜", "11-22 00:00", "11-22 06:00"),
        ("后半夜三点有人放炮", "后半夜三点", "11-22 03:00", "11-22 03:59"),
        ("中秋节晚上8点放烟花", "中秋节晚上8点", "09-25 20:00", "09-25 20:59"),
        ("端午节那天买的粽子", "端午节那天", "06-19 00:00", "06-19 23:59"),
        ("春节当天就停水", "春节当天", "02-17 00:00", "02-17 23:59"),
        ("国庆晚上都在放", "国庆晚上", "10-01 18:00", "10-07 23:59"),
        ("春节放假期间到元宵节一直放炮", "春节放假期间到元宵节", "02-16 00:00", "03-03 23:59"),
        (
            "从腊月二十三一直吵到正月十五",
            "从腊月二十三一直吵到正月十五",
            "02-09 00:00",
            "03-03 23:59",
        ),
        (
            "大前天晚上七点多停电，停到昨天早上六点才来",
            "大前天晚上七点多停电，停到昨天早上六点",
            "11-19 19:00",
            "11-21 06:00",
        ),
        ("昨儿个上午十点一刻", "昨儿个上午十点一刻", "11-21 10:15", "11-21 10:15"),
        ("前儿个夜里头十一二点钟", "前儿个夜里头十一二点钟", "11-20 23:00", "11-20 23:59"),
        ("八月中下旬停的", "八月中下旬", "08-11 00:00", "08-31 23:59"),
        ("刚才两点五十到现在一直停着", "刚才两点五十到现在", "11-22 02:50", "11-22 10:00"),
        ("11月20号以后暖气就没热过", "11月20号以后", "11-20 00:00", None),
        ("月初交的费", "月初", "11-01 00:00", "11-07 23:59"),
        ("月底就涨价了", "月底", "10-24 00:00", "10-31 23:59"),
        ("上半年就报过一回", "上半年", "01-01 00:00", "06-30 23:59"),
        ("国庆节后上班第一天", "国庆节后", "10-08 00:00", "10-14 23:59"),
        ("立冬那天就说供暖", "立冬那天", "11-07 00:00", "11-07 23:59"),
        ("前天跟昨天都来过", "前天跟昨天", "11-20 00:00", "11-21 23:59"),
        ("这个月5号、12号和19号都停电", "这个月5号、12号和19号", "11-05 00:00", "11-19 23:59"),
        ("从正月十五开始停气", "从正月十五开始", "03-03 00:00", None),
        ("腊月二十三交的房", "腊月二十三", "02-09 00:00", "02-10 23:59"),
        ("整个夏天没有水", "整个夏天", "06-01 00:00", "08-31 23:59"),
        ("老板年前卷款走人", "年前", "01-17 00:00", "02-15 23:59"),
        ("3月以来停水六次", "3月以来", "03-01 00:00", "11-22 10:00"),
    ],
)
def test_a_time_is_absolute(text: str, said: str, begin: str, finish: str | None) -> None:
    when = first(text)
    assert when.text == said
    assert bounds(when) == (begin, finish)


@pytest.mark.parametrize(
    ("text", "rule", "begin"),
    [
        ("每天凌晨2点到5点放炮", "daily", "11-22 02:00"),
        ("天天半夜打牌", "daily", "11-21 22:00"),
        ("每周六早上割草", "weekly", "11-21 06:00"),
        ("每周六上午敲锣", "weekly", "11-21 08:00"),
        ("每周日晚上八点", "weekly", "11-15 20:00"),
        ("每个星期三下午", "weekly", "11-18 12:00"),
        ("逢周二晚上", "weekly", "11-17 18:00"),
        ("工作日早高峰", "weekdays", "11-20 07:00"),
        ("周一至周五每天早上六点半", "weekdays", "11-20 06:30"),
        ("周末早上六点", "weekends", "11-22 06:00"),
        ("双休日晚上", "weekends", "11-21 18:00"),
        ("每月15号晚上", "monthly", "11-15 18:00"),
        ("从上个月开始每天晚上", "daily", "10-01 00:00"),
        ("国庆以后每天半夜打桩", "daily", "10-01 00:00"),
        ("每次一下雨就淹", "irregular", None),
        ("一下雨就积水", "irregular", None),
        ("每逢下雨", "irregular", None),
        ("每逢赶集就堵", "irregular", None),
        ("每两天停一次水", "irregular", None),
        ("隔三差五晚上停电", "irregular", None),
        ("半夜经常施工", "irregular", None),
        ("每隔一小时响一次", "daily", None),
        ("24小时不停", "daily", None),
        ("从早到晚放喇叭", "daily", None),
        ("每周三次", "weekly", None),
        ("每逢初一十五烧纸", "monthly", None),
        ("周一到周五都堵", "weekdays", None),
        ("每周一至周五早上", "weekdays", "11-20 06:00"),
        ("每周一三五早上六点敲锣", "weekly", "11-20 06:00"),
        ("每周一、三、五吵得很", "weekly", None),
        ("每个周末装修", "weekends", None),
        ("每个月初停水", "monthly", None),
        ("一到夏天就臭", "yearly", None),
        ("隔三差五停电", "irregular", None),
        ("夏天一到就臭", "yearly", None),
        ("晚上一到十点就停水", "daily", "11-21 22:00"),
    ],
)
def test_repetition_is_kept(text: str, rule: str, begin: str | None) -> None:
    when = first(text)
    assert when.recurrence == rule
    assert bounds(when)[0] == begin


@pytest.mark.parametrize(
    "text",
    [
        "有一点问题",
        "12345热线",
        "电话13800001234",
        "20号楼3单元",
        "三点建议",
        "一时糊涂",
        "差一点摔倒",
        "提前一个月交了钱",
    ],
)
def test_what_only_looks_like_a_time_is_none(text: str) -> None:
    assert find_times(fold(text), NOW) == ()


def test_a_day_without_a_year_is_the_latest_past_one_or_the_near_coming_one() -> None:
    assert first("12月24日的事").begin == datetime(2026, 12, 24, tzinfo=BEIJING)
    assert first("3月5号的事").begin == datetime(2026, 3, 5, tzinfo=BEIJING)
    january = datetime(2026, 1, 5, tzinfo=BEIJING)
    assert first("11月5号的事", january).begin == datetime(2025, 11, 5, tzinfo=BEIJING)


def test_last_years_holiday_is_last_years() -> None:
    begin = first("去年国庆期间").begin
    assert begin == datetime(2025, 10, 1, tzinfo=BEIJING)
    winter = first("从去年腊月拖到现在")
    assert (winter.text, winter.begin) == (
        "从去年腊月拖到现在",
        datetime(2026, 1, 19, tzinfo=BEIJING),
    )


def test_an_hour_without_a_part_of_day_is_the_latest_that_has_been() -> None:
    evening = datetime(2026, 11, 22, 22, 40, tzinfo=BEIJING)
    assert first("从十点到现在还在吵", evening).begin == evening.replace(hour=22, minute=0)


def test_another_zone_is_understood_in_beijing_time() -> None:
    late = datetime(2026, 11, 21, 18, 0, tzinfo=UTC)  # 02:00 on the 22nd in Beijing
    assert first("今天早上", late).begin == datetime(2026, 11, 22, 6, tzinfo=BEIJING)


def test_two_days_in_a_row_are_one_time() -> None:
    when = first("周五周六早上放炮")
    assert when.text == "周五周六早上"
    assert bounds(when) == ("11-20 06:00", "11-21 09:00")


@pytest.mark.parametrize(
    ("text", "said", "rule"),
    [
        ("近半个月每晚22时至次日5时浇筑", "近半个月每晚22时至次日5时", "daily"),
        ("自3月份起每天早晨五点半至七点放喇叭", "自3月份起每天早晨五点半至七点", "daily"),
        ("早晚高峰左转车抢道", "早晚高峰", "weekdays"),
        ("上学放学时间门口堵死", "上学放学时间", "weekdays"),
        ("狗从早叫到晚", "从早叫到晚", "daily"),
        ("赶集天人山人海", "赶集天", "irregular"),
    ],
)
def test_what_recurs_is_kept_whole(text: str, said: str, rule: str) -> None:
    when = first(text)
    assert (when.text, when.recurrence) == (said, rule)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("我妈今年七十三了，去年中风以后没下过楼", "去年"),
        ("孩子今年上一年级，学校从上周三起停课", "上周三起"),
        ("工资拖了三个月了，老板说没钱，过年都回不去", "三个月"),
        ("五一桥的栏杆昨天断了", "昨天"),
    ],
)
def test_a_year_of_age_or_of_school_is_not_the_time_of_the_matter(text: str, said: str) -> None:
    folded = fold(text)
    when = main_time(folded, find_times(folded, NOW), find_duration(folded), NOW)
    assert when is not None
    assert when.text.removeprefix("从") == said


@pytest.mark.parametrize("text", ["除了周日都停水", "除周一外照常"])
def test_a_day_that_is_left_out_is_no_time(text: str) -> None:
    assert find_times(fold(text), NOW) == ()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("说好下个月初退钱，押金是八月份交的", "八月份"),
        ("店家答应12月10日前交房", None),
        ("他们答应元旦前修好，到现在还没动工", None),
        ("物业说昨天停水是因为检修", "昨天"),
        ("公交101路末班车说是十点半，其实十点就没了", "十点"),
        ("挂号排到我了说下班了，明天再来", None),
        ("昨天才来通知的", "昨天"),
        ("这月退休金到现在没到账", "这月"),
        ("离婚后前夫没给过抚养费，三年前夫就跑了", None),
        ("通知明天停水", "明天"),
    ],
)
def test_what_is_promised_is_not_when_it_was(text: str, said: str | None) -> None:
    when = main_time(fold(text), find_times(fold(text), NOW), None, NOW)
    assert (when and when.text) == said


@pytest.mark.parametrize(
    "text",
    [
        "快到春节了工资还没发",
        "拖到国庆都没修",
        "昨天去投诉，接到今天中午的电话",
        "上周买的票，改到下周六",
    ],
)
def test_no_range_is_made_of_what_is_none(text: str) -> None:
    assert not any("到" in when.text for when in find_times(fold(text), NOW))


@pytest.mark.parametrize(
    "text",
    [
        "凌晨3点到4点装卸货，天天如此",
        "晚上11点到1点打麻将，每天都这样",
        "夜里两点放歌，每晚都是这样",
    ],
)
def test_hours_that_are_said_to_be_so_every_day_recur(text: str) -> None:
    when = main_time(fold(text), find_times(fold(text), NOW), None, NOW)
    assert when is not None
    assert when.recurrence == "daily"
    assert when.begin is not None


def test_what_is_wished_for_is_not_when_it_was() -> None:
    for text in ("末班车延长到十二点", "希望改成早上八点"):
        assert main_time(fold(text), find_times(fold(text), NOW), None, NOW) is None


def test_what_recurs_is_not_lost_for_how_long_it_lasts() -> None:
    text = fold("隔三差五停水，快两个月了")
    when = main_time(text, find_times(text, NOW), find_duration(text), NOW)
    assert when is not None
    assert (when.text, when.recurrence) == ("隔三差五", "irregular")


def test_no_real_date_is_no_time() -> None:
    assert find_times("13月40日", NOW) == ()


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("停水三天了", 3),
        ("已经半个月了没人管", 15),
        ("拖了两年多还没办", 730),
        ("一个半月了", 45),
        ("路灯坏了大半年了", 255.5),
        ("都一年零三个月了", 455),
        ("坏了一个多礼拜", 7),
        ("两三年了", 912.5),
        ("欠了四五十天", 45),
        ("前前后后折腾了两年半", 912.5),
        ("车位被人占了一个星期，物业不管", 7),
        ("坏了有小半个月，夜里很黑", 12),
        ("这么耗着耗了整整一年", 365),
    ],
)
def test_how_long_it_lasts(text: str, days: float) -> None:
    found = find_duration(fold(text))
    assert found is not None
    assert found.days == days


@pytest.mark.parametrize(
    "text",
    [
        "三天内回复",
        "两年工期",
        "三年前买的",
        "三个月工资没发",
        "交了一年物业费",
        "办了三年的卡",
        "请了三天假",
        "押金付了三个月",
    ],
)
def test_a_span_of_time_is_not_always_how_long_it_lasts(text: str) -> None:
    assert find_duration(fold(text)) is None


def test_how_long_says_when_if_nothing_says_it_better() -> None:
    lasting = Duration("三天", 2, 4, 0.8, 3)
    when = main_time("停水三天了", (), lasting, NOW)
    assert when is not None
    assert bounds(when) == ("11-19 00:00", "11-22 10:00")
    said = find_times("11月15日上午10点停水", NOW)
    assert main_time("11月15日上午10点停水", said, lasting, NOW) == said[0]


@pytest.mark.parametrize(
    ("word", "value"),
    [
        ("二十三", 23),
        ("两百", 200),
        ("十", 10),
        ("半", 0.5),
        ("几十", 50),
        ("2019", 2019),
        ("一五", 15),
    ],
)
def test_chinese_numerals(word: str, value: float) -> None:
    assert number(word) == value


def test_no_numeral_is_none() -> None:
    assert number("天") is None
    assert number("") is None


def test_lunar_holidays_reach_as_far_as_their_table() -> None:
    assert holiday("春节", 2026) is not None
    assert holiday("春节", 2099) is None
