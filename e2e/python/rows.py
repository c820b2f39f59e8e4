"""The table: an SDK, an API and a way to sign. A new SDK is one more row, and
then takes every step."""

from dataclasses import dataclass
from typing import Callable

from clients.aliyun_core import aliyun_ecs, aliyun_ens
from clients.openapi import generated_ecs, generated_ens
from clients.tencentcloud import tencentcloud
from state import API, ECS, ENS, TENCENT3, Fault


@dataclass(frozen=True)
class Row:
    client: str
    api: API
    signature: str
    dial: Callable  # (addr, key, region) makes a client
    wrong_secret: Fault | None = None  # where the SDK rewrites the server's words

    def __str__(self):
        return f"{self.client}, {self.api.name}, {self.signature}"


# This SDK compares the server's string to sign with its own, and blames the
# secret only if they are equal: it proves that requests are read as written.
SECRET_BLAMED = Fault("InvalidAccessKeySecret", 400)

TENCENT = "tencentcloud-sdk-python-cvm"

ROWS = [
    Row(TENCENT, TENCENT3, "TC3-HMAC-SHA256 POST", tencentcloud("TC3-HMAC-SHA256", "POST")),
    Row(TENCENT, TENCENT3, "TC3-HMAC-SHA256 GET", tencentcloud("TC3-HMAC-SHA256", "GET")),
    Row(TENCENT, TENCENT3, "TC3-HMAC-SHA256 POST, unsigned payload", tencentcloud("TC3-HMAC-SHA256", "POST", unsigned=True)),
    Row(TENCENT, TENCENT3, "TC3-HMAC-SHA256 GET, unsigned payload", tencentcloud("TC3-HMAC-SHA256", "GET", unsigned=True)),
    Row(TENCENT, TENCENT3, "HmacSHA1 POST", tencentcloud("HmacSHA1", "POST")),
    Row(TENCENT, TENCENT3, "HmacSHA1 GET", tencentcloud("HmacSHA1", "GET")),
    Row(TENCENT, TENCENT3, "HmacSHA256 POST", tencentcloud("HmacSHA256", "POST")),
    Row(TENCENT, TENCENT3, "HmacSHA256 GET", tencentcloud("HmacSHA256", "GET")),
    Row("alibabacloud-ecs20140526", ECS, "ACS3-HMAC-SHA256 POST", generated_ecs()),
    Row("alibabacloud-ecs20140526", ECS, "V1 HMAC-SHA1 POST", generated_ecs("v2")),
    Row("alibabacloud-ens20171110", ENS, "ACS3-HMAC-SHA256 POST", generated_ens()),
    Row("alibabacloud-ens20171110", ENS, "V1 HMAC-SHA1 POST", generated_ens("v2")),
    Row("aliyun-python-sdk-ecs", ECS, "V1 HMAC-SHA1 POST", aliyun_ecs("POST"), SECRET_BLAMED),
    Row("aliyun-python-sdk-ecs", ECS, "V1 HMAC-SHA1 GET", aliyun_ecs("GET"), SECRET_BLAMED),
    Row("aliyun-python-sdk-ens", ENS, "V1 HMAC-SHA1 POST", aliyun_ens("POST"), SECRET_BLAMED),
    Row("aliyun-python-sdk-ens", ENS, "V1 HMAC-SHA1 GET", aliyun_ens("GET"), SECRET_BLAMED),
]
