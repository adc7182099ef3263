"""Addresses a letter can be sent to are those every mail server takes."""

from email.headerregistry import Address

import pytest

from portal.rules.email import can_be_mailed


@pytest.mark.parametrize(
    "address",
    ["w@example.edu.pl", "Wanda.Probna+els@st.example.edu.pl", "o'x_1@a-b.pl", f"{'w' * 64}@example.pl"],
)
def test_an_ordinary_address_can_be_mailed_and_stands_in_a_header(address: str) -> None:
    assert can_be_mailed(address)
    assert Address(addr_spec=address).addr_spec == address


@pytest.mark.parametrize(
    "address",
    [
        "x@żółw.pl",
        "zażółć.gęślą@example.pl",
        "x@\u212aelvin.pl",
        "a..b@example.pl",
        ".a@example.pl",
        "a.@example.pl",
        "a@-example.pl",
        "a@example-.pl",
        "a@example",
        "a b@example.pl",
        "a@b@example.pl",
        f"{'w' * 65}@example.pl",
        f"a@{'w.' * 130}pl",
        "a@example.pl\n",
        "",
    ],
)
def test_what_a_mail_server_would_not_take_cannot(address: str) -> None:
    assert not can_be_mailed(address)
