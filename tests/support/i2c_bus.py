"""An I2C bus in user space: /dev/i2c-N by way of CUSE, with an SSD1306 on it.

Run as a process of its own (root, kernel module cuse): `i2c_bus.py NUMBER`. It prints
"ready", then takes a word a line: "picture" (answered in hex), "unplug", "plug". It
understands what smbus2 and luma do: SMBus block writes and combined messages.
"""

import errno
import os
import struct
import sys
import threading
from typing import Final

from support.fake_oled import FakeI2c, Oled

ADDRESS: Final = 0x3C

# linux/fuse.h
_CUSE_INIT, _OPEN, _RELEASE, _FLUSH, _INTERRUPT, _IOCTL = 4096, 14, 18, 25, 36, 39
_UNRESTRICTED_IOCTL: Final = 1
_RETRY: Final = 4
_IN_HEADER: Final = struct.Struct("<IIQQIIII")
_IOCTL_IN: Final = struct.Struct("<QIIQII")
# linux/i2c.h and linux/i2c-dev.h
_SLAVE, _FUNCS, _RDWR, _SMBUS = 0x0703, 0x0705, 0x0707, 0x0720
_CAN_I2C_AND_SMBUS: Final = 0x0EFF0009
_SMBUS_ARGUMENT: Final = struct.Struct("<BBxxIQ")
_SMBUS_DATA_SIZE: Final = 34
_RDWR_ARGUMENT: Final = struct.Struct("<QIxxxx")
_MESSAGE: Final = struct.Struct("<HHHxxQ")

Reach = list[tuple[int, int]]
"""Addresses and lengths in the caller's memory."""


class NeedsError(Exception):
    """An ioctl cannot be answered before more of the caller's memory was fetched."""

    def __init__(self, read: Reach, write: Reach) -> None:
        super().__init__()
        self.read = read
        self.write = write


class Bus:
    """Answers for one character device.

    Args:
        number: The N of /dev/i2c-N.
        devices: What hangs on it, in smbus's words.
    """

    def __init__(self, number: int, devices: FakeI2c) -> None:
        self._name = f"i2c-{number}"
        self._devices = devices
        self._addressed = 0
        self._fd = os.open("/dev/cuse", os.O_RDWR)

    def serve(self) -> None:
        """Answers requests until the process ends."""
        while True:
            request = os.read(self._fd, 1 << 17)
            _, code, unique, *_ = _IN_HEADER.unpack_from(request)
            body = request[_IN_HEADER.size :]
            if code == _INTERRUPT:
                continue
            try:
                answer = self._answer(code, body)
            except OSError as error:
                self._reply(unique, b"", -(error.errno or errno.EIO))
            else:
                self._reply(unique, answer)

    def _reply(self, unique: int, body: bytes, status: int = 0) -> None:
        os.write(self._fd, struct.pack("<IiQ", 16 + len(body), status, unique) + body)

    def _answer(self, code: int, body: bytes) -> bytes:
        if code == _CUSE_INIT:
            head = struct.pack("<8I40x", 7, 31, 0, _UNRESTRICTED_IOCTL, 1 << 16, 1 << 16, 0, 0)
            return head + f"DEVNAME={self._name}\0".encode()
        if code == _OPEN:
            return struct.pack("<QII", 1, 0, 0)
        if code == _IOCTL:
            return self._ioctl(body)
        if code in (_RELEASE, _FLUSH):
            return b""
        raise OSError(errno.ENOSYS, "not needed here")

    def _ioctl(self, body: bytes) -> bytes:
        _, _, command, argument, _, out_size = _IOCTL_IN.unpack_from(body)
        given = body[_IOCTL_IN.size :]
        try:
            result = self._do(command, argument, given, out_size)
        except NeedsError as needs:
            reach = b"".join(struct.pack("<QQ", *item) for item in (*needs.read, *needs.write))
            return struct.pack("<iIII", 0, _RETRY, len(needs.read), len(needs.write)) + reach
        return struct.pack("<iIII", 0, 0, 0, 0) + result

    def _do(self, command: int, argument: int, given: bytes, out_size: int) -> bytes:
        if command == _SLAVE:
            self._addressed = argument
            return b""
        if command == _FUNCS:
            if not out_size:
                raise NeedsError([], [(argument, 8)])
            return struct.pack("<Q", _CAN_I2C_AND_SMBUS)
        if command == _SMBUS:
            return self._smbus(argument, given)
        if command == _RDWR:
            return self._messages(argument, given)
        raise OSError(errno.ENOTTY, "not needed here")

    def _smbus(self, argument: int, given: bytes) -> bytes:
        size = _SMBUS_ARGUMENT.size
        if len(given) < size:
            raise NeedsError([(argument, size)], [])
        is_read, register, _, data = _SMBUS_ARGUMENT.unpack_from(given)
        if is_read:
            raise OSError(errno.EOPNOTSUPP, "a panel is only written to")
        if len(given) < size + _SMBUS_DATA_SIZE:
            raise NeedsError([(argument, size), (data, _SMBUS_DATA_SIZE)], [])
        count = given[size]
        block = given[size + 1 : size + 1 + count]
        self._devices.write_i2c_block_data(self._addressed, register, list(block))
        return b""

    def _messages(self, argument: int, given: bytes) -> bytes:
        size = _RDWR_ARGUMENT.size
        if len(given) < size:
            raise NeedsError([(argument, size)], [])
        table, count = _RDWR_ARGUMENT.unpack_from(given)
        head = size + count * _MESSAGE.size
        reach = [(argument, size), (table, count * _MESSAGE.size)]
        if len(given) < head:
            raise NeedsError(reach, [])
        messages = [_MESSAGE.unpack_from(given, size + at * _MESSAGE.size) for at in range(count)]
        if len(given) < head + sum(length for _, _, length, _ in messages):
            raise NeedsError([*reach, *((data, length) for *_, length, data in messages)], [])
        for address, _, length, _ in messages:
            register, *values = given[head : head + length]
            head += length
            for start in range(0, len(values), 32):
                self._devices.write_i2c_block_data(address, register, values[start : start + 32])
        return b""


def main() -> None:
    """Makes the bus and obeys standard input."""
    oled = Oled()
    devices = FakeI2c(oled, ADDRESS)
    number = int(sys.argv[1])
    threading.Thread(target=Bus(number, devices).serve, daemon=True).start()
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    for line in sys.stdin:
        if line == "picture\n":
            sys.stdout.write(oled.picture().hex() + "\n")
            sys.stdout.flush()
        elif line == "unplug\n":
            devices.unplug()
        elif line == "plug\n":
            devices.plug()
    os._exit(0)


if __name__ == "__main__":
    main()
