"""Alibaba's generated SDKs of today, one for each product. Their algorithm
"v2" is the older signature of parameters."""

from alibabacloud_ecs20140526 import models as ecs
from alibabacloud_ecs20140526.client import Client as EcsSDK
from alibabacloud_ens20171110 import models as ens
from alibabacloud_ens20171110.client import Client as EnsSDK
from alibabacloud_tea_openapi.exceptions import AlibabaCloudException
from alibabacloud_tea_openapi.utils_models import Config

from clients import Listing
from state import Fault


def generated_ecs(algorithm=None):
    return lambda addr, key, region: EcsClient(EcsSDK(config(addr, key, algorithm)), region)


def generated_ens(algorithm=None):
    return lambda addr, key, region: EnsClient(EnsSDK(config(addr, key, algorithm)))


def config(addr, key, algorithm):
    return Config(
        endpoint=addr, protocol="http", signature_algorithm=algorithm,
        access_key_id=key.id, access_key_secret=key.secret,
    )


class Errors:
    error = AlibabaCloudException

    def blame(self, e):
        return Fault(e.code, e.status_code, e.message, e.request_id)


class EcsClient(Errors):
    def __init__(self, sdk, region):
        self.sdk, self.region = sdk, region

    def share(self, image, accounts):
        self._modify(image, add_account=accounts)

    def cancel(self, image, accounts):
        self._modify(image, remove_account=accounts)

    def _modify(self, image, **lists):
        self.sdk.modify_image_share_permission(
            ecs.ModifyImageSharePermissionRequest(region_id=self.region, image_id=image, **lists))

    def list(self, image, **pages):
        b = self.sdk.describe_image_share_permission(
            ecs.DescribeImageSharePermissionRequest(region_id=self.region, image_id=image, **pages)).body
        shares = b.accounts.account
        return Listing(
            [s.aliyun_id for s in shares], [s.shared_time for s in shares], b.request_id,
            b.image_id, b.region_id, b.page_number, b.page_size, b.total_count,
        )

    def page(self, image, number, size):
        return self.list(image, page_number=number, page_size=size)


class EnsClient(Errors):
    def __init__(self, sdk):
        self.sdk = sdk

    def share(self, image, accounts):
        self._modify(image, add_accounts=",".join(accounts))

    def cancel(self, image, accounts):
        self._modify(image, remove_accounts=",".join(accounts))

    def _modify(self, image, **lists):
        self.sdk.modify_image_share_permission(ens.ModifyImageSharePermissionRequest(image_id=image, **lists))

    def list(self, image, **pages):
        b = self.sdk.describe_image_share_permission(
            ens.DescribeImageSharePermissionRequest(image_id=image, **pages)).body
        return Listing(
            [s.aliyun_uid for s in b.accounts.account], [], b.request_id,
            b.image_id, None, b.page_number, b.page_size, b.total_count,
        )

    def page(self, image, number, size):
        # Numbers, documented as texts.
        return self.list(image, page_number=str(number), page_size=str(size))
