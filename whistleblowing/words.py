"""The closed lists a report is described by: kinds of fraud, ranks, purposes of keys, events."""

from django.db.models import IntegerChoices, TextChoices
from django.utils.translation import gettext_lazy as _


class FraudKind(TextChoices):
    """The eight kinds of fraud, after 第2204号内部审计具体准则 and the group's own rules."""

    BRIBERY = "bribery", _("收受贿赂或者回扣")
    DIVERSION = "diversion", _("把本可使公司获利的交易转移给他人")
    MISAPPROPRIATION = "misappropriation", _("贪污、挪用、盗窃公司资产")
    SHAM_PAYMENT = "sham_payment", _("使公司为虚假的交易付款")
    CONCEALMENT = "concealment", _("故意隐瞒、错报交易事项")
    FORGERY = "forgery", _("伪造、变造会计记录或者凭证")
    SECRETS = "secrets", _("泄露公司的商业或者技术秘密")
    OTHER = "other", _("其他损害公司利益的舞弊行为")


class Rank(TextChoices):
    """The rank of the person accused, which decides the level that handles the report."""

    STAFF = "staff", _("一般员工")
    DEPARTMENT_HEAD = "department_head", _("部门负责人")
    COMPANY_LEADER = "company_leader", _("下属公司领导")
    GROUP_LEADER = "group_leader", _("集团领导人员")
    PARTNER = "partner", _("外部合作方")
    UNKNOWN = "unknown", _("不清楚")


class Channel(TextChoices):
    """How a report came that staff fill in for somebody else."""

    HOTLINE = "hotline", _("热线电话")
    LETTER = "letter", _("来信")
    MAILBOX = "mailbox", _("总裁信箱")
    IN_PERSON = "in_person", _("当面反映")


class Level(IntegerChoices):
    """Who handles a report, the lowest first."""

    COMPANY = 1, _("所在公司审计")
    GROUP = 2, _("集团审计")
    BOARD = 3, _("董事会、监事会")


class Conclusion(TextChoices):
    """How a report ended."""

    OPENED = "opened", _("已立案办结")
    DECLINED = "declined", _("不予立案")


class PledgeKind(TextChoices):
    """What people sign every year by their posts."""

    INTEGRITY = "integrity", _("廉洁承诺")
    CONFIDENTIALITY = "confidentiality", _("保密承诺")


class ProtectedRole(TextChoices):
    """As what somebody is protected; a partner is an outside firm that reported or helped."""

    REPORTER = "reporter", _("检举人")
    HELPER = "helper", _("协助人")
    PARTNER = "partner", _("外部合作单位")


class WatchedChange(TextChoices):
    """What can happen to a protected person that the organisation chart does not have."""

    DISMISSAL = "dismissal", _("辞退、解除或者不续签劳动合同")
    TRANSFER = "transfer", _("调岗、借调、停职")
    DEMOTION = "demotion", _("降职、免职")
    PAY = "pay", _("降薪、扣发工资或者奖金")
    APPRAISAL = "appraisal", _("考核降等、取消评优或者晋升")
    DISCIPLINE = "discipline", _("处分")
    PARTNER = "partner", _("终止、不续签或者减少与外部合作方的合同")
    OTHER = "other", _("其他不利对待（威胁、骚扰、孤立等）")


class KeyPurpose(TextChoices):
    """What a key pair of a report opens: the talk with the reporter, or the auditors' own file."""

    TALK = "talk", _("往来")
    FILE = "file", _("案卷")


class EventKind(TextChoices):
    """What the outer log says happened; it never says about which report."""

    OFFICER_APPOINTED = "officer_appointed", _("任命检举工作人员")
    OFFICER_DISMISSED = "officer_dismissed", _("免去检举工作人员")
    KEYS_CREATED = "keys_created", _("设定密钥口令")
    UNLOCKED = "unlocked", _("解锁密钥")
    UNLOCK_FAILED = "unlock_failed", _("密钥口令错误")
    PASSPHRASE_CHANGED = "passphrase_changed", _("更换密钥口令")
    ESCROW_LAID = "escrow_laid", _("交存恢复份额")
    RECOVERY_BEGUN = "recovery_begun", _("申请恢复密钥")
    RECOVERY_APPROVED = "recovery_approved", _("托管人同意恢复")
    RECOVERED = "recovered", _("密钥已恢复")
    RULE_PUBLISHED = "rule_published", _("发布规则")
    PLEDGE_POSTS_SET = "pledge_posts_set", _("设置签署岗位")
    PLEDGES_RECORDED = "pledges_recorded", _("登记承诺")
    TRAINING_RECORDED = "training_recorded", _("登记培训")
