"""The plain door beside an HTTPS site: the set-up page and nothing else."""

import pytest

from yizhen.config.doorstep import guarded


def ask(path: str, host: str = "192.168.1.20:8080", method: str = "GET") -> tuple[str, str, dict[str, object]]:
    seen: dict[str, object] = {}
    answer: list[object] = []

    def site(environ, start_response):
        seen.update(environ)
        start_response("200 OK", [])
        return [b"site"]

    def start(status, headers):
        answer.extend([status, dict(headers).get("Location", "")])

    list(
        guarded(site, 8443)(
            {"PATH_INFO": path, "HTTP_HOST": host, "REQUEST_METHOD": method, "HTTP_COOKIE": "sessionid=x"}, start
        )
    )
    return str(answer[0]), str(answer[1]), seen


@pytest.mark.parametrize(
    "path", ["/matters/field/setup/", "/matters/field/setup/yizhen-ca.crt", "/static/web/phone.css"]
)
def test_set_up_page_is_shown_without_cookies_and_knows_the_https_address(path):
    status, _target, seen = ask(path)

    assert status == "200 OK"
    assert (seen["yizhen.https"], seen["HTTP_COOKIE"]) == ("https://192.168.1.20:8443", "")


@pytest.mark.parametrize(
    ("path", "host", "target"),
    [
        ("/", "192.168.1.20:8080", "/matters/field/setup/"),
        ("/sign-in/", "192.168.1.20:8080", "https://192.168.1.20:8443/"),
        ("/matters/field/", "yizhen.local:8080", "https://yizhen.local:8443/"),
        ("/matters/field/send/", "[fd00::1]:8080", "https://[fd00::1]:8443/"),
        ("/accounts/", "yizhen.local", "https://yizhen.local:8443/"),
    ],
)
def test_everything_else_leads_to_https(path, host, target):
    status, found, seen = ask(path, host)

    assert (status, found, seen) == ("302 Found", target, {})


def test_nothing_is_posted_here():
    status, _target, seen = ask("/matters/field/setup/", method="POST")

    assert (status, seen) == ("302 Found", {})
