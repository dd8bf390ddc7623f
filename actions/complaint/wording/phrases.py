"""What short answers in a form mean: yes, no, skip, stop, agreed, get on with it.

Patterns are matched against folded text (half-width, Simplified). They decide before the intent
does: a telephone number with 88 in it is no goodbye, and "没有" after a question is no chat.
"""

from __future__ import annotations

import re

_SKIP = re.compile(
    r"^(?:这个|我|真的?|就是|就|也|都|暂时|目前|现在|嗯|呃|先){0,3}"
    r"(?:没有了?|没了?|无|木有|冇|没得了?|莫得|冇得|不记得(?:编号|工单号|单号|号码)了?|忘了(?:编号|工单号|单号|号码)|(?:编号|工单号|单号|号码|查询码|手机号|后四位|尾号)?(?:我|也|都|早就?)*(?:忘了|忘记了|不记得了?|找不到了?|丢了|没有了?|没了)|不知道|不清楚|不晓得|不记得了?|记不清了?|记不得了?|忘了|忘记了|"
    r"说不清楚?|说不准|不确定|不好说|不详|跳过|略过|过|下一个|下一项|不填|不用了?|不需要|不必|"
    r"(?:没有?|没得|莫得|冇得?)(?:电话|手机|号码|联系方式)|(?:不能|说不了|不好|不敢|没法)(?:说|讲|透露)?(?:在哪|是哪|出来)?|不方便[说讲]?|不便透露|不提供|"
    r"不(?:想|愿意?|太想)?[留给说填](?:电话|手机号?|号码|名字|姓名)?|不(?:用|要|必|需要)(?:啦|咯|喽)|(?:没|不)(?:在|带)(?:在)?(?:手边|身边|身上|手上|手头)|没带|免了|随便|都行|都可以|没啥|没什么|暂无|空着|不要了?)"
    r"[吧的了呢啊哈呀嘛啦咯喽]*[。.!！~]*$"
)

_REFUSES_PHONE = re.compile(
    r"^(?:我|就是?|真的?|还是|也|可以)*(?:[不唔莫](?:想|愿意?|太想|方便|便|敢|能|要|用|使)?|别)(?:让我)?(?:留|给|说|填|提供|透露|公开)"
    r"(?:我的?)?(?:电话|手机号?|号码|联系方式)?(?:了|吧|可以吗|行吗|行不行|得唔得)*(?:$|[，,。；;！!？? ])"
)

_WISHES = re.compile(
    r"^(?:我们?|就是|另外|[，, ])*(?:(?:希望|要求|请求|恳请|想要求)[^，。]{2}|(?:就|只|还)?(?:想|要)(?:让|叫|请)?(?:他们?|她们?|商家|店家|老板|物业|公司|对方|你们)[^，。]{2})"
)

# Told in so many words what is to be done, without a word of wishing.
_BARE_WISH = re.compile(
    r"^(?:(?:就|只|还|得|必须|赶紧)?(?:让|叫)(?:他们?|她们?|商家|店家|老板|物业|公司|对方|学校|医院|开发商)(?:把|给|赶紧|马上|尽快)?[^，。了]{2,12}(?:[掉了]|一下)?"
    r"|(?:把|将)[^，。]{1,10}(?:[给还退赔](?:给)?[我俺]们?|补[上齐]|修好|拆[了掉]|清[走理]|搬走|关[掉停]|停掉)"
    r"|(?:我?(?:就|只|们)?(?:是)?(?:想要?|要)(?:他们?|她们?|你们)?)?(?:照价|全额|原价|双倍|三倍|加倍|按价)?(?:退|赔)(?:款|钱|费|礼|偿|一赔[一二三四五六七八九十]|道歉)?(?:[和加、]?(?:退款|退钱|赔偿|赔钱|道歉))*)[吧啊呀]?[。.!！]?$"
)
_HAPPENED_SO = re.compile("一顿|伤|过$")

