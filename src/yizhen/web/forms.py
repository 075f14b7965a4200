"""What a page was sent."""

from django.http import HttpRequest, QueryDict


def posted(request: HttpRequest) -> QueryDict | None:
    """Return what a form sent, or None where its page is only looked at."""
    return request.POST if request.method == "POST" else None
