"""The tasks of customers for the worker; importing this module registers them."""

from customers.messages.tasks import send_messages
from customers.sign_in.tasks import forget_sign_ins, send_sign_in_sms

__all__ = ["forget_sign_ins", "send_messages", "send_sign_in_sms"]
