"""What stands beside an HTTPS site: a door for phones that do not trust it yet, and a watch over its certificate.

One process of its own, so that neither threads nor this door's requests live in the process that starts the workers.
"""

import ctypes
import multiprocessing
import os
import signal
import time
from collections.abc import Callable, Iterable
from multiprocessing.process import BaseProcess
from pathlib import Path
from socketserver import ThreadingMixIn
from threading import Thread
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

OPEN = ("/matters/field/setup/", "/static/")  # all that plain HTTP shows; nobody signs in here
WATCH_SECONDS = 3600
REQUEST_SECONDS = 20
PR_SET_PDEATHSIG = 1  # prctl(2)

Application = Callable[[dict[str, Any], Any], Iterable[bytes]]


def guarded(application: Application, port: int) -> Application:
    """Return the application with all but the set-up page sent on to HTTPS at a port of the same host."""

    def door(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        host = str(environ.get("HTTP_HOST", "")).rpartition("]")
        name = f"{host[0]}]" if host[0] else host[2].partition(":")[0]
        https = f"https://{name}:{port}"
        path = str(environ.get("PATH_INFO", ""))
        if path.startswith(OPEN) and environ.get("REQUEST_METHOD") in {"GET", "HEAD"}:
            return application({**environ, "yizhen.https": https, "HTTP_COOKIE": ""}, start_response)
        target = OPEN[0] if path == "/" else f"{https}/"
        start_response("302 Found", [("Location", target), ("Content-Length", "0")])
        return [b""]

    return door


def open_door(
    host: str, port: int, https_port: int, renew: Callable[[], bool], application: Callable[[], Application]
) -> BaseProcess:
    """Start the process beside the server; it ends with it.

    Args:
        host, port: where plain HTTP is answered.
        https_port: where the site itself is.
        renew: looks after the certificate; returns True when there is a new one, and the workers then start anew.
        application: gives the site's WSGI application, in the new process.
    """
    process = multiprocessing.get_context("fork").Process(
        target=_stand, args=(host, port, https_port, renew, application), daemon=True, name="doorstep"
    )
    process.start()
    return process


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class _Quiet(WSGIRequestHandler):
    timeout = REQUEST_SECONDS

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Write no line for each request."""


def _stand(
    host: str, port: int, https_port: int, renew: Callable[[], bool], application: Callable[[], Application]
) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the server, which ends this process
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    server = os.getppid()
    if Path("/proc").is_dir():
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    Thread(target=_watch, args=(renew, server), daemon=True).start()
    with make_server(host, port, guarded(application(), https_port), _Server, _Quiet) as door:
        door.serve_forever()


def _watch(renew: Callable[[], bool], server: int) -> None:
    while True:
        time.sleep(WATCH_SECONDS)
        try:
            changed = renew()
        except (OSError, ValueError) as error:
            print(f"✗ 证书没有更新 · the certificate was not renewed: {error}", flush=True)
            continue
        if changed:
            os.kill(server, signal.SIGHUP)  # granian starts its workers anew, one after the other
