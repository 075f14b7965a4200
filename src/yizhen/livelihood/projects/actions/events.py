"""What the audit chain tells of livelihood projects."""

from yizhen.audit.events import event


@event("livelihood.project_proposed")
class ProjectProposed:
    """A candidate was entered."""

    name: str


@event("livelihood.project_changed")
class ProjectChanged:
    """A candidate was changed before deputies voted on it."""

    fields: list[str]


@event("livelihood.vote_recorded")
class VoteRecorded:
    """The totals of a deputies' vote were recorded."""

    minutes: str
    votes: dict[str, int]
    chosen: list[int]


@event("livelihood.project_moved")
class ProjectMoved:
    """A project came to another stage."""

    before: str
    after: str
    reason: str


@event("livelihood.milestone_added")
class MilestoneAdded:
    """A milestone was planned."""

    name: str
    planned_on: str


@event("livelihood.milestone_finished")
class MilestoneFinished:
    """The day on which a milestone was reached was entered or put right."""

    milestone: int
    before: str
    after: str


@event("livelihood.delay_explained")
class DelayExplained:
    """A delay was explained; the date may have moved."""

    milestone: int
    old_on: str
    new_on: str
    reason: str


@event("livelihood.paid")
class MoneyPaid:
    """Money was paid, or a payment was put right."""

    amount: str
    reason: str


@event("livelihood.photo_kept")
class PhotoKept:
    """A photograph was kept."""

    photo: int
    sha256: str


@event("livelihood.photo_withdrawn")
class PhotoWithdrawn:
    """A photograph was taken out of sight."""

    photo: int
    reason: str


@event("livelihood.inspected")
class ProjectInspected:
    """Works were inspected by another than who led them."""

    passed: bool


@event("livelihood.published")
class ProjectPublished:
    """A project was put on the residents' board, or taken off it."""

    public: bool
    reason: str
