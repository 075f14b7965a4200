"""The tables of the room."""

import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from yizhen.audit.tables import CreateTables


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("indicators", "0032_kept_with_approvals"),
        ("people", "0004_integrity"),
        ("places", "0030_calendars"),
    ]

    operations = [
        CreateTables(
            migrations.CreateModel(
                name="PracticeNote",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    ("client_id", models.CharField(editable=False, max_length=80, unique=True)),
                    (
                        "division",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="practice_notes",
                            to="places.division",
                        ),
                    ),
                    (
                        "work_line",
                        models.CharField(
                            choices=[
                                ("development", "促发展"),
                                ("livelihood", "惠民生"),
                                ("safety", "保平安"),
                                ("party_style", "党建作风"),
                            ],
                            max_length=16,
                            verbose_name="条线",
                        ),
                    ),
                    ("title", models.CharField(max_length=80, verbose_name="题目")),
                    ("problem", models.TextField(max_length=1000, verbose_name="遇到什么问题")),
                    ("steps", models.TextField(max_length=3000, verbose_name="怎么做的")),
                    (
                        "cost",
                        models.DecimalField(
                            decimal_places=2,
                            max_digits=10,
                            validators=[django.core.validators.MinValueValidator(0)],
                            verbose_name="花了多少钱（万元）",
                        ),
                    ),
                    ("person_days", models.PositiveIntegerField(verbose_name="花了多少人工（人·天）")),
                    ("failed", models.TextField(max_length=2000, verbose_name="什么没做成、走了什么弯路")),
                    ("contact", models.CharField(max_length=60, verbose_name="联系岗位")),
                    (
                        "state",
                        models.CharField(
                            choices=[
                                ("draft", "草稿"),
                                ("checked", "已核对，待发布"),
                                ("published", "已发布"),
                                ("withdrawn", "已撤下"),
                            ],
                            default="draft",
                            max_length=10,
                        ),
                    ),
                    (
                        "written_by",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                        ),
                    ),
                    ("written_at", models.DateTimeField()),
                    (
                        "changed_by",
                        models.ForeignKey(
                            blank=True,
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                    (
                        "checked_by",
                        models.ForeignKey(
                            blank=True,
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                    ("checked_at", models.DateTimeField(blank=True, null=True)),
                    ("check_text", models.CharField(blank=True, max_length=300)),
                    (
                        "published_by",
                        models.ForeignKey(
                            blank=True,
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                    ("published_at", models.DateTimeField(blank=True, null=True)),
                    ("withdrawn_why", models.CharField(blank=True, max_length=300)),
                ],
                options={
                    "ordering": ["-published_at", "-pk"],
                    "indexes": [models.Index(fields=["state", "published_at"], name="exchange_pr_state_cd2855_idx")],
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(("failed", ""), _negated=True),
                            name="note_says_what_failed",
                            violation_error_message="请写什么没做成：没有弯路的经验没有人信 · Say what failed",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                ("checked_by__isnull", True),
                                models.Q(
                                    models.Q(("checked_by", models.F("written_by")), _negated=True),
                                    models.Q(
                                        ("changed_by__isnull", True),
                                        models.Q(("checked_by", models.F("changed_by")), _negated=True),
                                        _connector="OR",
                                    ),
                                ),
                                _connector="OR",
                            ),
                            name="note_is_checked_by_a_colleague",
                            violation_error_message="写的人不能核对 · Who wrote it does not check it",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                ("state", "draft"),
                                models.Q(
                                    ("checked_at__isnull", False),
                                    ("checked_by__isnull", False),
                                    models.Q(("check_text", ""), _negated=True),
                                ),
                                _connector="OR",
                            ),
                            name="note_is_published_after_its_check",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(
                                    ("published_at__isnull", False),
                                    ("published_by__isnull", False),
                                    ("state__in", ["published", "withdrawn"]),
                                ),
                                models.Q(
                                    ("published_at__isnull", True),
                                    ("published_by__isnull", True),
                                    ("state__in", ["draft", "checked"]),
                                ),
                                _connector="OR",
                            ),
                            name="note_publication_is_whole",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(("state", "withdrawn"), _negated=True),
                                models.Q(("withdrawn_why", ""), _negated=True),
                                _connector="OR",
                            ),
                            name="note_withdrawn_says_why",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="NoteFigure",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    (
                        "note",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="figures",
                            to="exchange.practicenote",
                        ),
                    ),
                    (
                        "indicator",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="+", to="indicators.indicator"
                        ),
                    ),
                    ("moment", models.CharField(choices=[("before", "做之前"), ("after", "做之后")], max_length=8)),
                    ("period", models.CharField(max_length=8)),
                    ("content", models.JSONField()),
                    ("sha256", models.CharField(max_length=64)),
                    (
                        "by",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                        ),
                    ),
                ],
                options={
                    "ordering": ["indicator", "-moment"],
                    "constraints": [
                        models.UniqueConstraint(
                            fields=("note", "indicator", "moment"),
                            name="note_cites_an_indicator_once_a_moment",
                            violation_error_message="这个指标的这一头已经引用，先去掉再引用 · Cited already: take it off first",
                        )
                    ],
                },
            ),
            migrations.CreateModel(
                name="Adoption",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    ("client_id", models.CharField(editable=False, max_length=80, unique=True)),
                    (
                        "note",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="adoptions",
                            to="exchange.practicenote",
                        ),
                    ),
                    (
                        "division",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="adoptions", to="places.division"
                        ),
                    ),
                    ("since", models.DateField(verbose_name="从哪天起")),
                    ("changes", models.CharField(max_length=1000, verbose_name="本地改了什么")),
                    (
                        "by",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                        ),
                    ),
                    ("at", models.DateTimeField()),
                ],
                options={
                    "ordering": ["division"],
                    "constraints": [
                        models.UniqueConstraint(
                            fields=("note", "division"),
                            name="practice_is_adopted_once_a_township",
                            violation_error_message="本乡镇（街道）已经采用 · This township has adopted it already",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("changes", ""), _negated=True), name="adoption_says_what_changes"
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="Question",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    ("client_id", models.CharField(editable=False, max_length=80, unique=True)),
                    (
                        "note",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="questions",
                            to="exchange.practicenote",
                        ),
                    ),
                    ("text", models.CharField(max_length=500)),
                    (
                        "by",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                        ),
                    ),
                    ("at", models.DateTimeField()),
                ],
                options={
                    "ordering": ["pk"],
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(("text", ""), _negated=True), name="question_is_asked"
                        )
                    ],
                },
            ),
            migrations.CreateModel(
                name="Answer",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    ("client_id", models.CharField(editable=False, max_length=80, unique=True)),
                    (
                        "question",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="answers", to="exchange.question"
                        ),
                    ),
                    ("text", models.CharField(max_length=1000)),
                    (
                        "by",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                        ),
                    ),
                    ("at", models.DateTimeField()),
                ],
                options={
                    "ordering": ["pk"],
                    "constraints": [
                        models.CheckConstraint(condition=models.Q(("text", ""), _negated=True), name="answer_is_given")
                    ],
                },
            ),
        ),
    ]
