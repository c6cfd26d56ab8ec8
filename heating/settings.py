"""Django's settings: the demo by default, production when DATABASE_URL is set.

`docs/production.md` lists the variables; `heating/checks.py` refuses unsafe values.
"""

from datetime import timedelta
from pathlib import Path
from typing import Any

from csp.constants import NONE, SELF, UNSAFE_INLINE
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext_lazy as _

from heating import api_settings, environment
from heating.database_url import parse
from heating.embedded.postgres import development_postgres
from heating.embedded.redis import development_redis
from heating.merchant_file import read_merchant
from heating.rooms import WITH_MODELS
from heating.schedule import BEAT_SCHEDULE
from heating.theme import UNFOLD as UNFOLD

BASE_DIR = Path(__file__).resolve().parent.parent
LOCAL_DIR = BASE_DIR / ".local"

# Naming a database is what makes a production; a developer with an own one says HEATING_ENV=demo.
PRODUCTION = (
    environment.text("HEATING_ENV", "production" if environment.text("DATABASE_URL") else "demo")
    == "production"
)

DEMO_SECRET_KEY = "demo-only-known-to-everybody-never-for-production-1f0c9b7a"  # noqa: S105
SECRET_KEY = environment.secret("SECRET_KEY", DEMO_SECRET_KEY)
DEBUG = environment.switch("DEBUG", default=False)
ALLOWED_HOSTS = environment.words("ALLOWED_HOSTS", ["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = environment.words("CSRF_TRUSTED_ORIGINS", [])
PUBLIC_URL = environment.text("PUBLIC_URL", "http://127.0.0.1:8000")

# Personal data at rest (office/sealing.py): key id → secret. Old keys stay to read with.
SEALING_KEYS = environment.pairs("SEALING_KEYS", {"demo": "demo-only-known-to-everybody"})
SEALING_KEY_ID = environment.text("SEALING_KEY_ID", "demo")
SEALING_DIGEST_KEY_ID = environment.text("SEALING_DIGEST_KEY_ID", SEALING_KEY_ID)

# Counting what waits costs four statements, too many for every page: the sidebar shows figures that
# are at most so old.
SIDEBAR_SECONDS = 20

# A billing run is committed after every so many accounts: what a killed worker has to do again.
BILLING_STRETCH = int(environment.text("BILLING_STRETCH", "250000"))

# Who is in the house

INSTALLED_APPS = [
    "heating",
    "unfold.apps.BasicAppConfig",
    "unfold.contrib.filters",
    "unfold.contrib.forms",
    "heating.admin_app.HeatingAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "rest_framework",
    "drf_spectacular",
    "django_celery_beat",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "axes",
    "csp",
    "pgtrigger",
    "pghistory",
    *WITH_MODELS,
]

MIDDLEWARE = [
    # In front of all others: none of them may see who sends a report.
    "whistleblowing.walls.IslandMiddleware",
    "django.middleware.security.SecurityMiddleware",
    # Before what looks for files under the address.
    "office.readable_requests.ReadableRequestsMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    # Outside of all that may refuse.
    "office.documents.kept_files.RefusedFilesMiddleware",
    "csp.middleware.CSPMiddleware",
    "heating.session_age.IdleSessionMiddleware",
    "heating.language.ChosenLanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_otp.middleware.OTPMiddleware",
    "heating.session_age.LongestSessionMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "heating.change_history.NamedChangesMiddleware",
    # Last, as its authors ask: it turns a lock-out into the answer.
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "heating.urls"
WSGI_APPLICATION = "heating.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
            "builtins": ["office.templatetags.dates"],
        },
    },
]

# Database, cache, queue

_postgres = development_postgres()
_redis = development_redis()

DATABASE_URL = environment.secret("DATABASE_URL")
DATABASES: dict[str, dict[str, Any]] = {
    "default": {
        **(parse(DATABASE_URL) if DATABASE_URL else _postgres.django_settings()),
        # Connecting costs fifty times a query; the health check notices a database that was away.
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
    }
}

BROKER_URL = environment.secret("CELERY_BROKER_URL")
CACHE_URL = environment.secret("CACHE_URL", "" if BROKER_URL else _redis.cache_url())
CACHES: dict[str, dict[str, Any]] = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": CACHE_URL,
    }
}

CELERY_BROKER_URL = BROKER_URL or _redis.broker_url()
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, Any] = (
    # An unfinished task comes again after half an hour: none may take longer.
    {"visibility_timeout": 1800, "unacked_restore_throttle": 1, "socket_timeout": 10}
    if "redis" in CELERY_BROKER_URL.partition(":")[0]
    else {}
)
# A screen does not wait for an absent broker: the job is in the database and is woken later.
CELERY_TASK_PUBLISH_RETRY_POLICY = {"max_retries": 1, "interval_start": 0, "interval_max": 0.2}
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_TIME_LIMIT = 1500
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_MAX_TASKS_PER_CHILD = 50
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_REDIRECT_STDOUTS = False
CELERY_TIMEZONE = "Asia/Shanghai"
CELERY_BEAT_SCHEDULER = "heating.scheduler.LeaderScheduler"
CELERY_BEAT_SCHEDULE = BEAT_SCHEDULE
# Another beat that takes over knows to the task what has been sent.
CELERY_BEAT_SYNC_EVERY = 1

