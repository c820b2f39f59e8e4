"""What the server starts with, and what each API promises to say."""

from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Fault:
    """An error as an SDK hands it to its user. None is what the SDK does not
    keep, or what means nothing: Tencent's HTTP status is always 200."""

    code: str
    status: int | None = None
    message: str = ""
    request_id: str | None = None


@dataclass(frozen=True)
class API:
    name: str
    cloud: str
    product: str
    prefix: str  # of image ids
    region: str | None
    request_id: str  # a pattern
    unknown_image: Fault
    wrong_secret: Fault
    paged: bool


LOWER = r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"
UPPER = r"[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}"

TENCENT3 = API(
    "Tencent Cloud API 3.0", "tencent", "cvm", "img-", "ap-guangzhou", LOWER,
    Fault("InvalidImageId.NotFound"), Fault("AuthFailure.SignatureFailure"), paged=False,
)
ECS = API(
    "Alibaba Cloud ECS", "alibaba", "ecs", "m-", "cn-hangzhou", UPPER,
    Fault("InvalidImageId.NotFound", 404), Fault("SignatureDoesNotMatch", 400), paged=True,
)
ENS = replace(
    ECS, name="Alibaba Cloud ENS", product="ens", region=None,
    unknown_image=Fault("InvalidParameter.ImageId", 400),
)


@dataclass(frozen=True)
class Key:
    id: str
    secret: str


# Who is in the state. The numbers are unlike in length on purpose: shares of
# one second are listed by number, the shorter first.
OWNER = "100000000001"
SMALL = "99999"
LARGE = "98765432109876543210"  # more than 64 bits
KEY = Key("AKIDowner", "secret-of-owner")

# LONG_AGO is when the seeded shares were made.
LONG_AGO = "2018-06-10T11:02:50Z"


def image_of(api, row, step):
    """The image that one step of one row has for itself."""
    return f"{api.prefix}{step.replace(' ', '')}{row:04}"


def seed_for(rows, steps):
    """The state file for these rows, each with an image for every step."""
    return {
        "version": 1,
        "accounts": [
            {"cloud": cloud, "id": OWNER, "keys": [{"id": KEY.id, "secret": KEY.secret}]}
            for cloud in ("tencent", "alibaba")
        ],
        "images": [
            image(row.api, image_of(row.api, n, step.name), step.shared)
            for n, row in enumerate(rows) for step in steps
        ],
    }


def image(api, name, shared):
    place = {"region": api.region} if api.region else {}
    return {
        "product": api.product, **place, "owner": OWNER, "id": name,
        "shares": [{"account": account, "sharedAt": LONG_AGO} for account in shared],
    }
