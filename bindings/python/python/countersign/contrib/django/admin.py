"""The admin: lists with filters, an order with its history, and what a person decides, by the outbox itself. Nothing is added, edited or
deleted here."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.db.models import F, Q
from django.template.response import TemplateResponse
from django.utils.html import format_html, format_html_join

import countersign

from ._outbox import outbox
from .models import ALERTS, HELD, STATES, Account, Order, moment

# More at once is no decision any more.
MOST = 100


class StateFilter(admin.SimpleListFilter):
    title = parameter_name = "state"

    def lookups(self, request: Any, model_admin: Any) -> Any:
        return [(name, name) for name in STATES.values()]

    def queryset(self, request: Any, queryset: Any) -> Any:
        numbers = [number for number, name in STATES.items() if name == self.value()]
        return queryset.filter(state__in=numbers) if numbers else queryset


class AccountFilter(admin.SimpleListFilter):
    title = parameter_name = "account"

    def lookups(self, request: Any, model_admin: Any) -> Any:
        names = {*outbox().accounts, *Account.objects.values_list("account", flat=True)}
        return [(name, name) for name in sorted(names)]

    def queryset(self, request: Any, queryset: Any) -> Any:
        return queryset.filter(account=self.value()) if self.value() else queryset


class AlertFilter(admin.SimpleListFilter):
    title = "whether a person must look"
    parameter_name = "alerts"

    def lookups(self, request: Any, model_admin: Any) -> Any:
        return [("yes", "held, or with an alert")]

    def queryset(self, request: Any, queryset: Any) -> Any:
        if self.value() != "yes":
            return queryset
        return queryset.annotate(alerts=F("flags").bitand(ALERTS)).filter(Q(state=HELD) | ~Q(alerts=0))


def _time(column: str, label: str) -> Callable[[Any, Order], Any]:
    @admin.display(description=label)
    def shown(self: Any, order: Order) -> Any:
        return moment(getattr(order, column))

    return shown


@admin.register(Order)
class OrderAdmin(admin.ModelAdmin):
    actions = ["placed", "retry", "drop", "cancel", "forget"]
    list_display = ["shop_id", "account", "state_name", "reason_name", "notes", "remote_id", "sends", "created", "updated"]
    list_filter = [StateFilter, AlertFilter, AccountFilter]
    ordering = ["-id"]
    # A shop has a million of them one day: no order but that of an index, and no second count.
    sortable_by = ()
    show_full_result_count = False
    search_fields = ["external_id"]
    search_help_text = "The whole id of the shop."
    change_form_template = "admin/countersign/order/one.html"

    created, updated, due = _time("created_at", "enqueued"), _time("updated_at", "changed"), _time("due_at", "due")
    first_sent, last_sent = _time("first_sent_at", "sent first"), _time("last_sent_at", "sent last")

    @admin.display(description="id of the shop")
    def shop_id(self, order: Order) -> str:
        return order.external_id or "(forgotten)"

    @admin.display(description="state")
    def state_name(self, order: Order) -> str:
        return order.state_name

    @admin.display(description="reason")
    def reason_name(self, order: Order) -> str | None:
        return order.reason_name

    @admin.display(description="notes")
    def notes(self, order: Order) -> str:
        return ", ".join(order.flag_names)

    @admin.display(description="history")
    def what_happened(self, order: Order) -> str:
        def line(event: dict[str, Any]) -> tuple[Any, ...]:
            rest = [f"{name}: {value}" for name, value in event.items() if name not in ("at", "event")]
            at = moment(event["at"]) if isinstance(event.get("at"), int) else None
            return at.strftime("%Y-%m-%d %H:%M:%S UTC") if at else "", event.get("event"), ", ".join(rest)

        return format_html_join("", "<div>{} <b>{}</b> {}</div>", map(line, order.events))

    @admin.display(description="what it holds")
    def what_it_holds(self, order: Order) -> str:
        try:
            text = json.dumps(json.loads(order.body or "null"), indent=2, ensure_ascii=False)
        except ValueError:
            text = order.body
        return format_html("<pre>{}</pre>", text)

    def get_queryset(self, request: Any) -> Any:
        return super().get_queryset(request).defer("body")

    def get_search_results(self, request: Any, queryset: Any, search_term: str) -> tuple[Any, bool]:
        return (queryset.filter(external_id=search_term) if search_term else queryset), False

    def get_fields(self, request: Any, obj: Any = None) -> list[str]:
        fields = ["shop_id", "account", "state_name", "reason_name", "notes", "remote_id", "sends", "created", "updated", "due"]
        body = ["what_it_holds"] if request.user.has_perm("countersign.view_order_body") else []
        return [*fields, "first_sent", "last_sent", "what_happened", *body]

    def get_readonly_fields(self, request: Any, obj: Any = None) -> list[str]:
        return self.get_fields(request, obj)

    def has_add_permission(self, request: Any) -> bool:
        return False

    def has_change_permission(self, request: Any, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: Any, obj: Any = None) -> bool:
        return False

    def has_resolve_permission(self, request: Any) -> bool:
        return bool(request.user.has_perm("countersign.resolve_order"))

    def has_cancel_permission(self, request: Any) -> bool:
        return bool(request.user.has_perm("countersign.cancel_order"))

    def has_forget_permission(self, request: Any) -> bool:
        return bool(request.user.has_perm("countersign.forget_order"))

    def render_change_form(self, request: Any, context: dict[str, Any], *args: Any, **more: Any) -> Any:
        actions = [(name, label) for _, name, label in self.get_actions(request).values()]
        return super().render_change_form(request, {**context, "decisions": actions}, *args, **more)

    @admin.action(description="It is placed: the platform has it", permissions=["resolve"])
    def placed(self, request: Any, orders: Any) -> Any:
        question = "You looked at the platform, and it has these orders. They are not sent."
        return self._decide(request, orders, "placed", question, "is placed")

    @admin.action(description="Try it again", permissions=["resolve"])
    def retry(self, request: Any, orders: Any) -> Any:
        question = (
            "What is in doubt is read back first, and sent only if it is proven absent. Where the platform has no read, as Sign Customiser, "
            "it is sent, and perhaps made twice: look there first."
        )
        return self._decide(request, orders, "retry", question, "is tried again")

    @admin.action(description="Drop it: it is not wanted any more", permissions=["resolve"])
    def drop(self, request: Any, orders: Any) -> Any:
        return self._decide(request, orders, "drop", "Nobody wants these orders any more. They are not sent.", "is dropped")

    def _decide(self, request: Any, orders: Any, decision: Any, question: str, done: str) -> Any:
        def decide(order: Order, why: str) -> str:
            who = request.user.get_username()
            outbox().resolve(order.external_id, decision, who=who, why=why, account=order.account)
            return done

        return self._ask(request, orders, decision, question, decide, asks_why=True)

    @admin.action(description="Cancel it, as far as that is possible", permissions=["cancel"])
    def cancel(self, request: Any, orders: Any) -> Any:
        answers = {
            "cancelled": "is cancelled: the platform does not have it",
            "wanted": "is under way or in doubt: it is cancelled as soon as it is known to be absent",
            "placed": "is placed: cancel it at the platform",
            "ended": "had ended otherwise already",
        }

        def cancel(order: Order, why: str) -> str:
            answer = outbox().cancel(order.external_id, order.account)
            return answers.get(answer, answer)

        question = "What was not sent is not sent. What the platform has already must be cancelled there, by you."
        return self._ask(request, orders, "cancel", question, cancel)

    @admin.action(description="Forget what is personal of it", permissions=["forget"])
    def forget(self, request: Any, orders: Any) -> Any:
        def forget(order: Order, why: str) -> str:
            outbox().forget(order.external_id, order.account)
            return "is forgotten"

        question = "What was ordered, the ids and the history are stripped, and that cannot be undone. Orders that may still be sent are refused."
        return self._ask(request, orders, "forget", question, forget)

    def _ask(
        self, request: Any, queryset: Any, action: str, question: str, do: Callable[[Order, str], str], asks_why: bool = False
    ) -> Any:
        """Asks once more, and why; then does it with one order after the other, and says of each what became of it."""
        orders = list(queryset[: MOST + 1])
        if len(orders) > MOST:
            self.message_user(request, f"Choose {MOST} orders at most: each is a decision.", messages.ERROR)
            return None
        why = request.POST.get("why", "").strip()
        if "sure" not in request.POST or (asks_why and not why):
            title = self.get_actions(request)[action][2]
            context = {**self.admin_site.each_context(request), "title": title, "opts": self.opts, "orders": orders, "action": action}
            context |= {"question": question, "asks_why": asks_why, "is_missing": "sure" in request.POST}
            return TemplateResponse(request, "admin/countersign/order/decide.html", context)
        for order in orders:
            try:
                done = do(order, why)
            except countersign.Error as error:
                self.message_user(request, f"The order {order}: {error}", messages.ERROR)
            else:
                # Without the shop's id, which can be forgotten.
                self.log_change(request, Order(pk=order.pk, account=order.account), f"{action}: {why}" if why else action)
                self.message_user(request, f"The order {order} {done}.", messages.SUCCESS)
        return None
