from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('appraisals', '0007_kit_confirmations'),
    ]

    operations = [
        migrations.AddField(
            model_name='campaign',
            name='is_rehearsal',
            field=models.BooleanField(default=False, help_text='in no list, never counted, deleted when it is over'),
        ),
    ]
