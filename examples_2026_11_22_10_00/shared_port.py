"""Several sockets that listen on one port."""

import socket


def shared_port(port: int, count: int) -> list[socket.socket]:
    """Open ``count`` sockets that listen on one port, a free one if it is 0.

    The kernel shares out the connections among them.
    """
    sockets = []
    for _ in range(count):
        listening = socket.socket()
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        listening.bind(("127.0.0.1", port))
        listening.listen(1024)
        port = listening.getsockname()[1]
        sockets.append(listening)
    return sockets
