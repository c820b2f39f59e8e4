"""What every client does in every mode of signing. Each step has an image of
its own, shared with `shared` when the server starts."""

import re
from dataclasses import dataclass
from typing import Callable

import pytest

from state import KEY, LARGE, LONG_AGO, SMALL, Key

WRONG_KEY = Key(KEY.id, "not the secret")


@dataclass(frozen=True)
class Step:
    name: str
    shared: list
    run: Callable  # (row, dial, image); dial(key) makes a client


def share(row, dial, image):
    """A batch of one second is listed by number, whatever its order."""
    client = dial(KEY)
    client.share(image, [LARGE, SMALL])
    expect_list(row, client, image, [SMALL, LARGE])


def list_(row, dial, image):
    listing = expect_list(row, dial(KEY), image, [SMALL, LARGE])
    assert {at for at in listing.times if at is not None} <= {LONG_AGO}


def pages(row, dial, image):
    """One account on each, and a page past the end that still tells the truth
    about the whole."""
    if not row.api.paged:
        pytest.skip("this API has no pages")
    client = dial(KEY)
    for number, want in (1, [SMALL]), (2, [LARGE]), (3, []):
        page = client.page(image, number, 1)
        assert (page.accounts, page.page, page.size, page.total) == (want, number, 1, 2)


def cancel(row, dial, image):
    client = dial(KEY)
    client.share(image, [SMALL, LARGE])
    client.cancel(image, [SMALL])
    expect_list(row, client, image, [LARGE])
    client.cancel(image, [LARGE])
    expect_list(row, client, image, [])


def unknown_image(row, dial, image):
    client = dial(KEY)
    nowhere = row.api.prefix + "nosuch00"
    expect_fault(row, client, lambda: client.list(nowhere), row.api.unknown_image)
    expect_fault(row, client, lambda: client.share(nowhere, [SMALL]), row.api.unknown_image)


def wrong_secret(row, dial, image):
    stranger, want = dial(WRONG_KEY), row.wrong_secret or row.api.wrong_secret
    expect_fault(row, stranger, lambda: stranger.list(image), want)
    expect_fault(row, stranger, lambda: stranger.share(image, [SMALL]), want)
    expect_list(row, dial(KEY), image, [])


STEPS = [
    Step("share", [], share),
    Step("list", [LARGE, SMALL], list_),
    Step("pages", [LARGE, SMALL], pages),
    Step("cancel", [], cancel),
    Step("unknown image", [], unknown_image),
    Step("wrong secret", [], wrong_secret),
]


def expect_list(row, client, image, want):
    """Also looks at what stands around the list. Account numbers are texts,
    counts are numbers."""
    listing = client.list(image)
    assert listing.accounts == want
    assert re.fullmatch(row.api.request_id, listing.request_id)
    if row.api.paged:
        around = listing.image, listing.region, listing.page, listing.size, listing.total
        assert around == (image, row.api.region, 1, 10, len(want))
    return listing


def expect_fault(row, client, call, want):
    """Compares what the SDK's own error tells with what is promised."""
    with pytest.raises(client.error) as caught:
        call()
    got = client.blame(caught.value)
    assert got.code == want.code, got.message
    if want.status and got.status is not None:
        assert got.status == want.status
    assert re.fullmatch(row.api.request_id, got.request_id)
