"""Where everything is."""

from django.contrib import admin
from django.urls import path

from . import views

urlpatterns = [
    path("admin/", admin.site.urls),
    path("orders/<str:number>", views.page),
    path("payments", views.payment),
    path("deliveries", views.delivery),
    path("create-product", views.create_product),
]
