"""Appraisals: campaign, reports, session, ballot, results."""

from .ballot import Card, OpenedSheet, Opinion, Round, RoundClass, SealedOpinion, SealedSheet
from .campaign import Campaign, CampaignState, RollEntry, Speaker
from .common_task import CommonTask
from .report import DutyReport, ReportVersion, SnapshotFigure
from .result import Result
from .session import LeaderComment, Phase, Problem, Question, Session

__all__ = [
    "Campaign",
    "CampaignState",
    "Card",
    "CommonTask",
    "DutyReport",
    "LeaderComment",
    "OpenedSheet",
    "Opinion",
    "Phase",
    "Problem",
    "Question",
    "ReportVersion",
    "Result",
    "RollEntry",
    "Round",
    "RoundClass",
    "SealedOpinion",
    "SealedSheet",
    "Session",
    "SnapshotFigure",
    "Speaker",
]
