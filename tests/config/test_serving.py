"""``yizhen serve --tls``, as a phone meets it: plain HTTP to the certificate, and with it to the site."""

import socket
import ssl
import subprocess
import sys
import time
import urllib.request
from http.client import HTTPResponse

from tests.appraisals.live import free_port
from tests.browser.site import environment


def fetch(address: str, trust: ssl.SSLContext | None = None, seconds: float = 60) -> HTTPResponse:
    until = time.monotonic() + seconds
    while True:
        try:
            answer = urllib.request.urlopen(address, context=trust, timeout=5)
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.2)
        else:
            assert isinstance(answer, HTTPResponse)
            return answer


def closed(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0


def test_phone_gets_the_certificate_over_plain_http_and_the_site_over_tls(tmp_path):
    port, door = free_port(), free_port()
    command = [sys.executable, "-m", "yizhen", "serve", "--tls", "--port", str(port), "--door", str(door)]
    with (tmp_path / "log").open("w") as log:
        server = subprocess.Popen(
            [*command, "--workers", "1"], env=environment(tmp_path / "data"), stdout=log, stderr=log
        )
        try:
            page = fetch(f"http://127.0.0.1:{door}/").read().decode()
            certificate = fetch(f"http://127.0.0.1:{door}/matters/field/setup/yizhen-ca.crt").read()
            trust = ssl.create_default_context(cadata=certificate)
            shell = fetch(f"https://127.0.0.1:{port}/matters/field/", trust)
            asked = fetch(f"https://127.0.0.1:{port}/ask/follow/", trust)
        finally:
            server.terminate()
            server.wait(timeout=30)
    written = (tmp_path / "log").read_text()
    fingerprint = next(line.strip() for line in written.splitlines() if line.count(" ") > 30)

    assert fingerprint in page
    assert f"https://127.0.0.1:{port}/matters/field/" in page
    assert shell.status == 200
    assert "Strict-Transport-Security" not in shell.headers  # the hall's plain HTTP is on the same host
    cookie = asked.headers["Set-Cookie"]
    assert cookie.startswith("__Host-csrftoken=")
    assert "Secure" in cookie
    assert (closed(port), closed(door)) == (True, True)
