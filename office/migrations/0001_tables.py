import django.contrib.auth.models
import django.contrib.auth.validators
import django.contrib.postgres.fields
import django.core.validators
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

from office.migrations import REPLACED


class Migration(migrations.Migration):
    initial = True
    replaces = REPLACED
    dependencies = [
        ('auth', '0012_alter_user_first_name_max_length'),
        ('contenttypes', '0002_remove_content_type_name'),
    ]

    operations = [
        migrations.CreateModel(
            name='Company',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=2, unique=True, validators=[django.core.validators.RegexValidator('^[0-9A-Z]{2}$')], verbose_name='编码')),
                ('name', models.CharField(max_length=60, unique=True, verbose_name='名称')),
                ('short_name', models.CharField(max_length=20, verbose_name='简称')),
                ('name_en', models.CharField(max_length=120, verbose_name='英文名称')),
                ('address', models.CharField(blank=True, max_length=120, verbose_name='地址')),
                ('hotline', models.CharField(blank=True, max_length=20, verbose_name='服务热线')),
                ('is_head_office', models.BooleanField(default=False, verbose_name='集团总部')),
            ],
            options={
                'verbose_name': '供热公司',
                'verbose_name_plural': '供热公司',
                'ordering': ['code'],
            },
        ),
        migrations.CreateModel(
            name='NumberSeries',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=80, unique=True)),
                ('next_value', models.BigIntegerField(default=1)),
            ],
            options={
                'verbose_name': '编号序列',
                'verbose_name_plural': '编号序列',
            },
        ),
        migrations.CreateModel(
            name='User',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('password', models.CharField(max_length=128, verbose_name='password')),
                ('last_login', models.DateTimeField(blank=True, null=True, verbose_name='last login')),
                ('is_superuser', models.BooleanField(default=False, help_text='Designates that this user has all permissions without explicitly assigning them.', verbose_name='superuser status')),
                ('username', models.CharField(error_messages={'unique': 'A user with that username already exists.'}, help_text='Required. 150 characters or fewer. Letters, digits and @/./+/-/_ only.', max_length=150, unique=True, validators=[django.contrib.auth.validators.UnicodeUsernameValidator()], verbose_name='username')),
                ('first_name', models.CharField(blank=True, max_length=150, verbose_name='first name')),
                ('last_name', models.CharField(blank=True, max_length=150, verbose_name='last name')),
                ('email', models.EmailField(blank=True, max_length=254, verbose_name='email address')),
                ('is_staff', models.BooleanField(default=False, help_text='Designates whether the user can log into this admin site.', verbose_name='staff status')),
                ('is_active', models.BooleanField(default=True, help_text='Designates whether this user should be treated as active. Unselect this instead of deleting accounts.', verbose_name='active')),
                ('date_joined', models.DateTimeField(default=django.utils.timezone.now, verbose_name='date joined')),
                ('group_wide', models.BooleanField(default=False, help_text='可见所有公司的数据', verbose_name='全集团')),
                ('phone', models.CharField(blank=True, max_length=20, verbose_name='手机')),
                ('groups', models.ManyToManyField(blank=True, help_text='The groups this user belongs to. A user will get all permissions granted to each of their groups.', related_name='user_set', related_query_name='user', to='auth.group', verbose_name='groups')),
                ('user_permissions', models.ManyToManyField(blank=True, help_text='Specific permissions for this user.', related_name='user_set', related_query_name='user', to='auth.permission', verbose_name='user permissions')),
                ('companies', models.ManyToManyField(blank=True, related_name='staff', to='office.company', verbose_name='所属公司')),
            ],
            options={
                'verbose_name': '员工',
                'verbose_name_plural': '员工',
                'permissions': [('assign_roles', '分配角色'), ('reset_two_factors', '重置身份验证器')],
            },
            managers=[
                ('objects', django.contrib.auth.models.UserManager()),
            ],
        ),
        migrations.CreateModel(
            name='Document',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=40, verbose_name='种类')),
                ('title', models.CharField(max_length=120, verbose_name='标题')),
                ('file', models.FileField(upload_to='documents/%Y/%m/', verbose_name='文件')),
                ('content_type', models.CharField(max_length=80, verbose_name='类型')),
                ('size', models.PositiveIntegerField(verbose_name='字节')),
                ('sha256', models.CharField(db_index=True, max_length=64)),
                ('record_id', models.BigIntegerField(verbose_name='对象')),
                ('permission', models.CharField(blank=True, max_length=80, verbose_name='查看权限')),
                ('uploaded_at', models.DateTimeField(verbose_name='上传时间')),
                ('company', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='office.company', verbose_name='公司')),
                ('record_type', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='contenttypes.contenttype', verbose_name='对象类型')),
                ('uploaded_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='上传人')),
                ('kept_until', models.DateField(null=True, verbose_name='保存至')),
            ],
            options={
                'verbose_name': '档案',
                'verbose_name_plural': '档案',
                'permissions': [('attach_document', '上传档案')],
                'indexes': [models.Index(fields=['record_type', 'record_id'], name='office_docu_record__0b2bbd_idx')],
            },
        ),
        migrations.CreateModel(
            name='Job',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=60, verbose_name='任务')),
                ('key', models.CharField(max_length=120, verbose_name='唯一键')),
                ('params', models.JSONField(default=dict, verbose_name='参数')),
                ('state', models.CharField(choices=[('queued', '排队中'), ('running', '进行中'), ('done', '已完成'), ('failed', '失败')], default='queued', max_length=10, verbose_name='状态')),
                ('done', models.PositiveIntegerField(default=0, verbose_name='已处理')),
                ('total', models.PositiveIntegerField(default=0, verbose_name='总数')),
                ('attempts', models.PositiveSmallIntegerField(default=0, verbose_name='次数')),
                ('created_at', models.DateTimeField(verbose_name='创建时间')),
                ('heartbeat_at', models.DateTimeField(null=True, verbose_name='心跳')),
                ('finished_at', models.DateTimeField(null=True, verbose_name='完成时间')),
                ('result', models.JSONField(default=dict, verbose_name='结果')),
                ('error', models.TextField(blank=True, verbose_name='错误')),
                ('company', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='office.company', verbose_name='公司')),
                ('requested_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='发起人')),
            ],
            options={
                'verbose_name': '后台任务',
                'verbose_name_plural': '后台任务',
                'indexes': [models.Index(fields=['state', 'heartbeat_at'], name='office_job_state_495dd3_idx')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('state__in', ['queued', 'running'])), fields=('key',), name='one_live_job_per_key')],
            },
        ),
        migrations.CreateModel(
            name='JournalEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(db_index=True, verbose_name='时间')),
                ('actor', models.CharField(max_length=80, verbose_name='经办')),
                ('action', models.CharField(max_length=60, verbose_name='动作')),
                ('record_id', models.BigIntegerField(verbose_name='对象')),
                ('facts', models.JSONField(default=dict, verbose_name='事实')),
                ('origin', models.CharField(blank=True, max_length=80, verbose_name='来源')),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='员工')),
                ('company', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='office.company', verbose_name='公司')),
                ('record_type', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='contenttypes.contenttype', verbose_name='对象类型')),
            ],
            options={
                'verbose_name': '操作日志',
                'verbose_name_plural': '操作日志',
                'ordering': ['-id'],
                'indexes': [models.Index(fields=['record_type', 'record_id', '-id'], name='office_jour_record__5325f6_idx')],
            },
        ),
        migrations.CreateModel(
            name='CalendarVersion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('year', models.PositiveSmallIntegerField(verbose_name='年度')),
                ('ordinal', models.PositiveSmallIntegerField(verbose_name='版次')),
                ('notice', models.CharField(max_length=80, verbose_name='文号')),
                ('noticed_on', models.DateField(null=True, verbose_name='发文日期')),
                ('days_off', django.contrib.postgres.fields.ArrayField(base_field=models.DateField(), size=None, verbose_name='放假')),
                ('days_at_work', django.contrib.postgres.fields.ArrayField(base_field=models.DateField(), size=None, verbose_name='上班')),
                ('reason', models.CharField(blank=True, max_length=200, verbose_name='修订原因')),
                ('published_at', models.DateTimeField(verbose_name='发布时间')),
                ('published_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='发布人')),
            ],
            options={
                'verbose_name': '节假日安排',
                'verbose_name_plural': '节假日安排',
                'ordering': ['-year', '-ordinal'],
                'permissions': [('publish_calendar', '发布节假日安排')],
                'constraints': [models.UniqueConstraint(fields=('year', 'ordinal'), name='calendar_version_in_order'), models.CheckConstraint(condition=models.Q(('ordinal', 1), models.Q(('ordinal__gt', 1), models.Q(('reason', ''), _negated=True)), _connector='OR'), name='calendar_revised_for_a_reason')],
            },
        ),
        migrations.CreateModel(
            name='DocumentAccess',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(db_index=True, verbose_name='时间')),
                ('actor', models.CharField(max_length=150, verbose_name='调阅人')),
                ('origin', models.CharField(blank=True, max_length=64, verbose_name='来源地址')),
                ('outcome', models.CharField(choices=[('opened', '已打开'), ('altered', '内容被改动，已拒绝'), ('missing', '文件丢失')], max_length=8, verbose_name='结果')),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='员工')),
                ('document', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='accesses', to='office.document', verbose_name='档案')),
            ],
            options={
                'verbose_name': '档案调阅',
                'verbose_name_plural': '档案调阅',
                'ordering': ['-id'],
                'indexes': [models.Index(condition=models.Q(('outcome', 'opened'), _negated=True), fields=['-id'], name='document_access_damaged')],
            },
        ),
        migrations.CreateModel(
            name='MachineToken',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=60, verbose_name='用途')),
                ('token_digest', models.CharField(editable=False, max_length=64, unique=True)),
                ('issued_at', models.DateTimeField(verbose_name='签发时间')),
                ('expires_at', models.DateTimeField(verbose_name='失效时间')),
                ('revoked_at', models.DateTimeField(null=True, verbose_name='吊销时间')),
                ('company', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='office.company', verbose_name='公司')),
                ('issued_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='签发人')),
            ],
            options={
                'verbose_name': '机器令牌',
                'verbose_name_plural': '机器令牌',
                'ordering': ['-id'],
                'permissions': [('issue_machine_token', '签发机器令牌'), ('revoke_machine_token', '吊销机器令牌')],
            },
        ),
    ]
