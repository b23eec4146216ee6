import ipaddress
from pathlib import Path

from agent.own_addresses import addresses_by_interface, own_addresses

KERNELS = """\
00000000000000000000000000000001 01 80 10 80       lo
20010db8000000000000000000000007 02 40 00 80     eth0
fe800000000000000000000000000007 02 40 20 80     eth0
"""


def test_only_addresses_that_others_can_use(tmp_path: Path) -> None:
    file = tmp_path / "if_inet6"
    file.write_text(KERNELS)
    found = own_addresses(file)
    assert found[-1] == "2001:db8::7"
    assert [each for each in found if ipaddress.ip_address(each).is_loopback] == []
    assert [each for each in found if ipaddress.ip_address(each).is_link_local] == []


def test_a_kernel_without_ipv6(tmp_path: Path) -> None:
    found = own_addresses(tmp_path / "none")
    assert [each for each in found if ":" in each] == []


def test_the_addresses_of_each_interface_with_those_that_lead_nowhere(tmp_path: Path) -> None:
    file = tmp_path / "if_inet6"
    file.write_text(KERNELS.replace("eth0", "wire"))
    found = addresses_by_interface(file)
    assert [str(each) for each in found["wire"]] == ["2001:db8::7", "fe80::7"]
    assert [str(each) for each in found["lo"]][-1] == "::1"
