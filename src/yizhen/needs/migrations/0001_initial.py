"""The tables of the room."""

import django.db.models.deletion
import django.db.models.expressions
import yizhen.needs.models.consultation
from django.conf import settings
from django.db import migrations, models

from yizhen.audit.tables import CreateTables


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("matters", "0105_data_back"),
        ("people", "0004_integrity"),
        ("places", "0030_calendars"),
    ]

    operations = [
        CreateTables(
            migrations.CreateModel(
                name="Consultation",
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
                            related_name="consultations",
                            to="places.division",
                        ),
                    ),
                    (
                        "unit",
                        models.ForeignKey(
                            blank=True,
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="consultations",
                            to="people.unit",
                        ),
                    ),
                    ("title", models.CharField(max_length=80, verbose_name="问题")),
                    ("text", models.TextField(max_length=2000, verbose_name="说明：为什么问、结果怎样用")),
                    ("options", models.JSONField(default=list)),
                    ("several", models.BooleanField(default=False, verbose_name="可以选几项")),
                    ("wants_text", models.BooleanField(default=True, verbose_name="可以写几句话")),
                    (
                        "audience",
                        models.CharField(
                            choices=[("everybody", "所有人"), ("places", "指定地方的居民"), ("invited", "凭邀请码")],
                            default="everybody",
                            max_length=12,
                            verbose_name="谁来答",
                        ),
                    ),
                    ("by_lot", models.BooleanField(default=False, verbose_name="邀请码随机抽取发放（结果才有区间）")),
                    ("opens_on", models.DateField(verbose_name="开始日期")),
                    ("closes_on", models.DateField(verbose_name="截止日期（当天仍可答）")),
                    (
                        "asked_by",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                        ),
                    ),
                    ("made_at", models.DateTimeField()),
                    ("opened_at", models.DateTimeField(blank=True, editable=False, null=True)),
                    ("version", models.PositiveSmallIntegerField(default=1, editable=False)),
                    ("places", models.ManyToManyField(blank=True, related_name="+", to="places.division")),
                ],
                options={
                    "ordering": ["-closes_on", "-pk"],
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(("closes_on__gte", models.F("opens_on"))),
                            name="consultation_closes_after_it_opens",
                            violation_error_message="截止日期不能早于开始日期。",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("by_lot", False), ("audience", "invited"), _connector="OR"),
                            name="consultation_lot_needs_invitations",
                            violation_error_message="只有凭邀请码的，才能说是随机抽取。",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="InvitationBatch",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    (
                        "consultation",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="batches", to="needs.consultation"
                        ),
                    ),
                    ("client_id", models.CharField(max_length=80, unique=True)),
                    ("number", models.PositiveSmallIntegerField()),
                    (
                        "by",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                        ),
                    ),
                    ("on", models.DateField()),
                ],
                options={
                    "ordering": ["pk"],
                },
            ),
            migrations.CreateModel(
                name="Invitation",
                fields=[
                    ("code_hash", models.CharField(max_length=64, primary_key=True, serialize=False)),
                    (
                        "consultation",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="invitations",
                            to="needs.consultation",
                        ),
                    ),
                ],
            ),
            migrations.CreateModel(
                name="Answer",
                fields=[
                    (
                        "key",
                        models.CharField(
                            default=yizhen.needs.models.consultation.new_key,
                            max_length=24,
                            primary_key=True,
                            serialize=False,
                        ),
                    ),
                    (
                        "consultation",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="answers", to="needs.consultation"
                        ),
                    ),
                    ("sheet", models.CharField(max_length=64, unique=True)),
                    ("choices", models.JSONField(default=list)),
                    (
                        "place",
                        models.ForeignKey(
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to="places.division",
                        ),
                    ),
                ],
            ),
            migrations.CreateModel(
                name="FreeText",
                fields=[
                    (
                        "key",
                        models.CharField(
                            default=yizhen.needs.models.consultation.new_key,
                            max_length=24,
                            primary_key=True,
                            serialize=False,
                        ),
                    ),
                    (
                        "consultation",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="texts", to="needs.consultation"
                        ),
                    ),
                    ("text", models.TextField(max_length=1000)),
                ],
                options={
                    "ordering": ["key"],
                },
            ),
            migrations.CreateModel(
                name="Outcome",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    (
                        "consultation",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="outcomes",
                            to="needs.consultation",
                        ),
                    ),
                    ("client_id", models.CharField(max_length=80, unique=True)),
                    ("text", models.TextField(max_length=4000, verbose_name="采纳了什么、没采纳什么、为什么")),
                    ("projects", models.CharField(blank=True, max_length=200, verbose_name="形成的项目（写名称）")),
                    (
                        "by",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                        ),
                    ),
                    ("on", models.DateField()),
                    ("matters", models.ManyToManyField(blank=True, related_name="+", to="matters.matter")),
                ],
                options={
                    "ordering": ["pk"],
                },
            ),
            migrations.CreateModel(
                name="HousingReport",
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
                            related_name="talent_housing",
                            to="places.division",
                        ),
                    ),
                    ("as_of", models.DateField(verbose_name="数据日期")),
                    ("units", models.PositiveIntegerField(verbose_name="人才公寓总套数")),
                    ("let", models.PositiveIntegerField(verbose_name="已入住（套）")),
                    ("vacant", models.PositiveIntegerField(verbose_name="空置可住（套）")),
                    ("waiting", models.PositiveIntegerField(verbose_name="在排队（人）")),
                    ("source", models.CharField(max_length=120, verbose_name="数据来源")),
                    (
                        "by",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                        ),
                    ),
                    ("at", models.DateTimeField()),
                ],
                options={
                    "ordering": ["division", "-as_of", "-pk"],
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(
                                (
                                    "units__gte",
                                    django.db.models.expressions.CombinedExpression(
                                        models.F("let"), "+", models.F("vacant")
                                    ),
                                )
                            ),
                            name="housing_let_and_vacant_within_units",
                            violation_error_message="已入住加空置不能多于总套数。",
                        )
                    ],
                },
            ),
            migrations.CreateModel(
                name="Delivery",
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
                            related_name="policy_deliveries",
                            to="places.division",
                        ),
                    ),
                    (
                        "unit",
                        models.ForeignKey(
                            blank=True,
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="policy_deliveries",
                            to="people.unit",
                        ),
                    ),
                    ("policy", models.CharField(max_length=120, verbose_name="政策名称")),
                    ("document", models.CharField(blank=True, max_length=60, verbose_name="文号")),
                    ("text", models.TextField(max_length=1000, verbose_name="讲清楚的要点")),
                    ("whom", models.CharField(max_length=80, verbose_name="对象（写哪一类人，不写名字）")),
                    ("delivered_on", models.DateField(verbose_name="送达日期")),
                    (
                        "channel",
                        models.CharField(
                            choices=[
                                ("meeting", "宣讲会"),
                                ("visit", "上门送政策"),
                                ("message", "短信或政务平台推送"),
                                ("window", "窗口办事时当面告知"),
                                ("firm", "经用人单位转达"),
                            ],
                            max_length=12,
                            verbose_name="怎样送达",
                        ),
                    ),
                    ("reached", models.PositiveIntegerField(verbose_name="送达（人）")),
                    (
                        "confirmed",
                        models.PositiveIntegerField(blank=True, null=True, verbose_name="确认收到并看懂（人）"),
                    ),
                    ("confirmed_on", models.DateField(blank=True, null=True, verbose_name="确认数截至")),
                    ("source", models.CharField(max_length=120, verbose_name="数据来源")),
                    (
                        "by",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                        ),
                    ),
                    ("at", models.DateTimeField()),
                ],
                options={
                    "ordering": ["-delivered_on", "-pk"],
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(
                                ("confirmed__isnull", True), ("confirmed__lte", models.F("reached")), _connector="OR"
                            ),
                            name="delivery_confirmed_within_reached",
                            violation_error_message="确认的人数不能多于送达的人数。",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(("confirmed__isnull", True), ("confirmed_on__isnull", True)),
                                models.Q(("confirmed__isnull", False), ("confirmed_on__gte", models.F("delivered_on"))),
                                _connector="OR",
                            ),
                            name="delivery_confirmed_has_its_day",
                            violation_error_message="确认数要写截至哪一天，不早于送达日期。",
                        ),
                    ],
                },
            ),
        ),
    ]
