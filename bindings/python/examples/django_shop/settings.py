"""The shop's settings. Environment: SHOP_SECRET_KEY, SHOP_PAYMENT_SECRET; the names of libpq, such as PGHOST, for PostgreSQL, or nothing
for a file of SQLite; and what countersign.Spiff.from_env() and SignCustomiser.from_env() read."""

import os
from pathlib import Path

BASE = Path(__file__).resolve().parent
SECRET_KEY = os.environ["SHOP_SECRET_KEY"]
PAYMENT_SECRET = os.environ["SHOP_PAYMENT_SECRET"]
ALLOWED_HOSTS = ["127.0.0.1", "localhost"]
ROOT_URLCONF = "shop.urls"
USE_TZ = True
STATIC_URL = "static/"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

if "PGHOST" in os.environ:
    DATABASES = {"default": {"ENGINE": "django.db.backends.postgresql", "NAME": os.environ["PGDATABASE"], "CONN_MAX_AGE": 60}}
else:
    # A transaction takes its lock when it begins: one that has read first is refused where another one has written meanwhile.
    OPTIONS = {"transaction_mode": "IMMEDIATE", "timeout": 20}
    FILE = os.environ.get("SHOP_SQLITE", BASE / "shop.sqlite3")
    DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": FILE, "OPTIONS": OPTIONS}}

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "countersign.contrib.django",
    "shop",
]
COUNTERSIGN_OUTBOX = "shop.orders.make_outbox"

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
]
PROCESSORS = ["django.template.context_processors.request", "django.contrib.auth.context_processors.auth"]
PROCESSORS += ["django.contrib.messages.context_processors.messages"]
TEMPLATES = [
    {"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True, "OPTIONS": {"context_processors": PROCESSORS}}
]
EMAIL_BACKEND = os.environ.get("SHOP_EMAIL_BACKEND", "django.core.mail.backends.console.EmailBackend")
EMAIL_FILE_PATH = os.environ.get("SHOP_EMAIL_PATH")
ADMINS = [("The shop", "shop@localhost")]
