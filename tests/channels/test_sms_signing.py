"""Requests to the clouds, signed as their own documents show it."""

from __future__ import annotations

from datetime import UTC, datetime

from connectors.channels.sms import aliyun, tencent

ALIYUN_EXAMPLE = "06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0"
TENCENT_EXAMPLE = "72e494ea809ad7a8c8f7a4507b9bddcbaa8e581f516e8da2f66e2c5a96525168"


def test_aliyuns_published_example_is_reproduced() -> None:
    query = aliyun.canonical_query(
        {
            "RegionId": "cn-shanghai",
            "ImageId": "win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd",
        }
    )
    headers = aliyun.signed_headers(
        "YourAccessKeyId",
        "YourAccessKeySecret",
        host="ecs.cn-shanghai.aliyuncs.com",
        action="RunInstances",
        version="2014-05-26",
        query=query,
        now=datetime(2023, 10, 26, 10, 22, 32, tzinfo=UTC),
        nonce="3156853299f313e23d1673dc12e1703d",
    )
    assert headers["Authorization"] == (
        "ACS3-HMAC-SHA256 Credential=YourAccessKeyId,SignedHeaders=host;x-acs-action;"
        "x-acs-content-sha256;x-acs-date;x-acs-signature-nonce;x-acs-version,"
        f"Signature={ALIYUN_EXAMPLE}"
    )


def test_what_is_signed_for_aliyun_is_escaped_by_rfc_3986() -> None:
    query = aliyun.canonical_query({"b": "路 灯+~*/=&", "a": ""})
    assert query == "a=&b=%E8%B7%AF%20%E7%81%AF%2B~%2A%2F%3D%26"


def test_tencent_clouds_published_example_is_reproduced() -> None:
    body = (
        b'{"Limit": 1, "Filters": [{"Values": ["\\u672a\\u547d\\u540d"], "Name": "instance-name"}]}'
    )
    given = tencent.authorization(
        "AKIDz8krbsJ5yKBZQpn74WFkmLPx3EXAMPLE",
        "Gu5t9xGARNpq86cd98joQYCN3EXAMPLE",
        host="cvm.tencentcloudapi.com",
        service="cvm",
        body=body,
        now=datetime.fromtimestamp(1551113065, UTC),
    )
    assert given == (
        "TC3-HMAC-SHA256 Credential=AKIDz8krbsJ5yKBZQpn74WFkmLPx3EXAMPLE/2019-02-25/cvm/"
        f"tc3_request, SignedHeaders=content-type;host, Signature={TENCENT_EXAMPLE}"
    )
