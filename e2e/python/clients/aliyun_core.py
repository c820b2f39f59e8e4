"""Alibaba's older SDKs, which hand over the answer as bytes. Parameters are in
the query, by POST too. Requests of ENS carry a RegionId that means nothing."""

import json

from aliyunsdkcore.acs_exception.exceptions import ServerException
from aliyunsdkcore.client import AcsClient
from aliyunsdkecs.request.v20140526 import DescribeImageSharePermissionRequest as ecs_describe
from aliyunsdkecs.request.v20140526 import ModifyImageSharePermissionRequest as ecs_modify
from aliyunsdkens.request.v20171110 import DescribeImageSharePermissionRequest as ens_describe
from aliyunsdkens.request.v20171110 import ModifyImageSharePermissionRequest as ens_modify

from clients import Listing
from state import Fault


def aliyun_ecs(method):
    return lambda addr, key, region: EcsClient(AcsClient(key.id, key.secret, region), addr, method)


def aliyun_ens(method):
    return lambda addr, key, region: EnsClient(AcsClient(key.id, key.secret, "cn-hangzhou"), addr, method)


class Client:
    error = ServerException

    def __init__(self, sdk, addr, method):
        self.sdk, self.addr, self.method = sdk, addr, method

    def call(self, request, image):
        request.set_endpoint(self.addr)
        request.set_method(self.method)
        request.set_ImageId(image)
        return json.loads(self.sdk.do_action_with_exception(request))

    def page(self, image, number, size):
        return self.list(image, (number, size))

    def read(self, b, account):
        shares = b["Accounts"]["Account"]
        return Listing(
            [s[account] for s in shares], [s.get("SharedTime") for s in shares], b["RequestId"],
            b["ImageId"], b.get("RegionId"), b["PageNumber"], b["PageSize"], b["TotalCount"],
        )

    def blame(self, e):
        return Fault(e.error_code, e.http_status, e.message, e.request_id)


class EcsClient(Client):
    def share(self, image, accounts):
        request = ecs_modify.ModifyImageSharePermissionRequest()
        request.set_AddAccounts(accounts)
        self.call(request, image)

    def cancel(self, image, accounts):
        request = ecs_modify.ModifyImageSharePermissionRequest()
        request.set_RemoveAccounts(accounts)
        self.call(request, image)

    def list(self, image, page=None):
        request = ecs_describe.DescribeImageSharePermissionRequest()
        return self.read(self.call(paged(request, page), image), "AliyunId")


class EnsClient(Client):
    def share(self, image, accounts):
        request = ens_modify.ModifyImageSharePermissionRequest()
        request.set_AddAccounts(",".join(accounts))
        self.call(request, image)

    def cancel(self, image, accounts):
        request = ens_modify.ModifyImageSharePermissionRequest()
        request.set_RemoveAccounts(",".join(accounts))
        self.call(request, image)

    def list(self, image, page=None):
        request = ens_describe.DescribeImageSharePermissionRequest()
        return self.read(self.call(paged(request, page), image), "AliyunUid")


def paged(request, page):
    if page:
        request.set_PageNumber(page[0])
        request.set_PageSize(page[1])
    return request
