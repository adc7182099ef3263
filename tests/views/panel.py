"""What tests of the panel's pages share: settings in which people carry the orders, and an operator."""

from dataclasses import replace

from portal import clock
from portal.database import transaction
from portal.models.accounts import Account, Role
from portal.rules.policy import ReceiptFrom
from portal.services.ordering import place_order
from portal.settings import Settings
from portal.settings_groups import Connector, Ministry
from tests.people import POLICY, account_of, make_account, make_student

PANEL = "/dziekanat/panel"
BY_PANEL = replace(POLICY, receipt_from=ReceiptFrom.STUDENT)


def with_panel(settings: Settings) -> Settings:
    """The same settings for a university that works in the ministry's panel by hand."""
    ministry = Ministry(connector=Connector.PANEL, repeatable=False)
    return settings.model_copy(update={"ministry": ministry, "policy": BY_PANEL})


def make_operator(name: str = "operator") -> Account:
    """An account of the office with the right to the panel."""
    account = make_account(role=Role.STAFF, user_name=name, display_name="Olga Operatorska")
    account_id = account.id
    with transaction() as session:
        session.get_one(Account, account_id).panel_operator = True
    return account


def ordered(**student: object) -> str:
    """An order of a fresh student that waits; answers its id."""
    who = make_student(**student)  # type: ignore[arg-type]  # the test's own keywords
    return place_order(who.id, BY_PANEL, actor=account_of(who).id, at=clock.now()).id