_NO_CODE = re.compile(
    r"^(?:我们?|个体户?|小店|[，, ])*(?:没有?|没办|没带|没拿|冇|莫得|不知道|不记得)(?:这个|那个|统一社会)*(?:信用代码|代码|税号|营业执照|执照)[^，。]{0,4}$"
    r"|^(?:统一社会)?(?:信用代码|代码|税号|执照)[^，。0-9A-Za-z]{0,12}(?:没有|没带|不在|不知道|不记得|晚点|回头)[^，。0-9]{0,6}$"
    r"|^(?:(?:信用)?代码|税号|营业执照|执照)[^，。0-9A-Za-z]{0,6}[，, ]*(?:没|不)(?:有?带|在|拿)(?:在|着)?(?:身[上边]|手[上边头])?[^，。]{0,3}$"
)

_CANCEL = re.compile(
    r"^(?:那|我|还是|先|就){0,2}"
    r"(?:取消|算了|不投诉了|不举报了|不反映了|不报了|不弄了|不提交了|不要提交|别提交|不办了|不说了|"
    r"退出|放弃|终止|停止|不用登记了|不登记了|撤销|撤回|作废)"
    r"(?:这[个次件]|投诉|登记|吧|了|算了|不弄了|不投诉了|谢谢|[，,。.!！ ])*$"
)

_HANDS_IN = re.compile(
    r"^先?(?:把|给我|帮我)?[^，。！？不别]{0,12}?(?<!不)(?:报|登记|提交|反映|交)(?:了|上|上去|掉|吧)$"
)

_WANTS_IT_IN = re.compile(
    r"(?:那|就|我|还是|直接|请|麻烦|帮我|给我|确认|确定|好的?|[嗯哦]|要|想|[，,。.!！~ ])*+"
    r"(?:提交|登记|报上去|交上去|报|交)(?:上去|这个|一下|上)?[了吧啊呀，,。.!！~ ]*"
)

_KEEP = re.compile(
    r"^(?:不|别|不要|先别|先不|我不)(?:取消|撤|算)|^(?:那就|还是|请|我)*(?:继续|接着)|"
    r"^(?:等等|等一下|[，, ])*不算|(?:^|[，, ])(?:你|您)?(?:还是)?先(?:给我|帮我)?登记(?:着|上|吧)*$|"
    r"^(?:不|等等|等一下|[哎唉诶欸算了那我想，, ])*还是(?:要|再|给我|帮我)*(?:弄|办|报|登记|投诉|反映|举报|提交|说)"
)

_YES_WORDS = (
    r"[嗯恩哎诶欸昂]++|哦|好|好的|好吧|好嘞|对|对的|对对|是|是的|是啊|没错|没问题|没有问题|没有了|无误|正确|准确|都对|"
    r"确认|确定|确认提交|提交|提交吧|可以|可以的|行|行的|行吧|成|中|管|可中|照|好额|倍儿好|ok|yes|要得|得行|就这样|就这样吧|"
    r"就这么办|同意|继续|报上去|帮我提交|请提交|hao(?:de)?|dui|shi(?:de)?|xing|keyi"
)
_YES_WORDS = "|".join(sorted(_YES_WORDS.split("|"), key=len, reverse=True))  # 对对 before 对

_YES = re.compile(rf"^(?:(?:{_YES_WORDS})[，,。.!！~ 吧了的]*+)++$", re.IGNORECASE)

# At the lines to check: nothing is wrong with them, hand it in.
_NOTHING_MORE = re.compile(
    rf"^(?:{_YES_WORDS}|(?:就|只有|只)?是?(?:这|那)(?:些|么多|样子?|个事?|件事?|点事?)事?|"
    r"那就(?:好|行)|没有?(?=[，,。.!！~ ]|$)|没有?(?:了|啥|什么|问题|别的|其[他它]的?|错|毛病|要改的?|要补充的?|得){1,4}|冇(?:了|嘢|问题)?|"
    r"(?:挺|蛮|很|都|也)(?:好|不错|行|对|可以)|不错|没毛病|不(?:用|需要?|必)?改|不用(?:再)?(?:补充|说|看)|妥++|妥当|赶紧|赶快|搞?快[点些]?|快来人?|(?:提)?交(?:上去)?|报(?:上去)?|办|登记|"
    r"全?都?(?:对|是|行|好)|得|[，,。.!！~ 、的了吧啊呀哈呗啦嘞哦噢咯]++){1,10}$",
    re.IGNORECASE,
)

