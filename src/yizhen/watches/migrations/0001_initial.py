"""The tables of the room."""

import django.core.validators
import django.db.models.deletion
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
                name="Plan",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    ("client_id", models.CharField(editable=False, max_length=80, unique=True)),
                    (
                        "division",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="plans", to="places.division"
                        ),
                    ),
                    (
                        "office",
                        models.ForeignKey(
                            blank=True,
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="plans",
                            to="people.unit",
                        ),
                    ),
                    (
                        "follows",
                        models.OneToOneField(
                            blank=True,
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="followed_by",
                            to="watches.plan",
                        ),
                    ),
                    ("number", models.PositiveSmallIntegerField(default=1)),
                    ("title", models.CharField(max_length=60, verbose_name="名称")),
                    ("kinds", models.JSONField(default=list, verbose_name="哪些事件")),
                    ("text", models.TextField(blank=True, max_length=20000, verbose_name="正文")),
                    ("document", models.CharField(blank=True, max_length=120, verbose_name="文号和存放处")),
                    ("valid_from", models.DateField(verbose_name="施行日期")),
                    ("valid_until", models.DateField(verbose_name="有效期至")),
                    (
                        "by",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                        ),
                    ),
                    ("at", models.DateTimeField()),
                ],
                options={
                    "ordering": ["division", "pk"],
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(("text", ""), _negated=True),
                                models.Q(("document", ""), _negated=True),
                                _connector="OR",
                            ),
                            name="plan_has_text_or_document",
                            violation_error_message="请写正文，或者写文号和存放处。",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("valid_until__gt", models.F("valid_from"))),
                            name="plan_runs_out_after_it_begins",
                            violation_error_message="有效期要晚于施行日期。",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="Contact",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    (
                        "plan",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="contacts", to="watches.plan"
                        ),
                    ),
                    ("post", models.CharField(max_length=40)),
                    ("telephone", models.CharField(max_length=20)),
                ],
                options={
                    "ordering": ["pk"],
                },
            ),
            migrations.CreateModel(
                name="Roster",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    (
                        "division",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="+", to="places.division"
                        ),
                    ),
                    (
                        "office",
                        models.ForeignKey(
                            blank=True,
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to="people.unit",
                        ),
                    ),
                ],
                options={
                    "ordering": ["division", "office"],
                    "constraints": [
                        models.UniqueConstraint(
                            condition=models.Q(("office__isnull", True)),
                            fields=("division",),
                            name="place_has_one_duty_roster",
                        ),
                        models.UniqueConstraint(
                            condition=models.Q(("office__isnull", False)),
                            fields=("division", "office"),
                            name="office_has_one_duty_roster",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="Shift",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    (
                        "roster",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="shifts", to="watches.roster"
                        ),
                    ),
                    ("day", models.DateField()),
                    ("part", models.CharField(choices=[("day", "白班"), ("night", "夜班")], max_length=8)),
                    ("post", models.CharField(blank=True, max_length=40)),
                    ("telephone", models.CharField(blank=True, max_length=20)),
                    (
                        "by",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                        ),
                    ),
                    ("at", models.DateTimeField()),
                ],
                options={
                    "ordering": ["roster", "day", "part"],
                    "constraints": [
                        models.UniqueConstraint(fields=("roster", "day", "part"), name="shift_is_there_once"),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(("post", ""), ("telephone", "")),
                                models.Q(
                                    models.Q(("post", ""), _negated=True), models.Q(("telephone", ""), _negated=True)
                                ),
                                _connector="OR",
                            ),
                            name="shift_has_post_and_telephone",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="Handover",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    ("client_id", models.CharField(editable=False, max_length=80, unique=True)),
                    (
                        "roster",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="handovers", to="watches.roster"
                        ),
                    ),
                    ("day", models.DateField(verbose_name="日期")),
                    (
                        "part",
                        models.CharField(
                            choices=[("day", "白班"), ("night", "夜班")], max_length=8, verbose_name="班次"
                        ),
                    ),
                    ("text", models.TextField(max_length=2000, verbose_name="交接内容")),
                    (
                        "by",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                        ),
                    ),
                    ("at", models.DateTimeField()),
                ],
                options={
                    "ordering": ["-day", "-pk"],
                },
            ),
            migrations.CreateModel(
                name="Emergency",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    ("client_id", models.CharField(editable=False, max_length=80, unique=True)),
                    (
                        "division",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="+", to="places.division"
                        ),
                    ),
                    (
                        "office",
                        models.ForeignKey(
                            blank=True,
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to="people.unit",
                        ),
                    ),
                    ("title", models.CharField(max_length=60, verbose_name="名称")),
                    (
                        "kind",
                        models.CharField(
                            choices=[
                                ("flood", "防汛抗旱"),
                                ("fire", "火灾"),
                                ("geology", "地质灾害"),
                                ("weather", "极端天气"),
                                ("traffic", "交通事故"),
                                ("works", "生产安全事故"),
                                ("health", "公共卫生"),
                                ("supply", "供水供电供气中断"),
                                ("public", "社会安全"),
                            ],
                            max_length=8,
                            verbose_name="种类",
                        ),
                    ),
                    ("basis", models.CharField(max_length=120, verbose_name="启动依据")),
                    ("every_hours", models.PositiveSmallIntegerField(default=24, verbose_name="多少小时报一次")),
                    ("started_at", models.DateTimeField()),
                    (
                        "started_by",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                        ),
                    ),
                    ("ended_at", models.DateTimeField(blank=True, null=True)),
                    (
                        "ended_by",
                        models.ForeignKey(
                            blank=True,
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                ],
                options={
                    "verbose_name_plural": "emergencies",
                    "ordering": ["-started_at"],
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(("ended_at__isnull", True), ("ended_by__isnull", True)),
                                models.Q(("ended_at__isnull", False), ("ended_by__isnull", False)),
                                _connector="OR",
                            ),
                            name="emergency_was_ended_by_somebody",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("every_hours__gte", 1)), name="emergency_collects_by_the_hour"
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="Readiness",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    (
                        "emergency",
                        models.ForeignKey(
                            blank=True,
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="readiness",
                            to="watches.emergency",
                        ),
                    ),
                    (
                        "division",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="+", to="places.division"
                        ),
                    ),
                    ("facility", models.CharField(max_length=40, verbose_name="机构")),
                    (
                        "kind",
                        models.CharField(
                            choices=[
                                ("beds", "床位"),
                                ("icu", "重症床位"),
                                ("staff", "医护人员"),
                                ("ambulances", "救护车"),
                                ("protective", "防护物资"),
                                ("medicine", "常备药品"),
                            ],
                            max_length=12,
                            verbose_name="资源",
                        ),
                    ),
                    ("capacity", models.PositiveIntegerField(verbose_name="总量")),
                    ("available", models.PositiveIntegerField(verbose_name="可用")),
                    ("as_of", models.DateTimeField(verbose_name="截至")),
                    ("source", models.CharField(max_length=80, verbose_name="数据来源")),
                    (
                        "by",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                        ),
                    ),
                    ("at", models.DateTimeField()),
                ],
                options={
                    "verbose_name_plural": "readiness",
                    "ordering": ["division", "facility", "kind", "-as_of"],
                    "constraints": [
                        models.UniqueConstraint(
                            condition=models.Q(("emergency__isnull", True)),
                            fields=("division", "facility", "kind", "as_of"),
                            name="readiness_is_counted_once",
                        ),
                        models.UniqueConstraint(
                            condition=models.Q(("emergency__isnull", False)),
                            fields=("emergency", "division", "facility", "kind", "as_of"),
                            name="readiness_is_counted_once_an_emergency",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("available__lte", models.F("capacity"))),
                            name="readiness_available_within_capacity",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="Situation",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    ("client_id", models.CharField(editable=False, max_length=80, unique=True)),
                    (
                        "emergency",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="situations",
                            to="watches.emergency",
                        ),
                    ),
                    (
                        "division",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="+", to="places.division"
                        ),
                    ),
                    ("text", models.TextField(max_length=2000, verbose_name="现在怎样")),
                    (
                        "by",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                        ),
                    ),
                    ("at", models.DateTimeField()),
                ],
                options={
                    "ordering": ["-pk"],
                },
            ),
            migrations.CreateModel(
                name="Certificate",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    (
                        "emergency",
                        models.OneToOneField(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="certificate",
                            to="watches.emergency",
                        ),
                    ),
                    ("number", models.CharField(max_length=20, unique=True)),
                    ("counts", models.JSONField()),
                    ("digest", models.CharField(max_length=64)),
                    ("basis", models.CharField(max_length=120)),
                    ("due_on", models.DateField()),
                    (
                        "by",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                        ),
                    ),
                    ("by_label", models.CharField(max_length=80)),
                    ("at", models.DateTimeField()),
                ],
                options={
                    "ordering": ["-pk"],
                },
            ),
            migrations.CreateModel(
                name="Watch",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    ("client_id", models.CharField(editable=False, max_length=80, unique=True)),
                    ("name_zh", models.CharField(max_length=40, verbose_name="名称")),
                    ("name_en", models.CharField(blank=True, max_length=80, verbose_name="英文名称")),
                    (
                        "sort",
                        models.CharField(
                            choices=[
                                ("price", "价格"),
                                ("stock", "物资库存"),
                                ("water", "水位"),
                                ("jobs", "就业岗位"),
                                ("other", "其他"),
                            ],
                            max_length=8,
                            verbose_name="种类",
                        ),
                    ),
                    ("measure", models.CharField(max_length=16, verbose_name="计量单位")),
                    (
                        "every_hours",
                        models.PositiveSmallIntegerField(
                            validators=[
                                django.core.validators.MinValueValidator(1),
                                django.core.validators.MaxValueValidator(8784),
                            ],
                            verbose_name="每隔多少小时应有一次读数",
                        ),
                    ),
                    ("source", models.CharField(max_length=120, verbose_name="数据来源")),
                    (
                        "work_line",
                        models.CharField(
                            choices=[
                                ("development", "促发展"),
                                ("livelihood", "惠民生"),
                                ("safety", "保平安"),
                                ("party_style", "党建作风"),
                            ],
                            default="livelihood",
                            max_length=16,
                            verbose_name="工作条线",
                        ),
                    ),
                    (
                        "office",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="watches",
                            to="people.unit",
                            verbose_name="负责部门",
                        ),
                    ),
                    (
                        "division",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="watches", to="places.division"
                        ),
                    ),
                    (
                        "made_by",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                        ),
                    ),
                    ("made_at", models.DateTimeField()),
                    ("ended_at", models.DateTimeField(blank=True, null=True)),
                ],
                options={
                    "ordering": ["sort", "pk"],
                    "constraints": [
                        models.CheckConstraint(
                            condition=models.Q(("every_hours__gte", 1), ("every_hours__lte", 8784)),
                            name="watch_expects_readings",
                        )
                    ],
                },
            ),
            migrations.CreateModel(
                name="Series",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    (
                        "watch",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="series", to="watches.watch"
                        ),
                    ),
                    (
                        "division",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="+", to="places.division"
                        ),
                    ),
                ],
                options={
                    "verbose_name_plural": "series",
                    "ordering": ["watch", "division"],
                    "constraints": [
                        models.UniqueConstraint(fields=("watch", "division"), name="watch_has_one_series_a_place")
                    ],
                },
            ),
            migrations.CreateModel(
                name="Token",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    (
                        "watch",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="tokens", to="watches.watch"
                        ),
                    ),
                    ("label", models.CharField(max_length=60, verbose_name="给哪台设备或者哪个系统")),
                    ("digest", models.CharField(max_length=64, unique=True)),
                    (
                        "made_by",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                        ),
                    ),
                    ("made_at", models.DateTimeField()),
                    ("revoked_at", models.DateTimeField(blank=True, null=True)),
                    ("minute", models.DateTimeField(blank=True, null=True)),
                    ("used", models.PositiveIntegerField(default=0)),
                ],
                options={
                    "ordering": ["pk"],
                },
            ),
            migrations.CreateModel(
                name="Reading",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    (
                        "series",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="readings", to="watches.series"
                        ),
                    ),
                    ("at", models.DateTimeField()),
                    ("value", models.DecimalField(blank=True, decimal_places=3, max_digits=14, null=True)),
                    ("note", models.CharField(blank=True, max_length=120)),
                    (
                        "way",
                        models.CharField(
                            choices=[("form", "填报"), ("table", "表格导入"), ("api", "接口")], max_length=8
                        ),
                    ),
                    (
                        "corrects",
                        models.OneToOneField(
                            blank=True,
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="correction",
                            to="watches.reading",
                        ),
                    ),
                    ("reason", models.CharField(blank=True, max_length=120)),
                    (
                        "token",
                        models.ForeignKey(
                            blank=True,
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to="watches.token",
                        ),
                    ),
                    (
                        "by",
                        models.ForeignKey(
                            blank=True,
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    ),
                    ("arrived_at", models.DateTimeField()),
                ],
                options={
                    "ordering": ["series", "at", "pk"],
                    "constraints": [
                        models.UniqueConstraint(
                            condition=models.Q(("corrects__isnull", True)),
                            fields=("series", "at"),
                            name="reading_is_taken_once",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("value__isnull", False), ("corrects__isnull", False), _connector="OR"),
                            name="reading_without_value_withdraws",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                ("corrects__isnull", True), models.Q(("reason", ""), _negated=True), _connector="OR"
                            ),
                            name="reading_correction_has_reason",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("by__isnull", False), ("token__isnull", False), _connector="OR"),
                            name="reading_came_from_somebody",
                        ),
                    ],
                },
            ),
            migrations.CreateModel(
                name="Threshold",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    (
                        "watch",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="thresholds", to="watches.watch"
                        ),
                    ),
                    (
                        "side",
                        models.CharField(
                            choices=[("upper", "上限"), ("lower", "下限")], max_length=8, verbose_name="哪一侧"
                        ),
                    ),
                    ("number", models.PositiveSmallIntegerField()),
                    ("level", models.DecimalField(decimal_places=3, max_digits=14, verbose_name="警戒线")),
                    ("clear", models.DecimalField(decimal_places=3, max_digits=14, verbose_name="解除线")),
                    (
                        "count",
                        models.PositiveSmallIntegerField(
                            default=1,
                            validators=[
                                django.core.validators.MinValueValidator(1),
                                django.core.validators.MaxValueValidator(100),
                            ],
                            verbose_name="连续几次读数越线才算",
                        ),
                    ),
                    (
                        "minutes",
                        models.PositiveIntegerField(
                            default=0,
                            validators=[django.core.validators.MaxValueValidator(86400)],
                            verbose_name="至少持续多少分钟",
                        ),
                    ),
                    (
                        "days",
                        models.PositiveSmallIntegerField(
                            validators=[
                                django.core.validators.MinValueValidator(1),
                                django.core.validators.MaxValueValidator(365),
                            ],
                            verbose_name="事项几天内办结",
                        ),
                    ),
                    ("text_zh", models.CharField(max_length=200, verbose_name="越线以后要做什么")),
                    ("basis", models.CharField(max_length=120, verbose_name="依据")),
                    (
                        "by",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                        ),
                    ),
                    ("at", models.DateTimeField()),
                    ("ended_at", models.DateTimeField(blank=True, null=True)),
                ],
                options={
                    "ordering": ["watch", "side", "-number"],
                    "constraints": [
                        models.UniqueConstraint(
                            fields=("watch", "side", "number"), name="watch_thresholds_are_numbered"
                        ),
                        models.UniqueConstraint(
                            condition=models.Q(("ended_at__isnull", True)),
                            fields=("watch", "side"),
                            name="watch_has_one_threshold_a_side",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(
                                models.Q(("clear__lt", models.F("level")), ("side", "upper")),
                                models.Q(("clear__gt", models.F("level")), ("side", "lower")),
                                _connector="OR",
                            ),
                            name="watch_threshold_clears_on_the_calm_side",
                        ),
                        models.CheckConstraint(
                            condition=models.Q(("count__gte", 1)), name="watch_threshold_run_has_readings"
                        ),
                        models.CheckConstraint(condition=models.Q(("days__gte", 1)), name="watch_threshold_gives_time"),
                    ],
                },
            ),
            migrations.CreateModel(
                name="Crossing",
                fields=[
                    (
                        "id",
                        models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                    ),
                    (
                        "series",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="crossings", to="watches.series"
                        ),
                    ),
                    ("side", models.CharField(choices=[("upper", "上限"), ("lower", "下限")], max_length=8)),
                    ("number", models.PositiveIntegerField()),
                    (
                        "threshold",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="crossings",
                            to="watches.threshold",
                        ),
                    ),
                    (
                        "reading",
                        models.ForeignKey(
                            on_delete=django.db.models.deletion.PROTECT, related_name="+", to="watches.reading"
                        ),
                    ),
                    (
                        "matter",
                        models.OneToOneField(
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="watch_crossing",
                            to="matters.matter",
                        ),
                    ),
                    ("opened_at", models.DateTimeField()),
                    ("cleared_at", models.DateTimeField(blank=True, null=True)),
                    (
                        "cleared_by",
                        models.ForeignKey(
                            blank=True,
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to="watches.reading",
                        ),
                    ),
                ],
                options={
                    "ordering": ["-pk"],
                    "constraints": [
                        models.UniqueConstraint(
                            fields=("series", "side", "number"), name="watch_crossings_are_numbered"
                        ),
                        models.UniqueConstraint(
                            condition=models.Q(("cleared_at__isnull", True)),
                            fields=("series", "side"),
                            name="watch_crossing_is_one_at_a_time",
                        ),
                    ],
                },
            ),
        ),
    ]
