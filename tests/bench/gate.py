"""Nanoseconds that a packet of 160 octets costs, each way: in the gate, by libsrtp, by PJSIP's SRTP.

Prints JSON. Asserts nothing.
"""

import json
import sys

import pjsua2 as pj

from agent.media import _gate, gate

ROUNDS = 7
PACKETS = 64_000 // 64 * 64
NAMES = ("gate, out", "gate, in", "libsrtp, out", "libsrtp, in", "PJSIP's, out", "PJSIP's, in")


def main() -> None:
    """Asks, and tells."""
    json.dump(measure(ROUNDS, PACKETS), sys.stdout)


def measure(rounds: int, packets: int) -> dict[str, list[float]]:
    """Runs each cipher and tag in turn, again and again, so that all meet the same machine.

    Args:
        rounds: How often.
        packets: Each time, a multiple of 64.
    """
    endpoint = pj.Endpoint()
    endpoint.libCreate()
    config = pj.EpConfig()
    config.logConfig.level = config.logConfig.consoleLevel = 0
    endpoint.libInit(config)
    gate.install()
    suites = [(128, 32), (256, 80), (256, 128)]
    found: dict[str, list[float]] = {}
    for seed, (key_bits, tag_bits) in enumerate(suites * rounds, start=1):
        costs, received = _gate.bench(packets, key_bits, tag_bits, seed, _name(key_bits, tag_bits))
        kind = f"AES-{key_bits} {'GCM' if tag_bits == 128 else 'HMAC'}-{tag_bits}"
        if received < 2 * packets:
            sys.exit(f"{kind}: {received} of {packets} packets were authentic")
        for name, cost in zip(NAMES, costs, strict=True):
            if cost:
                found.setdefault(f"{kind}, {name}", []).append(cost)
    endpoint.libDestroy()
    return found


def _name(key_bits: int, tag_bits: int) -> str:
    """The suite's name in SDP."""
    if tag_bits == 128:
        return f"AEAD_AES_{key_bits}_GCM"
    return ("AES_CM_128" if key_bits == 128 else "AES_256_CM") + f"_HMAC_SHA1_{tag_bits}"


if __name__ == "__main__":
    main()
