"""PCMU and PCMA (ITU-T G.711), by their tables."""

from typing import Final

import numpy as np
import numpy.typing as npt

Samples = npt.NDArray[np.float64]


def _mu_law(octet: int) -> int:
    code = ~octet & 0xFF
    size = (((code & 0x0F) << 3) + 0x84) << (code >> 4 & 7)
    return 0x84 - size if code & 0x80 else size - 0x84


def _a_law(octet: int) -> int:
    code = octet ^ 0x55
    segment = code >> 4 & 7
    size = ((code & 0x0F) << 4) + (8 if segment == 0 else 0x108)
    size <<= max(0, segment - 1)
    return size if code & 0x80 else -size


TABLES: Final = {
    "PCMU": np.array([_mu_law(octet) for octet in range(256)], dtype=np.float64),
    "PCMA": np.array([_a_law(octet) for octet in range(256)], dtype=np.float64),
}


def decode(law: str, data: bytes) -> Samples:
    """Samples at 8 kHz, -32768 to 32767."""
    decoded: Samples = TABLES[law][np.frombuffer(data, dtype=np.uint8)]
    return decoded


def encode(law: str, samples: Samples) -> bytes:
    """The nearest octet to each sample."""
    order = np.argsort(TABLES[law], kind="stable")
    levels = TABLES[law][order]
    edges = (levels[1:] + levels[:-1]) / 2
    return order[np.searchsorted(edges, samples)].astype(np.uint8).tobytes()
