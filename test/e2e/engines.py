# SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
"""Engines of other makers: daemons that speak as P3Scan's reference says they did, an ICAP service that does what a
test says, and the real c-icap."""
import contextlib
import os
import pathlib
import re
import socket
import struct
import subprocess
import threading

import netns
import wait
from clamd import EICAR

VIRUS = "EICAR-Test-File"


class PathDaemon:
    """Listens on a unix socket, is told paths, looks for EICAR in these files as they are. `error`: what it answers
    instead, in the words of its protocol."""

    def __init__(self, path):
        self.path = pathlib.Path(path)
        self.error = None
        self.paths = []                 # asked about
        self.contents = []              # of these files
        self.problems = []
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(str(self.path))
        self.path.chmod(0o666)
        self._listener.listen(100)
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self):
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self.path.unlink(missing_ok=True)

    def _accept(self):
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection):
        try:
            with connection:
                self.greet(connection)
                request = b""
                while piece := connection.recv(65536):
                    request += piece
                    while self.END in request:
                        one, _, request = request.partition(self.END)
                        connection.sendall(self.answer(one))
        except OSError:
            pass
        except Exception as error:      # a mistake of the test must not look like a daemon that left
            self.problems.append(error)

    def greet(self, connection):
        pass

    def infected(self, path):
        data = pathlib.Path(os.fsdecode(path)).read_bytes()
        self.paths.append(os.fsdecode(path))
        self.contents.append(data)
        return EICAR in data


class Avpctl(PathDaemon):
    """kavdaemon; `width`: the size of its unsigned long. error: a code."""
    END = b"\0"

    def __init__(self, directory, width=8):
        self.width = width
        super().__init__(pathlib.Path(directory) / "AvpCtl")

    def answer(self, request):
        path = re.fullmatch(rb"<0>[A-Z][a-z][a-z] \d\d \d\d:\d\d:\d\d:(/.*)", request)[1]
        found = self.infected(path)
        if self.error is not None:
            return struct.pack("<H", 0x30 + self.error)
        if not found:
            return struct.pack("<H", 0x30)
        text = path + b"\t infected: " + VIRUS.encode()
        number = "<I" if self.width == 4 else "<Q"
        return struct.pack("<H", 0x0300 | 0x34) + struct.pack(number, 1) + struct.pack(number, len(text)) + text


class Aveserver(PathDaemon):
    """Kaspersky 5. error: the whole reply."""
    END = b"\r\n\0"

    def __init__(self, directory, greeting=b"201 aveserver ready\r\n"):
        self.greeting = greeting
        super().__init__(pathlib.Path(directory) / "aveserver")

    def greet(self, connection):
        connection.sendall(self.greeting)

    def answer(self, request):
        path = re.fullmatch(rb"SCAN xmQPRSTUWabcdefghi (/.*)", request)[1]
        found = self.infected(path)
        if self.error is not None:
            return self.error
        return (b"322-" + path + b" infected: " + VIRUS.encode() + b"\r\n" if found else b"") + b"220 OK\r\n"


class Trophie(PathDaemon):
    """trophie and sophie. error: the whole reply."""
    END = b"\n"

    def answer(self, request):
        found = self.infected(request)
        if self.error is not None:
            return self.error
        return b"1:" + VIRUS.encode() + b"\n" if found else b"0\n"


