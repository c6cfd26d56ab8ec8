from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from office.models.company import Company
from office.models.user import User
from office.scope import CompanyScope


class Rank(models.IntegerChoices):
    """职级: the rank level of a post, the highest first."""

    BOARD = 1, _("董事、监事")
    GROUP_LEADER = 2, _("集团负责人")
    COMPANY_LEADER = 3, _("公司领导")
    DEPARTMENT_HEAD = 4, _("部门负责人")
    SUPERVISOR = 5, _("主管")
    STAFF = 6, _("普通员工")


def _dated(name: str) -> models.CheckConstraint:
    """Returns the constraint that a row does not end before it begins."""
    return models.CheckConstraint(
        condition=Q(last_day__isnull=True) | Q(last_day__gte=F("first_day")), name=name
    )


class Department(models.Model):
    """部门: a department of a company or a part of one, from its first to its last day.

    A department never moves: a reorganisation closes it and opens another, so that the tree of an
    earlier day can still be read.
    """

    company = models.ForeignKey(
        Company, on_delete=models.PROTECT, verbose_name=_("公司"), related_name="departments"
    )
    parent = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        verbose_name=_("上级部门"),
        related_name="parts",
    )
    name = models.CharField(_("名称"), max_length=60)
    first_day = models.DateField(_("设立日期"))
    last_day = models.DateField(_("撤销日期"), null=True, blank=True)

    objects = CompanyScope["Department"].as_manager()

    class Meta:
        verbose_name = _("部门")
        verbose_name_plural = pgettext_lazy("plural", "部门")
        ordering = ["company", "name", "pk"]
        permissions = [
            ("open_department", _("设立部门")),
            ("close_department", _("撤销部门")),
        ]
        constraints = [
            _dated("a_department_ends_after_it_begins"),
            models.UniqueConstraint(
                fields=["company", "parent", "name"],
                condition=Q(last_day__isnull=True),
                nulls_distinct=False,
                name="one_open_department_of_a_name",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Post(models.Model):
    """岗位: a post that people take; its code never changes, what it is stands in its `terms`."""

    company = models.ForeignKey(
        Company, on_delete=models.PROTECT, verbose_name=_("公司"), related_name="posts"
    )
    code = models.CharField(_("岗位编码"), max_length=20, unique=True)

    objects = CompanyScope["Post"].as_manager()

    class Meta:
        verbose_name = _("岗位编码")
        verbose_name_plural = pgettext_lazy("plural", "岗位编码")
        ordering = ["code"]
        default_permissions = ()

    def __str__(self) -> str:
        return self.code


class PostTerm(models.Model):
    """岗位设置: what a post is from a first to a last day: department, rank and superior post.

    A change closes the row in force and adds another; no other column is ever changed.
    """

    company_path = "post__company"

    post = models.ForeignKey(
        Post, on_delete=models.PROTECT, verbose_name=_("岗位编码"), related_name="terms"
    )
    department = models.ForeignKey(
        Department, on_delete=models.PROTECT, verbose_name=_("部门"), related_name="post_terms"
    )
    name = models.CharField(_("岗位名称"), max_length=60)
    rank = models.PositiveSmallIntegerField(_("职级"), choices=Rank)
    superior = models.ForeignKey(
        Post,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        verbose_name=_("上级岗位"),
        related_name="+",
    )
    first_day = models.DateField(_("生效日期"))
    last_day = models.DateField(_("截止日期"), null=True, blank=True)

    objects = CompanyScope["PostTerm"].as_manager()

    class Meta:
        verbose_name = _("岗位")
        verbose_name_plural = pgettext_lazy("plural", "岗位")
        ordering = ["post__code", "-first_day"]
        permissions = [("set_post", _("设置岗位")), ("close_post", _("撤销岗位"))]
        constraints = [
            _dated("a_post_term_ends_after_it_begins"),
            models.UniqueConstraint(fields=["post", "first_day"], name="a_post_term_begins_once"),
            models.UniqueConstraint(
                fields=["post"], condition=Q(last_day__isnull=True), name="one_open_term_of_a_post"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.post.code} {self.name}"


class Person(models.Model):
    """人员: a person whom the group employs, with the user by whom they sign in, if any."""

    company = models.ForeignKey(
        Company, on_delete=models.PROTECT, verbose_name=_("公司"), related_name="people"
    )
    number = models.CharField(_("工号"), max_length=20, unique=True)
    name = models.CharField(_("姓名"), max_length=40)
    user = models.OneToOneField(
        User,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        verbose_name=_("登录用户"),
        related_name="person",
    )

    objects = CompanyScope["Person"].as_manager()

    class Meta:
        verbose_name = _("人员")
        verbose_name_plural = pgettext_lazy("plural", "人员")
        ordering = ["number"]
        permissions = [("enter_person", _("登记人员")), ("link_person", _("关联登录用户"))]

    def __str__(self) -> str:
        return f"{self.name}（{self.number}）"


class Appointment(models.Model):
    """任职: a person on a post from a first to a last day."""

    company_path = "post__company"

    person = models.ForeignKey(
        Person, on_delete=models.PROTECT, verbose_name=_("人员"), related_name="appointments"
    )
    post = models.ForeignKey(
        Post, on_delete=models.PROTECT, verbose_name=_("岗位编码"), related_name="appointments"
    )
    first_day = models.DateField(_("任职日期"))
    last_day = models.DateField(_("离任日期"), null=True, blank=True)
    reason = models.CharField(_("离任原因"), max_length=200, blank=True)

    objects = CompanyScope["Appointment"].as_manager()

    class Meta:
        verbose_name = _("任职")
        verbose_name_plural = pgettext_lazy("plural", "任职")
        ordering = ["-first_day", "-pk"]
        permissions = [("appoint_person", _("任命")), ("end_appointment", _("免除任职"))]
        constraints = [
            _dated("an_appointment_ends_after_it_begins"),
            models.UniqueConstraint(
                fields=["person", "post"],
                condition=Q(last_day__isnull=True),
                name="one_open_appointment_to_a_post",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person.name} {self.post.code}"