_TOLD_ALL = re.compile(
    r"(?:(?:那|我|就|只有|先|暂时|[，, ])*(?:是?(?:这些|这么多|这样|这个事?|这件事|这点事)|没(?:有)?(?:别的|其[他它]的?|什么要说的|了)|说完了)(?:了|吧|啊|哈|[，,。.!！~ ])*)+"
)


def has_told_all(text: str) -> bool:
    """Whether a message says that there is no more to tell (就这些 谢谢)."""
    bare = _COURTESY.sub("", text).strip("，,。.!！~ ")
    return bool(bare) and _TOLD_ALL.fullmatch(bare) is not None


_COURTESY = re.compile(
    r"(?:谢谢|多谢|感谢|麻烦|辛苦|拜托|唔该|thanks?(?: you)?)"
    r"(?:你们?|您们?|小?姑娘|小伙子?|小[妹哥]|师傅|叔叔|阿姨|小?同志|大姐|大哥|领导|老师|晒|了|啦|啊|哈)*|[\U0001f64f\U0001f339]",
    re.IGNORECASE,
)

_NO = re.compile(
    r"^(?:不|不要|不行|不可以|不了|不用|不是|不对|先不|别|不确认|不提交|还没|没有|no|不同意)"
    r"[，,。.!！~ 吧了的啊]*$",
    re.IGNORECASE,
)

_POINTING = re.compile(
    r"^(?:就|在|是|就在|我|我们|我门|我家|咱|咱们|俺|俺们|阿拉|偶们?|本|自己|这|那|这个|那个|家|小区|村|村里|单位|公司|学校|楼|"
    r"栋|幢|单元|电梯|楼梯|大门|大门口|正门|侧门|后门|前门|[东西南北]头|"
    r"隔壁|屋里|工地|马路|路口|饭店|商店|超市|菜场|菜市场|广场|公园|停车场|车库|地下|院子|巷子|胡同|"
    r"楼上|楼下|楼道|门口|门前|附近|旁边|旁|对面|后面|前面|边上|周围|里|里面|外面|外|上|下|这里|那里|这儿|那儿|"
    r"这边|那边|边|附近的|路边|街上|家里|家门口|的|呀|啊|呢|吧|[，,。.!！ ]){1,14}$"
)

_AT_THE_PHOTO = re.compile(
    r"^(?:就|是|在|对|嗯|[，, ])*(?:(?:照片|相片|图片|图|拍照?片?的?)(?:里|上|中)?(?:的|拍的)?(?:这|那)?(?:里|儿|个?地方|个?位置|个?地点|边|块儿?)?|(?:这|那)(?:里|儿|个地方|边))(?:拍的|的)?[啊呀呢吧]*[。.!！]?$"
)

_KIND_OF_PLACE = re.compile(
    r"(?:工地|饭店|商店|超市|菜市?场|公园|停车场|地?下?车库|单位|公司|学校|幼儿园|医院|银行|网吧|宾馆|酒店|理发店|药店)$"
)

SHORT = 16  # characters; a longer message says more than which kind it is


def is_skip(text: str) -> bool:
    return any(_SKIP.match(said) for said in (text, _COURTESY.sub("", text).strip("，,。.!！ ")))


def refuses_phone(text: str) -> bool:
    """Whether a message begins by refusing a number, whatever its reason (不想留电话，怕被穿小鞋)."""
    return _REFUSES_PHONE.match(text) is not None


def has_no_code(text: str) -> bool:
    """Whether a business says that it has no credit code or licence (没有信用代码, 没办执照)."""
    return _NO_CODE.match(text) is not None


_THIS_NUMBER = re.compile(
    r"^(?:就|还是|是|用|打|联系|留|按|[，, ])*(?:我?(?:这个|现在这个|本机|目前这个)(?:手机|电话)?(?:号码?)?|本机)"
    r"(?:就)?(?:行|可以|好|成|联系我?|找我|没错)?(?:了|吧|的|啊)*[。.!！]?$"
)


def this_number(text: str) -> bool:
    """Whether a short message says that the number known is the one to call (就这个号)."""
    return re.search("号|电话|手机|本机", text) is not None and _THIS_NUMBER.match(text) is not None


