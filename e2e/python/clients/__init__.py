"""One module for each SDK. A client has share(image, accounts),
cancel(image, accounts), list(image) and, where the API has pages,
page(image, number, size); `error` is the SDK's own type of error and
blame(error) reads it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Listing:
    """Whom an image is shared with. What the API or the SDK does not know
    stays None."""

    accounts: list
    times: list
    request_id: str
    image: str | None = None
    region: str | None = None
    page: int | None = None
    size: int | None = None
    total: int | None = None
