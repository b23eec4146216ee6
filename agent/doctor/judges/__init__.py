"""From facts to findings. Pure: no files, sockets, clocks or hardware."""
