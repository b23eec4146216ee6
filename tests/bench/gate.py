"""Nanoseconds that the gate adds to a packet of 160 octets, each way: prints, asserts nothing."""

import itertools
import sys

import pjsua2 as pj

from agent.media import _gate, gate

PACKETS = 200_000 - 200_000 % 64


def main() -> None:
    """Runs each cipher and tag through a gate over a transport that keeps what it is given."""
    endpoint = pj.Endpoint()
    endpoint.libCreate()
    config = pj.EpConfig()
    config.logConfig.level = config.logConfig.consoleLevel = 0
    endpoint.libInit(config)
    gate.install()
    suites = [*itertools.product((128, 256), (32, 80)), (128, 128), (256, 128)]
    for seed, (key_bits, tag_bits) in enumerate(suites, start=1):
        protect, unprotect, received = _gate.bench(PACKETS, key_bits, tag_bits, seed)
        sys.stdout.write(
            f"AES-{key_bits} {'GCM' if tag_bits == 128 else 'HMAC'}-{tag_bits}: protect {protect:.0f} ns, "
            f"unprotect {unprotect:.0f} ns ({received} of {PACKETS} authentic)\n"
        )
    endpoint.libDestroy()


if __name__ == "__main__":
    main()
