from functools import cached_property

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from office.models.company import Company


class User(AbstractUser):
    """A member of staff. Roles are Django groups kept in step with `heating/roles/`."""

    companies = models.ManyToManyField(
        Company, verbose_name=_("所属公司"), blank=True, related_name="staff"
    )
    group_wide = models.BooleanField(_("全集团"), default=False, help_text=_("可见所有公司的数据"))
    phone = models.CharField(_("手机"), max_length=20, blank=True)

    class Meta:
        permissions = [
            ("assign_roles", _("分配角色")),
            ("reset_two_factors", _("重置身份验证器")),
            ("unlock_sign_in", _("解除登录锁定")),
        ]
        verbose_name = _("员工")
        verbose_name_plural = pgettext_lazy("plural", "员工")

    @property
    def sees_every_company(self) -> bool:
        return self.group_wide or self.is_superuser

    @cached_property
    def own_companies(self) -> list[Company]:
        """The companies in which the person works; one query per request, since every list needs
        them.
        """
        return list(self.companies.all())

    @property
    def company_ids(self) -> list[int]:
        return [company.pk for company in self.own_companies]

    @cached_property
    def group_names(self) -> list[str]:
        """The names of the person's roles; one query per request, since counts need them."""
        return list(self.groups.order_by("pk").values_list("name", flat=True))

    @cached_property
    def visible_companies(self) -> list[Company]:
        """The companies whose records the person may see."""
        return list(Company.objects.all()) if self.sees_every_company else self.own_companies

    @property
    def visible_company_ids(self) -> list[int]:
        """The keys of `visible_companies`.

        Searches name them even for who sees every company, because the indexes begin with the
        company.
        """
        return [company.pk for company in self.visible_companies]

    def works_for(self, company: Company) -> bool:
        """Returns whether the person may act in that company."""
        return self.sees_every_company or company.pk in self.company_ids

    @property
    def display_name(self) -> str:
        return f"{self.last_name}{self.first_name}" or self.username

    def get_full_name(self) -> str:
        """Returns the family name before the given name."""
        return self.display_name

    def __str__(self) -> str:
        return self.display_name
