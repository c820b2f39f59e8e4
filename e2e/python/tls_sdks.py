"""The SDKs over TLS. TestTLSPython of the Go module above starts the server
and runs this three times: with what a program says in its code, with what its
environment says, and with nothing. A client that is not told must refuse."""

import json
import os

import pytest
from aliyunsdkcore.client import AcsClient
from aliyunsdkecs.request.v20140526.DescribeImageSharePermissionRequest import DescribeImageSharePermissionRequest
from alibabacloud_ecs20140526 import models as ecs
from alibabacloud_ecs20140526.client import Client as EcsSDK
from alibabacloud_ens20171110 import models as ens
from alibabacloud_ens20171110.client import Client as EnsSDK
from alibabacloud_tea_openapi.utils_models import Config
from tencentcloud.common.credential import Credential
from tencentcloud.common.profile.client_profile import ClientProfile
from tencentcloud.common.profile.http_profile import HttpProfile
from tencentcloud.cvm.v20170312 import models as cvm
from tencentcloud.cvm.v20170312.cvm_client import CvmClient

ORDER = json.loads(os.environ["E2E_TLS"])
ADDR, KEY, IMAGES, TOLD = ORDER["addr"], ORDER["key"], ORDER["images"], ORDER["told"]
CA = ORDER["ca"] if TOLD == "code" else None


def tencentcloud():
    profile = ClientProfile(httpProfile=HttpProfile(endpoint=ADDR, certification=CA))
    client = CvmClient(Credential(KEY["id"], KEY["secret"]), "ap-guangzhou", profile)
    request = cvm.DescribeImageSharePermissionRequest()
    request.ImageId = IMAGES["cvm"]
    return [s.AccountId for s in client.DescribeImageSharePermission(request).SharePermissionSet]


def config():
    return Config(endpoint=ADDR, protocol="https", access_key_id=KEY["id"], access_key_secret=KEY["secret"], ca=CA)


def generated_ecs():
    request = ecs.DescribeImageSharePermissionRequest(region_id="cn-hangzhou", image_id=IMAGES["ecs"])
    return [a.aliyun_id for a in EcsSDK(config()).describe_image_share_permission(request).body.accounts.account]


def generated_ens():
    request = ens.DescribeImageSharePermissionRequest(image_id=IMAGES["ens"])
    return [a.aliyun_uid for a in EnsSDK(config()).describe_image_share_permission(request).body.accounts.account]


def aliyun_ecs():
    request = DescribeImageSharePermissionRequest()
    request.set_endpoint(ADDR)
    request.set_protocol_type("https")
    request.set_ImageId(IMAGES["ecs"])
    client = AcsClient(KEY["id"], KEY["secret"], "cn-hangzhou", verify=CA)
    return [a["AliyunId"] for a in json.loads(client.do_action_with_exception(request))["Accounts"]["Account"]]


# CLIENTS with the ways of telling that they listen to. Tencent's names
# certifi's file in every call, so no variable reaches it.
CLIENTS = [
    (tencentcloud, ["code"]),
    (generated_ecs, ["code", "environment"]),
    (generated_ens, ["code", "environment"]),
    (aliyun_ecs, ["code", "environment"]),
]


@pytest.mark.parametrize("accounts, ways", CLIENTS, ids=lambda c: getattr(c, "__name__", ""))
def test_tls(accounts, ways):
    if TOLD in ways:
        assert accounts() == [ORDER["account"]]
        return
    with pytest.raises(Exception, match="certificate verify failed"):
        accounts()
