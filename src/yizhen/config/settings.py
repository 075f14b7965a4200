"""Settings: wiring only. What differs between sites comes from the data directory and the environment."""

import os
from pathlib import Path

from csp.constants import NONE, SELF, UNSAFE_INLINE

from .paths import data_dir, database, secret_key

PACKAGE = Path(__file__).resolve().parent.parent
DATA_DIR = data_dir()
TESTING = os.environ.get("YIZHEN_TESTING") == "1"

SECRET_KEY = secret_key(DATA_DIR)
DEBUG = False
ALLOWED_HOSTS = [
    "*"
]  # a hall's laptop is reached by whatever address the Wi-Fi gives it; nothing trusts the Host header
ROOT_URLCONF = "yizhen.config.urls"
WSGI_APPLICATION = "yizhen.config.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "people.Account"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "axes",
    "csp",
    "rules",
    "yizhen.web",
    "yizhen.audit",
    "yizhen.places",
    "yizhen.people",
    "yizhen.matters",
    "yizhen.indicators",
    "yizhen.appraisals",
    "yizhen.growth",
    "yizhen.livelihood",
    "yizhen.exchange",
    "yizhen.party",
    "yizhen.needs",
    "yizhen.watches",
    "yizhen.portal",
    "yizhen.console",
    "yizhen.demo",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "yizhen.web.middleware.AnonymousPaths",
    "yizhen.portal.flood.middleware.Doorkeeper",  # before anything reads a form
    "yizhen.web.middleware.ChineseFirst",
    "yizhen.web.middleware.RefuseNul",
    "yizhen.web.middleware.BackToThePage",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "yizhen.people.middleware.StaffMode",
    "axes.middleware.AxesMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "yizhen.people.context.navigation",
            ],
            "builtins": ["django.templatetags.i18n", "django.templatetags.static", "yizhen.web.templatetags.yizhen"],
        },
    }
]

DATABASES = {"default": database(DATA_DIR)}
# The proxies in front of this site, comma-separated addresses or networks: only of them is X-Forwarded-For believed.
TRUSTED_PROXIES = tuple(filter(None, os.environ.get("YIZHEN_TRUSTED_PROXIES", "").replace(" ", "").split(",")))
SILENCED_SYSTEM_CHECKS = ["security.W004", "security.W008", "security.W012", "security.W016"]  # plain HTTP in a hall

AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
if TESTING:
    PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "yizhen.people.passwords.ThreeClassesValidator"},
]
LOGIN_URL = "people:sign_in"
LOGIN_REDIRECT_URL = "console:today"
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 10 / 60  # hours: five failures lock for ten minutes (GB/T 22239-2019, 8.1.4.1)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_ENABLE_ACCESS_FAILURE_LOG = False
AXES_DISABLE_ACCESS_LOG = True
AXES_LOCKOUT_TEMPLATE = "people/locked.html"
AXES_VERBOSE = False
# `yizhen serve --tls` says so. Cookies of their own names: a browser shares cookies among the ports of one host, and would not
# let the hall's plain HTTP overwrite a secure one.
OVER_TLS = os.environ.get("YIZHEN_TLS") == "1"
TLS_AUTHORITY = DATA_DIR / "tls" / "ca.crt"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = OVER_TLS
if OVER_TLS:
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-sessionid", "__Host-csrftoken"
SESSION_COOKIE_AGE = 60 * 60 * 12
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = False
X_FRAME_OPTIONS = "SAMEORIGIN"  # the host console previews the projector in a frame
STAFF_MODE_SECONDS = 30 * 60
IDLE_SECONDS = 30 * 60

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF, UNSAFE_INLINE],  # ECharts sets style attributes
        "img-src": [SELF, "data:", "blob:"],
        "connect-src": [SELF],
        "object-src": [NONE],
        "frame-ancestors": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
    }
}

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "中文"), ("en", "English")]
LOCALE_PATHS = [PACKAGE / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"
USE_THOUSAND_SEPARATOR = False

STATIC_URL = "/static/"
STATICFILES_DIRS = [PACKAGE / "static"] if (PACKAGE / "static").is_dir() else []
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False
WHITENOISE_MAX_AGE = 3600
MEDIA_ROOT = DATA_DIR / "files"
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
FILE_UPLOAD_PERMISSIONS = 0o640
FORM_RENDERER = "django.forms.renderers.DjangoTemplates"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    # A log line beside a sheet is a time beside a sheet (ADR 1): nothing about the ballot's addresses is ever logged.
    "filters": {"no_ballot": {"()": "yizhen.web.middleware.NoBallotLines"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "filters": ["no_ballot"]}},
    "loggers": {
        "django": {"handlers": ["console"], "level": "WARNING", "propagate": False},
        "django.request": {"handlers": ["console"], "level": "ERROR", "propagate": False},
        "yizhen": {"handlers": ["console"], "level": "INFO", "propagate": False},
        "axes": {"handlers": ["console"], "level": "WARNING", "propagate": False},
    },
}