def wishes(text: str) -> bool:
    """Whether a message begins with what is wanted (希望停业整顿, 要求退款), or is nothing else
    (退一赔三, 让他把墙拆了)."""
    if _WISHES.match(text) is not None:
        return True
    bare = len(text) > 1 and _BARE_WISH.match(text) is not None
    return bare and _HAPPENED_SO.search(text) is None


def is_cancel(text: str) -> bool:
    return _CANCEL.match(text) is not None


def hands_in(text: str) -> bool:
    """Whether a message wants something handed in (先把路灯的报了), which sounds like taking it back."""
    return _HANDS_IN.search(text) is not None


def is_keep(text: str) -> bool:
    """Whether a message takes a cancelling back ("不取消", "继续吧")."""
    return _KEEP.match(text) is not None or is_no(text)


def wants_it_in(text: str) -> bool:
    """Whether a message asks for nothing but that it be handed in (提交吧, 我要登记)."""
    return _WANTS_IT_IN.fullmatch(_COURTESY.sub("", text)) is not None


def is_yes(text: str) -> bool:
    return _YES.match(_COURTESY.sub("", text).strip("，, ")) is not None


def is_fine(text: str) -> bool:
    """Whether an answer to the lines to check says that nothing is wrong with them (没了, 就这些,
    好的谢谢, 快点): hand it in."""
    bare = _COURTESY.sub("", text).strip("，,。.!！~ ")
    return bool(bare) and _NOTHING_MORE.match(bare) is not None


_NO_LONGER = re.compile(
    r"^(?:那|我|就|还是|算了|[，, ])*(?:不用了|不需要了|不要了|不想(?:办|弄|报|投诉|反映|提交)了|没必要了)(?:吧|谢谢|[，, ])*[。.!！]?$"
)


def no_longer(text: str) -> bool:
    """Whether somebody at the lines to check no longer wants it; asked once before it is dropped."""
    return _NO_LONGER.match(text) is not None


def is_no(text: str) -> bool:
    return _NO.match(text) is not None


_SPELLING = re.compile(
    r"[，, （(]+(?:[\u4e00-\u9fff]{1,3}的(?P<same>[\u4e00-\u9fff])|(?:双人|单人|立早|弓长|木子|耳东|口天|草头|三点水)[\u4e00-\u9fff]?)[的）)]?(?=$|[，,。！! ])"
)


def without_spelling(text: str) -> str:
    """A text without the words that only say how a name is written (我姓许 许多的许)."""
    found = _SPELLING.search(text)
    if found is None or (found["same"] and found["same"] not in text[: found.start()]):
        return text
    return text[: found.start()] + text[found.end() :]


_FOR_ONESELF = re.compile(r"(?:是|就是)?(?:我自己|我本人|自己的事|本人的事)")

_DISAGREES = re.compile(
    r"不(?:知道|知情|同意|晓得)|没(?:有)?(?:跟|和|给|对)?(?:他|她|他们)?(?:说|讲|商量)|还没|瞒着"
)

_AGREES = re.compile(r"知道|同意|让我|叫我|托我|委托|晓得|说好|知情")

_ONLY_AGREES = re.compile(
    r"^(?:(?:对方|本人|老人家?|她|他|我?(?:妈妈?|爸爸?|母亲|父亲|奶奶|爷爷|外公|外婆|老公|老婆|爱人|邻居|朋友))?"
    r"(?:也|都|是|当然|肯定)*(?:(?:知道|同意|知情|晓得|说好)(?:这[件个]?事)?|(?:让|叫|托)我(?:来|帮忙?)?(?:打|说|办|问|反映|投诉|讲|报)?)(?:了|的|啦|呢)*[，,。！! ]*)+$"
)

_HURRIES = re.compile(
    r"提交|就这样|就这么办|报上去|快点|(?:好了|行了|够了){2}|^够了|别问了|不要?再?问了|问完(?:了)?没|烦不烦"
)


def for_oneself(text: str) -> bool:
    return len(text) <= SHORT and _FOR_ONESELF.search(text) is not None


def disagrees(text: str) -> bool:
    """Whether whom it is told for does not know or agree."""
    return is_no(text) or _DISAGREES.search(text) is not None


def agrees(text: str) -> bool:
    """Whether whom it is told for knows or agrees. "提交" says nothing of that."""
    return not hurries(text) and (is_yes(text) or _AGREES.search(text) is not None)


