"""Pages for what went wrong: they say what happened and what to do."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Say that this post may not do this."""
    return render(request, "web/forbidden.html", {"reason": str(exception or "")}, status=403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001
    """Say that the page does not exist, or not for this post: the two look the same on purpose."""
    return render(request, "web/not_found.html", status=404)


def failed(request: HttpRequest) -> HttpResponse:  # noqa: ARG001
    """Say that something broke, without a template that could break too."""
    return HttpResponse(
        "<!doctype html><meta charset=utf-8><title>出错了</title><p>系统出错，您填写的内容没有提交。请返回重试。"
        "<p>Something broke and nothing was submitted. Please go back and try again.",
        status=500,
    )
