"""The forms of the auditors' desk."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from office.models import User
from whistleblowing.models import Officer
from whistleblowing.officers.operations import Duties
from whistleblowing.officers.passphrases import SHORTEST_PASSPHRASE


def _passphrase(label: Any, autocomplete: str) -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=200,
        strip=False,
        widget=forms.PasswordInput({"autocomplete": autocomplete}),
    )


class UnlockForm(forms.Form):
    """The passphrase that opens the officer's key."""

    passphrase = _passphrase(_("密钥口令"), "off")


class PassphraseForm(forms.Form):
    """A new passphrase, typed twice."""

    passphrase = _passphrase(_("新的密钥口令"), "new-password")
    again = _passphrase(_("再输入一次"), "new-password")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["passphrase"].help_text = _("至少 %(least)s 个字符，与登录密码不同。") % {
            "least": SHORTEST_PASSPHRASE
        }

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if values.get("passphrase") != values.get("again"):
            self.add_error("again", _("两次输入不一致。"))
        return values


class ChangeForm(PassphraseForm):
    """The old passphrase and a new one."""

    old = _passphrase(_("现在的密钥口令"), "off")
    field_order = ["old", "passphrase", "again"]


class AppointForm(forms.Form):
    """Who becomes an officer and for what."""

    person = forms.ModelChoiceField(label=_("员工"), queryset=User.objects.none())
    takes_reports = forms.BooleanField(label=_("接收新检举"), required=False)
    takes_leader_reports = forms.BooleanField(label=_("接收对集团领导的检举"), required=False)
    watches_deadlines = forms.BooleanField(label=_("督办逾期"), required=False)
    guards_identity = forms.BooleanField(label=_("身份保管人"), required=False)
    holds_escrow = forms.BooleanField(label=_("密钥托管人"), required=False)
    protects_reporters = forms.BooleanField(label=_("保护专员"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        person = self.fields["person"]
        assert isinstance(person, forms.ModelChoiceField)  # noqa: S101 - for the type
        person.queryset = (
            User.objects.filter(is_active=True, is_staff=True)
            .exclude(pk__in=Officer.objects.filter(dismissed_at=None).values("user"))
            .order_by("username")
        )

    def duties(self) -> Duties:
        """Returns the duties that were ticked."""
        values = self.cleaned_data
        return Duties(
            values["takes_reports"],
            values["takes_leader_reports"],
            values["watches_deadlines"],
            values["guards_identity"],
            values["holds_escrow"],
            values["protects_reporters"],
        )
