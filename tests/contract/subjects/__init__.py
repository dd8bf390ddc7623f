"""Every channel on the stand, one line each."""

from __future__ import annotations

from tests.contract.subject import Subject
from tests.contract.subjects.portal import PortalSubject
from tests.contract.subjects.sms import KannelSubject
from tests.contract.subjects.sms_cloud import AliyunSubject, TencentSubject
from tests.contract.subjects.webchat import WebChatSubject
from tests.contract.subjects.wechat import MiniSubject, OfficialSubject
from tests.contract.subjects.wechat_kf import WechatKfSubject
from tests.contract.subjects.wechat_miniapp import WechatMiniappSubject

SUBJECTS: tuple[type[Subject], ...] = (
    WebChatSubject,
    PortalSubject,
    KannelSubject,
    AliyunSubject,
    TencentSubject,
    MiniSubject,
    OfficialSubject,
    WechatKfSubject,
    WechatMiniappSubject,
)
