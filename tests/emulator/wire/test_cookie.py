"""The session cookie as servers write it and as clients return it."""

import re

import pytest

from vim25_emulator.wire import cookie

VALUE = "0123456789abcdef0123456789abcdef01234567"


def test_is_written_in_the_format_of_a_real_vcenter() -> None:
    written = cookie.write(VALUE, secure=True)
    assert re.fullmatch(r'vmware_soap_session="[0-9a-f]{40}"; Path=/; HttpOnly; Secure;', written)


def test_is_not_secure_without_tls() -> None:
    assert "Secure" not in cookie.write(VALUE, secure=False)


@pytest.mark.parametrize(
    "sent",
    [
        f'vmware_soap_session="{VALUE}"',
        f"vmware_soap_session={VALUE}",
        cookie.write(VALUE, secure=True),
        f'vmware_soap_session="{VALUE}"; $Path=/',
        f'other=1; vmware_soap_session="{VALUE}"',
        f"other=1;vmware_soap_session = {VALUE} ; more=2",
        f"a=b, vmware_soap_session={VALUE}",
    ],
)
def test_is_read_in_every_form_that_clients_send(sent: str) -> None:
    assert cookie.read(sent) == VALUE


@pytest.mark.parametrize(
    "sent",
    ["", ";", "other=1", "vmware_soap_session=", 'vmware_soap_session=""', "not_vmware_soap_session=1"],
)
def test_is_none_if_the_header_has_none(sent: str) -> None:
    assert cookie.read(sent) is None
