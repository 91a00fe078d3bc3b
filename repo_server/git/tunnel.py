"""What ssh runs to get through the proxy of a repository entry: HTTP CONNECT or SOCKS 5, then bytes both ways.

Runs as a program of its own with nothing but the standard library: comes in the path of a (memory) file with the
proxy's URL, a host and a port as arguments; standard input and output are the connection. Exit code 1 and one line on
standard error when the proxy does not let us through; its credentials are in no line.
"""

import base64
import os
import socket
import sys
import threading
from pathlib import Path
from urllib.parse import SplitResult, unquote, urlsplit

_PORTS = {"http": 80, "socks5": 1080, "socks5h": 1080}
_SECONDS = 15
_LONGEST_HEAD = 16 * 1024
_WITHOUT, _BY_PASSWORD = 0, 2


class _Refused(Exception):
    """The proxy said no."""


def main() -> int:
    """Connect and relay until either side ends."""
    file, host, port = sys.argv[1:]
    proxy = urlsplit(Path(file).read_text(encoding="utf-8"))
    try:
        place = (proxy.hostname or "", proxy.port or _PORTS[proxy.scheme])
        connection = socket.create_connection(place, timeout=_SECONDS)
        ask = _by_http if proxy.scheme == "http" else _by_socks
        ask(connection, proxy, host, int(port))
    except (OSError, _Refused) as error:
        print(f"proxy {proxy.hostname}: {error}", file=sys.stderr)  # noqa: T201  what ssh shows
        return 1
    connection.settimeout(None)
    threading.Thread(target=_send, args=(connection,), daemon=True).start()
    while piece := connection.recv(65536):
        os.write(1, piece)
    return 0


def _send(connection: socket.socket) -> None:
    while piece := os.read(0, 65536):
        connection.sendall(piece)
    connection.shutdown(socket.SHUT_WR)


def _by_http(connection: socket.socket, proxy: SplitResult, host: str, port: int) -> None:
    place = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    lines = [f"CONNECT {place} HTTP/1.1", f"Host: {place}"]
    if proxy.username is not None:
        login = f"{unquote(proxy.username)}:{unquote(proxy.password or '')}"
        lines.append(f"Proxy-Authorization: Basic {base64.b64encode(login.encode()).decode()}")
    connection.sendall("\r\n".join([*lines, "", ""]).encode())
    head = b""
    # Byte by byte: what follows the head is the host's.
    while not head.endswith(b"\r\n\r\n"):
        piece = connection.recv(1)
        if not piece or len(head) > _LONGEST_HEAD:
            raise _Refused("it ended the connection")
        head += piece
    status = head.split(b" ", 2)[1:2]
    if status != [b"200"]:
        raise _Refused(f"it answered CONNECT with status {b''.join(status).decode(errors='replace')[:3]}")


def _by_socks(connection: socket.socket, proxy: SplitResult, host: str, port: int) -> None:
    """RFC 1928, and RFC 1929 for the login; the proxy looks the host's name up."""
    method = _WITHOUT if proxy.username is None else _BY_PASSWORD
    connection.sendall(bytes([5, 1, method]))
    if _exactly(connection, 2) != bytes([5, method]):
        raise _Refused("it does not take our way to sign in")
    if proxy.username is not None:
        user, password = unquote(proxy.username).encode(), unquote(proxy.password or "").encode()
        connection.sendall(bytes([1, len(user)]) + user + bytes([len(password)]) + password)
        if _exactly(connection, 2)[1] != 0:
            raise _Refused("it refused the credentials")
    name = host.encode()
    connection.sendall(bytes([5, 1, 0, 3, len(name)]) + name + port.to_bytes(2))
    _, reply, _, kind = _exactly(connection, 4)
    if reply != 0:
        raise _Refused(f"it answered with SOCKS error {reply}")
    _exactly(connection, {1: 4, 4: 16}.get(kind) or _exactly(connection, 1)[0])
    _exactly(connection, 2)


def _exactly(connection: socket.socket, size: int) -> bytes:
    content = b""
    while len(content) < size:
        piece = connection.recv(size - len(content))
        if not piece:
            raise _Refused("it ended the connection")
        content += piece
    return content


if __name__ == "__main__":
    sys.exit(main())
