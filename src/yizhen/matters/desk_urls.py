"""Addresses of the desk."""

from django.urls import path

from .pages import bulk, calendar, queue, replies, searches

urlpatterns = [
    path("queue/", queue.queue, name="queue"),
    path("board/", queue.board, name="board"),
    path("calendar/", calendar.calendar, name="calendar"),
    path("calendar/feed/", calendar.issue_feed, name="issue_feed"),
    path("calendar/feed/revoke/", calendar.revoke_feed, name="revoke_feed"),
    path("calendar/<str:token>.ics", calendar.feed, name="feed"),
    path("searches/", searches.searches, name="searches"),
    path("searches/<int:pk>/drop/", searches.drop_search, name="drop_search"),
    path("digest/", searches.changes, name="digest"),
    path("bulk/", bulk.bulk, name="bulk"),
    path("bulk/<int:pk>/", bulk.bulk_run, name="bulk_run"),
    path("replies/", replies.replies, name="replies"),
    path("replies/<int:pk>/", replies.replies, name="reply"),
    path("replies/<int:pk>/drop/", replies.drop_reply, name="drop_reply"),
]