class IcapService:
    """Answers OPTIONS and RESPMOD on a port. error: the whole reply. `preview`: octets, or None."""

    def __init__(self, namespace, preview=1024, host="127.0.0.1", port=1354):
        self.preview = preview
        self.error = None
        self.messages = []
        self.connections = 0
        self.problems = []
        self.target = f"icap://[{host}]:{port}/av" if ":" in host else f"icap://{host}:{port}/av"
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        with namespace:
            self._listener = socket.create_server((host, port), family=family, backlog=100)
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self):
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _accept(self):
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection):
        try:
            with connection, connection.makefile("rb") as stream:
                while head := self._head(stream):
                    self._answer(connection, stream, head)
        except OSError:
            pass
        except Exception as error:
            self.problems.append(error)

    @staticmethod
    def _head(stream):
        lines = []
        while (line := stream.readline()) not in (b"\r\n", b""):
            lines.append(line)
        return b"".join(lines)

    @staticmethod
    def _chunks(stream):
        """Octets up to the empty chunk, and whether that says that this is all."""
        data = b""
        while True:
            size, _, extension = stream.readline().strip().partition(b";")
            if int(size, 16) == 0:
                assert stream.readline() == b"\r\n"
                return data, extension.strip() == b"ieof"
            data += stream.read(int(size, 16))
            assert stream.read(2) == b"\r\n"

    def _answer(self, connection, stream, head):
        if head.startswith(b"OPTIONS "):
            preview = b"" if self.preview is None else b"Preview: %d\r\n" % self.preview
            connection.sendall(b"ICAP/1.0 200 OK\r\nMethods: RESPMOD\r\nISTag: \"1\"\r\nMax-Connections: 50\r\n" + preview +
                               b"Allow: 204\r\nEncapsulated: null-body=0\r\n\r\n")
            return
        assert head.startswith(b"RESPMOD icap://"), head
        self._head(stream), self._head(stream)
        data, all_of_it = self._chunks(stream)
        if self.preview is not None and not all_of_it:
            connection.sendall(b"ICAP/1.0 100 Continue\r\n\r\n")
            data += self._chunks(stream)[0]
        self.messages.append(data)
        if self.error is not None:
            connection.sendall(self.error)
        elif EICAR in data:
            http = b"HTTP/1.1 403 Forbidden\r\nContent-Type: text/html\r\n\r\n"
            connection.sendall(b"ICAP/1.0 200 OK\r\nX-Infection-Found: Type=0; Resolution=2; Threat=" + VIRUS.encode() +
                               b";\r\nEncapsulated: res-hdr=0, res-body=%d\r\n\r\n" % len(http) + http +
                               b"6\r\nno way\r\n0\r\n\r\n")
        else:
            connection.sendall(b"ICAP/1.0 204 No Content\r\nEncapsulated: null-body=0\r\n\r\n")


C_ICAP = """
PidFile {dir}/c-icap.pid
CommandsSocket {dir}/c-icap.ctl
Timeout 60
MaxKeepAliveRequests 100
KeepAliveTimeout 60
StartServers 1
MaxServers 2
MinSpareThreads 5
MaxSpareThreads 10
ThreadsPerChild 10
Port {port}
User clamav
Group clamav
TmpDir {dir}
ModulesDir {modules}
ServicesDir {modules}
LoadMagicFile /etc/c-icap/c-icap.magic
ServerLog {dir}/server.log
AccessLog {dir}/access.log
Service echo srv_echo.so
Module common clamd_mod.so
clamd_mod.ClamdSocket {clamd}
Service antivirus_module virus_scan.so
ServiceAlias avscan virus_scan?allow204=on&sizelimit=off&mode=simple
virus_scan.ScanFileTypes TEXT DATA EXECUTABLE ARCHIVE GIF JPEG MSOFFICE
virus_scan.SendPercentData 0
virus_scan.MaxObjectSize 100M
virus_scan.DefaultEngine clamd
virus_scan.PassOnError off
"""


class CIcap:
    """The real one, with a clamd behind it."""
    PROGRAM = "/usr/bin/c-icap"
    MODULES = "/usr/lib/x86_64-linux-gnu/c_icap"

    def __init__(self, namespace, directory, clamd, port=1364):
        self.namespace, self.port = namespace, port
        self.directory = pathlib.Path(directory)
        self.directory.mkdir(mode=0o755)
        self.directory.chmod(0o777)
        self.configuration = self.directory / "c-icap.conf"
        self.configuration.write_text(C_ICAP.format(dir=directory, port=port, modules=self.MODULES, clamd=clamd.socket))
        self.target = f"icap://127.0.0.1:{port}/avscan"
        self.start()

    def start(self):
        self.process = self.namespace.start(self.PROGRAM, "-N", "-D", "-d", "1", "-f", str(self.configuration),
                                            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        wait.until(self._answers, "c-icap")

    def _answers(self):
        """Its listener is there before its services are."""
        try:
            with self.namespace:
                connection = socket.create_connection(("127.0.0.1", self.port), timeout=2)
            with connection:
                connection.sendall(b"OPTIONS %s ICAP/1.0\r\nHost: x\r\n\r\n" % self.target.encode())
                return connection.recv(4096).startswith(b"ICAP/1.0 200")
        except OSError:
            return False

    def close(self):
        netns.stop(self.process)
