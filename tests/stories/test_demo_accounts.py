"""Every account of the demonstration: its student's page is accessible, fits, and says where its student stands."""

import pytest
from playwright.sync_api import Page, expect

from portal.demo.accounts import ACCOUNTS
from tests.stories.conftest import sign_in
from tests.stories.looking import assert_accessible, assert_fits, assert_touchable

STUDENTS = [account.user_name for account in ACCOUNTS if account.role == "student"]


@pytest.mark.parametrize("user_name", STUDENTS)
def test_every_student_of_the_demonstration_has_an_accessible_page(visitor: Page, user_name: str) -> None:
    sign_in(visitor, user_name)
    expect(visitor.locator("#order-status h1")).to_be_visible()
    for summary in visitor.locator("summary").all():
        summary.click()
    assert_accessible(visitor)
    assert_fits(visitor)
    assert_touchable(visitor)
