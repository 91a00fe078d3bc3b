"""What git runs to ask for a user name or a password: trades the ticket in its environment for the answer.

Runs as a program of its own with nothing but the standard library, because git waits for it: comes in the prompt, as
first argument; goes out the answer, on standard output; exit code 1 when the ticket is not good for that.
"""

import os
import socket
import sys


def main() -> int:
    """Ask the repo server over its private socket."""
    prompt = sys.argv[1] if len(sys.argv) > 1 else ""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        connection.settimeout(10)
        # From its folder, because the path of a socket is short and that of its folder may be long.
        folder, name = os.path.split(os.environ["ARGOSY_ASKPASS_SOCKET"])
        os.chdir(folder)
        connection.connect(name)
        connection.sendall(os.environ["ARGOSY_ASKPASS_TICKET"].encode() + b"\n" + prompt.encode() + b"\n")
        connection.shutdown(socket.SHUT_WR)
        answer = b""
        while piece := connection.recv(65536):
            answer += piece
    if not answer.startswith(b"+"):
        return 1
    sys.stdout.buffer.write(answer[1:] + b"\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