def only_agrees(text: str) -> bool:
    """Whether a message says nothing but that ("她知道的，她同意")."""
    return _ONLY_AGREES.match(text) is not None


def is_a_kind_of_place(text: str) -> bool:
    """Whether words that only point say at least what stands there (停车场)."""
    return _KIND_OF_PLACE.search(text) is not None


def points_at_the_photo(text: str) -> bool:
    """Whether an answer says that it is where the photo was taken (就在照片这儿)."""
    return _AT_THE_PHOTO.match(text) is not None


_SAME_PLACE = re.compile(
    r"(?:就|也|还|都|是|在|[，, ])*(?:同一?[个条家处座](?:地方|位置|地址|地点|小区|公园|路口|路|楼|村|学校|单位|广场|站)?|(?:跟|和)?(?:刚才|上面|前面|上一个)(?:那个|的)*(?:(?:地方|位置|地址|地点)(?:一样)?|一样)|同上|一样的?(?:地方|位置|地址)?|老地方)(?:的|啊|呀|吧)*"
)


def same_place(text: str) -> bool:
    """Whether an answer says that it is where the matter before was (同一个公园)."""
    return _SAME_PLACE.fullmatch(text) is not None


def hurries(text: str) -> bool:
    """Whether a short message only wants to be done with it."""
    return len(text) <= SHORT and _HURRIES.search(text) is not None


def points_only(text: str) -> bool:
    """Whether a place says where only to whoever stands there ("我们小区楼下")."""
    return _POINTING.match(text) is not None


_DROPS = re.compile(
    r"^(?:请|帮我|麻烦)*(?:把|将)?(?:我的?|那个|这个)*(?P<what>[^，。不别]{2,6}?)(?:一栏|一项|那栏|那项)?(?:就|都|也|还是)?(?:去掉|删掉|删除|删了|拿掉|抹掉|不要了|不留了|不写了|不(?:用|需要?|必)(?:留|写|登记|填|记)了?|别(?:写|留|登记|记)了?|不要(?:写|留|登记|记)了?)(?:吧|了)*[。.!！]?$"
    r"|^(?:我|还是|那|就|也|[，, ])*(?:不(?:想|要|用|需要?|必|愿意?)?|别)(?:留|写|登记|填|记)(?:我的?)?(?P<also>电话|手机号?|号码|联系方式|名字|姓名)(?:了|吧|啊)*[。.!！]?$"
)


def dropped(text: str) -> str:
    """What a short message wants to have left out again (把名字去掉, 不留电话了); empty where
    nothing."""
    found = _DROPS.match(text) if len(text) <= SHORT else None
    return found["what"] or found["also"] if found else ""


_NO_PHONE = re.compile(
    r"^(?:我们?|俺|可是|但|也|真的?|家里|[，, ])*(?:没有?|没得|莫得|冇得?|不(?:想|要|用|愿意?)?留|不会用)(?:手机|电话|号码|联系方式)(?:号码?)?(?:的|了|啊|呢)*[。.!！]?$"
    r"|^(?:我|那|请问|[，, ])*(?:可不可以|可以|能不能|能)?不(?:留|给|说|填)(?:手机|电话|号码|联系方式)(?:号码?)?[，, ]?(?:可以|行不行|行|成|好)?(?:吗|么|嘛|不|吧)?[?？。]?$"
    r"|^(?:我的?|那|就|[，, ])*(?:手机号?|电话|号码|联系方式)(?:我|就|也|还是)*不(?:想|要|用|愿意?)?留(?:的|了|啊|呢)*[。.!！]?$"
)


def has_no_phone(text: str) -> bool:
    """Whether a message only says that there is, or will be, no number to call."""
    return _NO_PHONE.match(text) is not None


_ONLY_THANKS = re.compile(
    r"(?:好的?|嗯|哦|噢|行|那|太|真的?|非常|十分|[，, ])*+(?:谢谢|多谢|感谢|谢了|辛苦|麻烦)(?:你们?|您们?|了|啦|啊|哈|喽)*+[。.!！~～ ]*"
)


def only_thanks(text: str) -> bool:
    """Whether a message is nothing but thanks."""
    return _ONLY_THANKS.fullmatch(text) is not None