# Signing in

AUTH_USER_MODEL = "office.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "admin:login"
# unfold's sign-in page does not send the address to go on to.
LOGIN_REDIRECT_URL = "admin:index"
# 等保三级 8.1.4.1.d: a password and a device. The demo shows its passwords, so it asks for neither.
STAFF_TWO_FACTORS = environment.switch("STAFF_TWO_FACTORS", default=PRODUCTION)
OTP_TOTP_ISSUER = "供热营业系统"
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=30)
# The account is locked whatever address or browser the tries come from.
AXES_LOCKOUT_PARAMETERS = ["username"]
SILENCED_SYSTEM_CHECKS = ["axes.W006"]
# Only the counter that locks starts again; every failure stays on record. The limit, beyond which
# axes deletes rows of the log, is never reached.
AXES_RESET_ON_SUCCESS = True
AXES_ENABLE_ACCESS_FAILURE_LOG = True
AXES_ACCESS_FAILURE_LOG_PER_USER_LIMIT = 2**31
AXES_ENABLE_ADMIN = False
AXES_VERBOSE = False
AXES_LOCKOUT_CALLABLE = "heating.sign_in.locked_out"

# Idle for so long, or signed in for so long at all (heating/session_age.py).
SESSION_COOKIE_AGE = 30 * 60
SESSION_LONGEST_SECONDS = 12 * 60 * 60
SESSION_SAVE_EVERY_REQUEST = True
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_SECURE = PRODUCTION
CSRF_COOKIE_SECURE = PRODUCTION
LANGUAGE_COOKIE_SECURE = PRODUCTION
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"

# Whistleblowing

# Argon2id for passphrases and receipts: passes, bytes of memory (RFC 9106's second choice). What
# receipts cost is written into the database by a migration and stays what it was then.
WHISTLEBLOWING_ARGON2 = (3, 64 * 1024 * 1024)
# Where the reporters' quick exit leads.
WHISTLEBLOWING_EXIT = environment.text("WHISTLEBLOWING_EXIT", "https://www.weather.com.cn/")

# What a browser is told

SECURE_SSL_REDIRECT = PRODUCTION
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if PRODUCTION else None
SECURE_HSTS_SECONDS = 365 * 86400 if PRODUCTION else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = PRODUCTION
SECURE_HSTS_PRELOAD = PRODUCTION
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF, UNSAFE_INLINE],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}

# Language, time, files

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("简体中文")), ("en", _("英文"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
# Days and moments read the same in both languages.
FORMAT_MODULE_PATH = ["heating.formats"]
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True

STATIC_URL = "static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
# The demo serves static files from where they lie; production collects them under hashed names.
STATIC_ROOT = (
    Path(environment.text("STATIC_ROOT", str(BASE_DIR / "static-collected")))
    if PRODUCTION
    else None
)
WHITENOISE_USE_FINDERS = not PRODUCTION
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if PRODUCTION
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
MEDIA_ROOT = Path(environment.text("MEDIA_ROOT", str(LOCAL_DIR / "media")))
# Documents are served by views that ask who may see them, never from an address of files.
MEDIA_URL = ""
FILE_UPLOAD_PERMISSIONS = 0o600
FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o700

# The payment API

REST_FRAMEWORK = {
    **api_settings.REST_FRAMEWORK,
    # How many proxies of our own stand in front: an address is believed no further than them.
    "NUM_PROXIES": int(environment.text("TRUSTED_PROXIES", "1" if PRODUCTION else "0")),
}
SPECTACULAR_SETTINGS = api_settings.SPECTACULAR_SETTINGS
# Who carries the sign-in codes; a production names its gateway's class: customers/messages/sms.py.
SMS_SENDER = environment.text("SMS_SENDER", "customers.messages.sms.ConsoleSender")

# The account with an e-sign service; without the file contracts are signed on paper.
ESIGN_SERVICE_FILE = Path(
    environment.text("ESIGN_SERVICE_FILE", str(LOCAL_DIR / "esign" / "service.json"))
)

# WeChat Pay

SIMULATOR_PORT = int(environment.text("SIMULATOR_PORT", "8100"))
SIMULATOR_DIR = LOCAL_DIR / "wechatpay"
WECHATPAY_MERCHANT_FILE = Path(
    environment.text("WECHATPAY_MERCHANT_FILE", str(SIMULATOR_DIR / "merchant.json"))
)
WECHATPAY_NOTIFY_URL = f"{PUBLIC_URL}/wechatpay/notify"
# Read on first use: the demo's file is written when the simulator starts.
WECHATPAY: Any = SimpleLazyObject(
    lambda: read_merchant(WECHATPAY_MERCHANT_FILE, WECHATPAY_NOTIFY_URL)
)

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"},
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": environment.text("LOG_LEVEL", "INFO")},
    "loggers": {
        "axes": {"level": "WARNING"},
        "fontTools": {"level": "ERROR"},
        # It writes whole addresses, and the one that exchanges a WeChat code holds a secret.
        "httpx": {"level": "WARNING"},
        "pikepdf": {"level": "WARNING"},
        "weasyprint": {"level": "ERROR"},
    },
}
