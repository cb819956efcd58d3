"""The URLs of the project for tests."""

from django.contrib import admin
from django.http import HttpResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt

from countersign.contrib.django import outbox


def pay(request):
    """As a payment webhook that fails, or drains, where it is told to."""
    outbox().enqueue(request.body)
    if "fail" in request.GET:
        raise ZeroDivisionError
    if "drain" in request.GET:
        outbox().drain()
    return HttpResponse()


urlpatterns = [path("pay", csrf_exempt(pay)), path("admin/", admin.site.urls)]
