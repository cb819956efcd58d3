"""A Django project for tests: its settings and its outbox. Environment: DATABASES, as Django takes them, as JSON."""

import json
import os

import countersign

ROOT_URLCONF = "django_urls"
SECRET_KEY = "for tests"
ALLOWED_HOSTS = ["*"]
USE_TZ = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
DATABASES = json.loads(os.environ.get("DATABASES", "{}"))
INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "countersign.contrib.django",
]
MIDDLEWARE = [
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
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STATIC_URL = "static/"
COUNTERSIGN_OUTBOX = "django_project.make_outbox"


def settings():
    """What stands above, for settings.configure()."""
    return {name: value for name, value in globals().items() if name.isupper()}


def databases(server, folder):
    """The aliases of the tests: one database of PostgreSQL by many ways, another one, and files of SQLite. server: what psycopg.connect()
    takes."""
    names = {"NAME": "dbname", "HOST": "host", "PORT": "port", "USER": "user", "PASSWORD": "password"}
    default = {"ENGINE": "django.db.backends.postgresql", **{name: server[of] for name, of in names.items()}}
    file = {"ENGINE": "django.db.backends.sqlite3", "OPTIONS": {"transaction_mode": "IMMEDIATE", "timeout": 20}}
    return {
        "default": {**default, "CONN_MAX_AGE": None},
        "other": {**default, "NAME": f"{server['dbname']}-other"},
        "postgresql-off": {**default, "AUTOCOMMIT": False},
        "pool": {**default, "OPTIONS": {"pool": {"min_size": 1, "max_size": 2}, "server_side_binding": True}},
        "sqlite": {**file, "NAME": f"{folder}/shop.sqlite3"},
        "sqlite-off": {**file, "NAME": f"{folder}/shop.sqlite3", "AUTOCOMMIT": False},
        "fresh": {**default, "NAME": f"{server['dbname']}-fresh"},
        "fresh-sqlite": {**file, "NAME": f"{folder}/fresh.sqlite3"},
    }


def mysql(server, name):
    """Databases of MariaDB, of this name. server: what PyMySQL and mysqlclient take."""
    names = {"HOST": "host", "PORT": "port", "USER": "user", "PASSWORD": "password"}
    default = {"ENGINE": "django.db.backends.mysql", "NAME": name, **{name: server[of] for name, of in names.items()}}
    return {"mysqlclient": default, "pymysql": default, "pymysql-off": {**default, "AUTOCOMMIT": False}}


def make_outbox(using="default", **more):
    from countersign.contrib.django import Outbox

    return Outbox({"shop": countersign.Spiff.from_env()}, using=using, **more)
