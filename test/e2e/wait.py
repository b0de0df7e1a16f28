# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""Waiting for conditions, always with a deadline. Nothing here or in a test sleeps in the hope that it is enough."""
import socket
import time

DEADLINE = 20


def until(condition, what, seconds=DEADLINE):
    """Polls until condition() is true and returns its value; an AssertionError that names `what` if it never is."""
    end = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise AssertionError(f"waited {seconds} s in vain for {what}")
        time.sleep(0.01)


def until_listening(namespace, address, port, seconds=DEADLINE):
    """Waits for a listener by reading the socket table: a probe connection would disturb what a test counts."""
    def listens():
        with namespace:
            for table in ("/proc/thread-self/net/tcp", "/proc/thread-self/net/tcp6"):
                with open(table) as file:
                    for line in file.readlines()[1:]:
                        fields = line.split()
                        if fields[3] == "0A" and int(fields[1].rsplit(":", 1)[1], 16) == port:
                            return True
        return False
    until(listens, f"a listener on {address}:{port}", seconds)


def until_closed(sock, seconds=DEADLINE):
    """Reads until the peer is gone; what came. A peer that stays is an AssertionError."""
    sock.settimeout(seconds)
    data = b""
    try:
        while piece := sock.recv(65536):
            data += piece
    except ConnectionResetError:
        pass
    except socket.timeout:
        raise AssertionError(f"peer did not close within {seconds} s; it said {data[-200:]!r}") from None
    return data
