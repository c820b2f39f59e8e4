"""Tencent's SDK for API 3.0. It looks for an error only where the answer's
Content-Type is application/json to the letter."""

from tencentcloud.common.credential import Credential
from tencentcloud.common.exception.tencent_cloud_sdk_exception import TencentCloudSDKException
from tencentcloud.common.profile.client_profile import ClientProfile
from tencentcloud.common.profile.http_profile import HttpProfile
from tencentcloud.cvm.v20170312 import models
from tencentcloud.cvm.v20170312.cvm_client import CvmClient

from clients import Listing
from state import Fault


def tencentcloud(sign, method, unsigned=False):
    def dial(addr, key, region):
        http = HttpProfile(protocol="http", endpoint=addr, reqMethod=method, reqTimeout=30)
        profile = ClientProfile(signMethod=sign, httpProfile=http)
        profile.unsignedPayload = unsigned
        return Client(CvmClient(Credential(key.id, key.secret), region, profile))
    return dial


class Client:
    error = TencentCloudSDKException

    def __init__(self, sdk):
        self.sdk = sdk

    def share(self, image, accounts):
        self._modify(image, "SHARE", accounts)

    def cancel(self, image, accounts):
        self._modify(image, "CANCEL", accounts)

    def _modify(self, image, permission, accounts):
        request = models.ModifyImageSharePermissionRequest()
        request.ImageId, request.Permission, request.AccountIds = image, permission, accounts
        self.sdk.ModifyImageSharePermission(request)

    def list(self, image):
        request = models.DescribeImageSharePermissionRequest()
        request.ImageId = image
        answer = self.sdk.DescribeImageSharePermission(request)
        shares = answer.SharePermissionSet
        return Listing([s.AccountId for s in shares], [s.CreatedTime for s in shares], answer.RequestId)

    def blame(self, e):
        return Fault(e.code, message=e.message, request_id=e.requestId)
