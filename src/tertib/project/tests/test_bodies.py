import socket

from tertib.project.bodies import notice_who_is_gone


def test_the_kernel_is_asked_to_notice_who_is_gone() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        notice_who_is_gone()
        with socket.create_connection(listening.getsockname()):
            accepted, _ = listening.accept()
            with accepted:
                assert accepted.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE) == 1
                assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE) == 30
