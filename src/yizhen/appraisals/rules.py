"""Who may do what in an appraisal."""

from django.utils import timezone

from yizhen.audit.queries import has_acted
from yizhen.people.models import Account

from .models import Campaign, CampaignState, DutyReport, Objection, Round, Speaker
from .objecting import filing_deadline

MANAGERS = {"city_office", "county"}
AUTHORS = {"township_head", "township_office", "village"}
HEADS = {"township_head", "village", "department"}  # who reads the own result, once issued


def may_create(user: Account) -> bool:
    """Return whether the user may start campaigns."""
    return user.is_active and user.role in MANAGERS


def may_manage(user: Account, campaign: Campaign) -> bool:
    """Return whether the user runs this campaign: its rules, its session, its feedback."""
    return may_create(user) and user.covers(campaign.division_id)


def answers_for(user: Account, speaker: Speaker) -> bool:
    """Return whether the account is that of the place, or of the department, that reports."""
    if speaker.unit_id:
        return user.role == "department" and user.unit_id == speaker.unit_id
    return user.role in AUTHORS and user.scope_id == speaker.division_id


def may_write(user: Account, report: DutyReport) -> bool:
    """Return whether the user is the report's author: the place or department itself, until it is submitted."""
    campaign = report.speaker.campaign
    return (
        user.is_active
        and answers_for(user, report.speaker)
        and campaign.state == CampaignState.PUBLISHED
        and not report.is_locked
    )


def may_read_drafts(user: Account, report: DutyReport) -> bool:
    """Return whether the user reads a report before it is submitted: its place, and those who run appraisals over it."""
    managed = user.role in MANAGERS and user.covers(report.speaker.division_id)
    return user.is_active and (managed or _over(user, report.speaker))


def _over(user: Account, speaker: Speaker) -> bool:
    """Return whether the speaker is the user's own place or department, or a village below the user's township."""
    below = not speaker.unit_id and user.role in AUTHORS and user.covers(speaker.division_id)
    return below or answers_for(user, speaker)


def may_hold_key(user: Account, round_: Round) -> bool:
    """Return whether the user may make and use the round's key: a scrutineer, never who runs the campaign."""
    return user.is_active and user.role == "scrutineer" and user.covers(round_.campaign.division_id)


def may_tell(user: Account, campaign: Campaign) -> bool:
    """Return whether the user may count boxes and type paper sheets: a teller or scrutineer over the place."""
    return user.is_active and user.role in {"teller", "scrutineer"} and user.covers(campaign.division_id)


def may_see_all_results(user: Account, campaign: Campaign) -> bool:
    """Return whether the user sees every speaker's result: those who run the campaign, and its scrutineers."""
    return may_manage(user, campaign) or (
        user.is_active and user.role == "scrutineer" and user.covers(campaign.division_id)
    )


def may_see_result(user: Account, speaker: Speaker) -> bool:
    """Return whether the user sees one speaker's result: the person concerned, once the results are issued."""
    if may_see_all_results(user, speaker.campaign):
        return True
    return (
        user.is_active
        and (user.role in HEADS and answers_for(user, speaker))
        and speaker.campaign.state == CampaignState.ISSUED
    )


def is_person_concerned(user: Account, speaker: Speaker) -> bool:
    """Return whether this is the account of the speaker's own post."""
    return user.is_active and user.role in HEADS and answers_for(user, speaker)


def may_object(user: Account, speaker: Speaker) -> bool:
    """Return whether the user may file an objection now: the person concerned, once, within the time for it."""
    deadline = filing_deadline(speaker.campaign)
    return (
        is_person_concerned(user, speaker)
        and speaker.campaign.state == CampaignState.ISSUED
        and deadline is not None
        and timezone.localdate() <= deadline.due
        and not Objection.objects.filter(speaker=speaker).exists()
    )


def may_judge(user: Account, speaker: Speaker) -> bool:
    """Return whether the user may decide objections of a speaker: an organisation office that had no part in it.

    A city office or county account over the speaker's place that neither made the campaign nor issued its results, nor
    did anything else to it that the audit chain knows of. Scrutineers counted, so they cannot judge the count. Where a
    city has one organisation account only, the speaker's county decides.

    Source: supervision regulation (2021) art. 17, those who made the conclusion recuse.
    """
    campaign = speaker.campaign
    return (
        user.is_active
        and user.role in MANAGERS
        and user.covers(speaker.division_id)
        and user.pk not in {campaign.created_by_id, campaign.issued_by_id}
        and not has_acted(user, subjects_of(campaign))
    )


def may_decide(user: Account, objection: Objection) -> bool:
    """Return whether the user may decide this objection now."""
    return objection.state == "filed" and may_judge(user, objection.speaker)


def may_read_objection(user: Account, objection: Objection) -> bool:
    """Return whether the user reads an objection: the person concerned, who runs the campaign, who may judge it."""
    speaker = objection.speaker
    return (
        is_person_concerned(user, speaker)
        or may_manage(user, speaker.campaign)
        or objection.decided_by_id == user.pk
        or may_judge(user, speaker)
    )


def subjects_of(campaign: Campaign) -> list[str]:
    """Return how the audit chain names a campaign and its parts: rounds, speakers, reports, questions, problems."""
    speakers = campaign.speakers
    parts = {
        "round": campaign.rounds.values_list("pk", flat=True),
        "speaker": speakers.values_list("pk", flat=True),
        "report": speakers.filter(report__isnull=False).values_list("report", flat=True),
        "question": speakers.filter(questions__isnull=False).values_list("questions", flat=True),
        "problem": speakers.filter(comment__problems__isnull=False).values_list("comment__problems", flat=True),
    }
    named = [f"appraisals.{kind}:{pk}" for kind, pks in parts.items() for pk in pks]
    return [f"appraisals.campaign:{campaign.pk}", *named]


def may_confirm_kit(user: Account, campaign: Campaign) -> bool:
    """Return whether the user may have the whole sheets, sealed, and confirm a kit: a scrutineer over the place."""
    return user.is_active and user.role == "scrutineer" and user.covers(campaign.division_id)


def kit_is_public(campaign: Campaign) -> bool:
    """Return whether anybody may have the public recount kit: when the rules make personal scores known.

    Results announced in the hall, from the count on; results published to all, once they are issued.
    """
    if campaign.is_announced:
        return campaign.is_counted
    return campaign.config["rules"].get("publish") == "all" and campaign.state == CampaignState.ISSUED


def may_have_kit(user: Account, campaign: Campaign) -> bool:
    """Return whether the user may have the public kit: who sees all results, and whoever sees them announced."""
    return campaign.is_counted and (may_see_all_results(user, campaign) or kit_is_public(campaign))
