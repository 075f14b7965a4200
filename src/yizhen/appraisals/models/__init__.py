"""Appraisals: campaign, reports, session, ballot, results."""

from .ballot import Card, OpenedSheet, Opinion, Round, RoundClass, SealedOpinion, SealedSheet
from .campaign import Campaign, CampaignState, RollEntry, Speaker
from .common_task import CommonTask
from .conduct import CampaignVersion, Conflict, Finding
from .kit import KitConfirmation
from .objection import Objection
from .opinion import DECISIONS, OpinionDecision
from .paper import PaperEntry, PaperSheet
from .report import DutyReport, ReportVersion, SnapshotFigure
from .result import Result
from .session import LeaderComment, Phase, Problem, Question, Session, SessionStep

__all__ = [
    "DECISIONS",
    "Campaign",
    "CampaignState",
    "CampaignVersion",
    "Card",
    "CommonTask",
    "Conflict",
    "DutyReport",
    "Finding",
    "KitConfirmation",
    "LeaderComment",
    "Objection",
    "OpenedSheet",
    "Opinion",
    "OpinionDecision",
    "PaperEntry",
    "PaperSheet",
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
    "SessionStep",
    "SnapshotFigure",
    "Speaker",
]
