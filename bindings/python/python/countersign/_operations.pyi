# Generated from schema/spiff.graphql and schema/operations/ by `make generate`.
from collections.abc import Mapping, Sequence
from typing import Any

from . import spiff_types as t
from ._pages import Pages
from .types import Ids

class SpiffOperations:
    def address_attach_to_bundle(
        self,
        bundle_id: str,
        *,
        street_address: str | None = None,
        apartment: str | None = None,
        city: str | None = None,
        country: str | None = None,
        state: str | None = None,
        post_code: str | None = None,
        select: str | None = None,
        timeout: float | None = None,
    ) -> t.Bundle: ...
    def address_attach_to_transaction(
        self,
        transaction_id: str,
        *,
        street_address: str | None = None,
        apartment: str | None = None,
        city: str | None = None,
        country: str | None = None,
        state: str | None = None,
        post_code: str | None = None,
        select: str | None = None,
        timeout: float | None = None,
    ) -> t.Transaction: ...
    def bundle_add_stakeholder(
        self,
        id: str,
        details: t.CustomerDetailsInput,
        type: str,
        *,
        select: str | None = None,
        timeout: float | None = None,
    ) -> t.Bundle: ...
    def bundle_add_transaction(
        self, id: str, transaction_id: str, *, select: str | None = None, timeout: float | None = None
    ) -> t.Bundle: ...
    def bundle_add_transactions(
        self,
        id: str,
        transaction_ids: Ids,
        *,
        transaction_owner_ids: Ids | None = None,
        select: str | None = None,
        timeout: float | None = None,
    ) -> t.Bundle: ...
    def bundle_approve(
        self, id: str, *, note: str | None = None, stakeholder_id: str | None = None, timeout: float | None = None
    ) -> bool: ...
    def bundle_assign_product_collection(
        self, id: str, collection_id: str, *, select: str | None = None, timeout: float | None = None
    ) -> t.Bundle: ...
    def bundle_create(
        self,
        *,
        collection_id: str | None = None,
        metadata: Sequence[t.MetadataInput] | None = None,
        marketplace_theme_install_id: str | None = None,
        marketplace_theme_install_configuration_id: str | None = None,
        activation_id: str | None = None,
        test: bool | None = None,
        select: str | None = None,
        timeout: float | None = None,
    ) -> t.Bundle: ...
    def bundle_delete(self, id: str, *, timeout: float | None = None) -> bool: ...
    def bundle_duplicate(
        self,
        id: str,
        *,
        template: bool | None = None,
        marketplace_theme_install_id: str | None = None,
        marketplace_theme_install_configuration_id: str | None = None,
        duplicate_transactions: bool | None = None,
        test: bool | None = None,
        select: str | None = None,
        timeout: float | None = None,
    ) -> t.Bundle: ...
    def bundle_email_share_page_link(
        self,
        bundle_id: str,
        email: str,
        *,
        first_name: str | None = None,
        last_name: str | None = None,
        select: str | None = None,
        timeout: float | None = None,
    ) -> t.Bundle: ...
    def bundle_finalize_update(self, bundle_id: str, *, timeout: float | None = None) -> bool: ...
    def bundle_generate_quote_id(
        self, id: str, *, select: str | None = None, timeout: float | None = None
    ) -> t.Bundle: ...
    def bundle_reject(
        self, id: str, *, note: str | None = None, stakeholder_id: str | None = None, timeout: float | None = None
    ) -> bool: ...
    def bundle_remove_stakeholder(
        self, id: str, email_address: str, *, select: str | None = None, timeout: float | None = None
    ) -> t.Bundle: ...
    def bundle_remove_transaction(
        self, id: str, transaction_id: str, *, select: str | None = None, timeout: float | None = None
    ) -> t.Bundle: ...
    def bundle_remove_transactions(
        self, id: str, transaction_ids: Ids, *, select: str | None = None, timeout: float | None = None
    ) -> t.Bundle: ...
    def bundle_update(
        self,
        id: str,
        *,
        name: str | None = None,
        metadata: Sequence[t.MetadataInput] | None = None,
        bundle_state_data: Mapping[str, Any] | Sequence[Any] | str | None = None,
        dispatch_date: str | None = None,
        purchase_order: str | None = None,
        global_property_configuration_id: str | None = None,
        select: str | None = None,
        timeout: float | None = None,
    ) -> t.Bundle: ...
    def bundle_update_stakeholders(
        self,
        id: str,
        input: Sequence[t.BundleStakeholderInput],
        *,
        select: str | None = None,
        timeout: float | None = None,
    ) -> t.Bundle: ...
    def bundle_update_transaction_order(
        self, id: str, transaction_ids: Ids, *, select: str | None = None, timeout: float | None = None
    ) -> t.Bundle: ...
    def bundles(
        self, ids: Ids, *, select: str | None = None, timeout: float | None = None
    ) -> list[t.Bundle | None]: ...
    def conversion_configuration(
        self, id: str, *, select: str | None = None, timeout: float | None = None
    ) -> t.ConversionConfiguration: ...
    def currency_conversion(
        self, from_: str, to: str, *, select: str | None = None, timeout: float | None = None
    ) -> t.CurrencyConversion: ...
    def current_integration(self, *, select: str | None = None, timeout: float | None = None) -> t.Integration: ...
    def customer(
        self, email_address: str, *, select: str | None = None, timeout: float | None = None
    ) -> t.Customer: ...
    def customer_authenticate(
        self, login_token: str, *, select: str | None = None, timeout: float | None = None
    ) -> t.Customer: ...
    def customer_bundles_feed(
        self,
        id: str,
        *,
        template: bool | None = None,
        template_status: str | None = None,
        ordered: bool | None = None,
        page_size: int = 50,
        select: str | None = None,
        timeout: float | None = None,
    ) -> Pages[t.Bundle | None]: ...
    def customer_create(
        self, details: t.CustomerDetailsInput, *, select: str | None = None, timeout: float | None = None
    ) -> t.Customer: ...
    def customer_generate_verification_code(self, email_address: str, *, timeout: float | None = None) -> bool: ...
    def customer_transactions_feed(
        self,
        id: str,
        *,
        start_date: str | None = None,
        end_date: str | None = None,
        quicksearch: str | None = None,
        page_size: int = 50,
        select: str | None = None,
        timeout: float | None = None,
    ) -> Pages[t.Transaction | None]: ...
    def customer_verify_code(
        self, email_address: str, verification_code: str, *, select: str | None = None, timeout: float | None = None
    ) -> t.Customer: ...
    def customers(
        self, ids: Ids, *, select: str | None = None, timeout: float | None = None
    ) -> list[t.Customer | None]: ...
    def global_property_configuration_create(
        self, *, select: str | None = None, timeout: float | None = None
    ) -> t.GlobalPropertyConfiguration: ...
    def global_property_configuration_update(
        self,
        id: str,
        aspects: Sequence[t.GlobalPropertyConfigurationAspectInput],
        *,
        name: str | None = None,
        select: str | None = None,
        timeout: float | None = None,
    ) -> t.GlobalPropertyConfiguration: ...
    def global_property_configurations(
        self, ids: Ids, *, select: str | None = None, timeout: float | None = None
    ) -> list[t.GlobalPropertyConfiguration | None]: ...
    def global_property_configurations_feed(
        self, *, select: str | None = None, timeout: float | None = None
    ) -> Pages[t.GlobalPropertyConfiguration | None]: ...
    def global_property_state(
        self, bundle_id: str, *, select: str | None = None, timeout: float | None = None
    ) -> t.GlobalPropertyState: ...
    def global_property_state_create(
        self, bundle_id: str, *, select: str | None = None, timeout: float | None = None
    ) -> t.GlobalPropertyState: ...
    def global_property_state_update(
        self,
        id: str,
        aspects: Sequence[t.GlobalPropertyStateAspectInput],
        *,
        select: str | None = None,
        timeout: float | None = None,
    ) -> t.GlobalPropertyState: ...
    def global_property_template_create(
        self,
        global_property_configuration_id: str,
        aspects: Sequence[t.GlobalPropertyStateAspectInput],
        *,
        customer_id: str | None = None,
        select: str | None = None,
        timeout: float | None = None,
    ) -> t.GlobalPropertyTemplate: ...
    def global_property_template_delete(self, id: str, *, timeout: float | None = None) -> bool: ...
    def global_property_template_update(
        self,
        id: str,
        *,
        name: str | None = None,
        aspect_values: Sequence[t.GlobalPropertyStateAspectInput] | None = None,
        select: str | None = None,
        timeout: float | None = None,
    ) -> t.GlobalPropertyTemplate: ...
    def global_property_templates_feed(
        self,
        customer_id: str,
        *,
        global_property_configuration_id: str | None = None,
        page_size: int = 50,
        select: str | None = None,
        timeout: float | None = None,
    ) -> Pages[t.GlobalPropertyTemplate | None]: ...
    def integration_product_from_external_ids(
        self,
        external_integration_id: str,
        external_product_id: str,
        *,
        select: str | None = None,
        timeout: float | None = None,
    ) -> t.IntegrationProduct: ...
    def integration_products(
        self, ids: Ids, *, select: str | None = None, timeout: float | None = None
    ) -> list[t.IntegrationProduct | None]: ...
    def integrations(
        self, ids: Ids, *, select: str | None = None, timeout: float | None = None
    ) -> list[t.Integration | None]: ...
    def metafield_configuration_create(
        self,
        name: str,
        entity_type: str,
        metafield_type: str,
        *,
        description: str | None = None,
        select: str | None = None,
        timeout: float | None = None,
    ) -> t.MetafieldConfiguration: ...
    def metafield_configurations_feed(
        self, entity_type: str, *, select: str | None = None, timeout: float | None = None
    ) -> Pages[t.MetafieldConfiguration | None]: ...
    def metafields(
        self, entity_id: str, *, select: str | None = None, timeout: float | None = None
    ) -> list[t.Metafield | None]: ...
    def metafields_many(
        self, entity_ids: Ids, *, select: str | None = None, timeout: float | None = None
    ) -> list[t.Metafield | None]: ...
    def options(
        self, ids: Ids, *, select: str | None = None, timeout: float | None = None
    ) -> list[t.Option | None]: ...
    def order_create_simple_async(
        self,
        order_items: Sequence[t.OrderSimpleItemInput],
        *,
        bundle: t.OrderSimpleBundleInput | None = None,
        external_id: str | None = None,
        external_data: t.ExternalDataInput | None = None,
        paid: bool | None = None,
        select: str | None = None,
        timeout: float | None = None,
    ) -> t.Order: ...
    def order_statuses_feed(
        self, *, page_size: int = 50, select: str | None = None, timeout: float | None = None
    ) -> Pages[t.OrderStatus | None]: ...
    def orders(self, ids: Ids, *, select: str | None = None, timeout: float | None = None) -> list[t.Order | None]: ...
    def organization_attach_to_bundle(
        self, bundle_id: str, organization_name: str, *, select: str | None = None, timeout: float | None = None
    ) -> t.Bundle: ...
    def organization_attach_to_transaction(
        self, transaction_id: str, organization_name: str, *, select: str | None = None, timeout: float | None = None
    ) -> t.Transaction: ...
    def process_execution_create(
        self,
        process_flow_id: str,
        inputs: Sequence[t.Terminal],
        *,
        select: str | None = None,
        timeout: float | None = None,
    ) -> t.ProcessExecution: ...
    def process_executions(
        self, ids: Ids, *, select: str | None = None, timeout: float | None = None
    ) -> list[t.ProcessExecution | None]: ...
    def process_executions_feed(
        self, *, page_size: int = 50, select: str | None = None, timeout: float | None = None
    ) -> Pages[t.ProcessExecution | None]: ...
    def process_flow_contexts_feed(
        self, *, select: str | None = None, timeout: float | None = None
    ) -> Pages[t.ProcessFlowContext | None]: ...
    def process_flows(
        self, ids: Ids, *, select: str | None = None, timeout: float | None = None
    ) -> list[t.ProcessFlow | None]: ...
    def process_flows_feed(
        self, *, page_size: int = 50, select: str | None = None, timeout: float | None = None
    ) -> Pages[t.ProcessFlow | None]: ...
    def product_collections(
        self, ids: Ids, *, select: str | None = None, timeout: float | None = None
    ) -> list[t.ProductCollection | None]: ...
    def products(
        self, ids: Ids, *, select: str | None = None, timeout: float | None = None
    ) -> list[t.Product | None]: ...
    def tags_feed(
        self, entity_id: str, *, select: str | None = None, timeout: float | None = None
    ) -> Pages[t.Tag | None]: ...
    def tags_many(
        self, entity_ids: Ids, *, select: str | None = None, timeout: float | None = None
    ) -> list[t.Tag | None]: ...
    def transaction_add_stakeholder(
        self,
        id: str,
        details: t.CustomerDetailsInput,
        type: str,
        *,
        select: str | None = None,
        timeout: float | None = None,
    ) -> t.Transaction: ...
    def transaction_approve(self, id: str, *, note: str | None = None, timeout: float | None = None) -> bool: ...
    def transaction_claim(
        self, id: str, *, select: str | None = None, timeout: float | None = None
    ) -> t.Transaction: ...
    def transaction_confirm_workflow_states(
        self, transactions: Sequence[t.TransactionConfirmInput], *, timeout: float | None = None
    ) -> list[str | None]: ...
    def transaction_create(
        self,
        *,
        integration_product_id: str | None = None,
        external_integration_id: str | None = None,
        external_product_id: str | None = None,
        bulk: bool | None = None,
        claim: bool | None = None,
        workflow_id: str | None = None,
        select: str | None = None,
        timeout: float | None = None,
    ) -> t.Transaction: ...
    def transaction_create_many(
        self,
        inputs: Sequence[t.TransactionCreateInput],
        *,
        marketplace_theme_install_id: str | None = None,
        marketplace_theme_install_configuration_id: str | None = None,
        select: str | None = None,
        timeout: float | None = None,
    ) -> list[t.Transaction | None]: ...
    def transaction_duplicate(
        self, id: str, *, template: bool | None = None, select: str | None = None, timeout: float | None = None
    ) -> t.Transaction: ...
    def transaction_finalize_update(self, transaction_id: str, *, timeout: float | None = None) -> bool: ...
    def transaction_reject(self, id: str, *, note: str | None = None, timeout: float | None = None) -> bool: ...
    def transaction_update(
        self,
        id: str,
        *,
        workflow_id: str | None = None,
        design_name: str | None = None,
        workflow_state: Mapping[str, Any] | Sequence[Any] | str | None = None,
        quantity: int | None = None,
        select: str | None = None,
        timeout: float | None = None,
    ) -> t.Transaction: ...
    def transaction_update_integration_product(
        self,
        id: str,
        *,
        integration_product_id: str | None = None,
        select: str | None = None,
        timeout: float | None = None,
    ) -> t.Transaction: ...
    def transactions(
        self, ids: Ids, *, select: str | None = None, timeout: float | None = None
    ) -> list[t.Transaction | None]: ...
    def transactions_add_stakeholder(
        self,
        ids: Ids,
        details: t.CustomerDetailsInput,
        type: str,
        *,
        select: str | None = None,
        timeout: float | None = None,
    ) -> list[t.Transaction | None]: ...
    def workflows(
        self, ids: Ids, *, select: str | None = None, timeout: float | None = None
    ) -> list[t.Workflow | None]: ...

class AsyncSpiffOperations:
    async def address_attach_to_bundle(
        self,
        bundle_id: str,
        *,
        street_address: str | None = None,
        apartment: str | None = None,
        city: str | None = None,
        country: str | None = None,
        state: str | None = None,
        post_code: str | None = None,
        select: str | None = None,
        timeout: float | None = None,
    ) -> t.Bundle: ...
    async def address_attach_to_transaction(
        self,
        transaction_id: str,
        *,
        street_address: str | None = None,
        apartment: str | None = None,
        city: str | None = None,
        country: str | None = None,
        state: str | None = None,
        post_code: str | None = None,
        select: str | None = None,
        timeout: float | None = None,
    ) -> t.Transaction: ...
    async def bundle_add_stakeholder(
        self,
        id: str,
        details: t.CustomerDetailsInput,
        type: str,
        *,
        select: str | None = None,
        timeout: float | None = None,
    ) -> t.Bundle: ...
    async def bundle_add_transaction(
        self, id: str, transaction_id: str, *, select: str | None = None, timeout: float | None = None
    ) -> t.Bundle: ...
    async def bundle_add_transactions(
        self,
        id: str,
        transaction_ids: Ids,
        *,
        transaction_owner_ids: Ids | None = None,
        select: str | None = None,
        timeout: float | None = None,
    ) -> t.Bundle: ...
    async def bundle_approve(
        self, id: str, *, note: str | None = None, stakeholder_id: str | None = None, timeout: float | None = None
    ) -> bool: ...
    async def bundle_assign_product_collection(
        self, id: str, collection_id: str, *, select: str | None = None, timeout: float | None = None
    ) -> t.Bundle: ...
    async def bundle_create(
        self,
        *,
        collection_id: str | None = None,
        metadata: Sequence[t.MetadataInput] | None = None,
        marketplace_theme_install_id: str | None = None,
        marketplace_theme_install_configuration_id: str | None = None,
        activation_id: str | None = None,
        test: bool | None = None,
        select: str | None = None,
        timeout: float | None = None,
    ) -> t.Bundle: ...
    async def bundle_delete(self, id: str, *, timeout: float | None = None) -> bool: ...
    async def bundle_duplicate(
        self,
        id: str,
        *,
        template: bool | None = None,
        marketplace_theme_install_id: str | None = None,
        marketplace_theme_install_configuration_id: str | None = None,
        duplicate_transactions: bool | None = None,
        test: bool | None = None,
        select: str | None = None,
        timeout: float | None = None,
    ) -> t.Bundle: ...
    async def bundle_email_share_page_link(
        self,
        bundle_id: str,
        email: str,
        *,
        first_name: str | None = None,
        last_name: str | None = None,
        select: str | None = None,
        timeout: float | None = None,
    ) -> t.Bundle: ...
    async def bundle_finalize_update(self, bundle_id: str, *, timeout: float | None = None) -> bool: ...
    async def bundle_generate_quote_id(
        self, id: str, *, select: str | None = None, timeout: float | None = None
    ) -> t.Bundle: ...
    async def bundle_reject(
        self, id: str, *, note: str | None = None, stakeholder_id: str | None = None, timeout: float | None = None
    ) -> bool: ...
    async def bundle_remove_stakeholder(
        self, id: str, email_address: str, *, select: str | None = None, timeout: float | None = None
    ) -> t.Bundle: ...
    async def bundle_remove_transaction(
        self, id: str, transaction_id: str, *, select: str | None = None, timeout: float | None = None
    ) -> t.Bundle: ...
    async def bundle_remove_transactions(
        self, id: str, transaction_ids: Ids, *, select: str | None = None, timeout: float | None = None
    ) -> t.Bundle: ...
    async def bundle_update(
        self,
        id: str,
        *,
        name: str | None = None,
        metadata: Sequence[t.MetadataInput] | None = None,
        bundle_state_data: Mapping[str, Any] | Sequence[Any] | str | None = None,
        dispatch_date: str | None = None,
        purchase_order: str | None = None,
        global_property_configuration_id: str | None = None,
        select: str | None = None,
        timeout: float | None = None,
    ) -> t.Bundle: ...
    async def bundle_update_stakeholders(
        self,
        id: str,
        input: Sequence[t.BundleStakeholderInput],
        *,
        select: str | None = None,
        timeout: float | None = None,
    ) -> t.Bundle: ...
    async def bundle_update_transaction_order(
        self, id: str, transaction_ids: Ids, *, select: str | None = None, timeout: float | None = None
    ) -> t.Bundle: ...
    async def bundles(
        self, ids: Ids, *, select: str | None = None, timeout: float | None = None
    ) -> list[t.Bundle | None]: ...
    async def conversion_configuration(
        self, id: str, *, select: str | None = None, timeout: float | None = None
    ) -> t.ConversionConfiguration: ...
    async def currency_conversion(
        self, from_: str, to: str, *, select: str | None = None, timeout: float | None = None
    ) -> t.CurrencyConversion: ...
    async def current_integration(
        self, *, select: str | None = None, timeout: float | None = None
    ) -> t.Integration: ...
    async def customer(
        self, email_address: str, *, select: str | None = None, timeout: float | None = None
    ) -> t.Customer: ...
    async def customer_authenticate(
        self, login_token: str, *, select: str | None = None, timeout: float | None = None
    ) -> t.Customer: ...
    def customer_bundles_feed(
        self,
        id: str,
        *,
        template: bool | None = None,
        template_status: str | None = None,
        ordered: bool | None = None,
        page_size: int = 50,
        select: str | None = None,
        timeout: float | None = None,
    ) -> Pages[t.Bundle | None]: ...
    async def customer_create(
        self, details: t.CustomerDetailsInput, *, select: str | None = None, timeout: float | None = None
    ) -> t.Customer: ...
    async def customer_generate_verification_code(
        self, email_address: str, *, timeout: float | None = None
    ) -> bool: ...
    def customer_transactions_feed(
        self,
        id: str,
        *,
        start_date: str | None = None,
        end_date: str | None = None,
        quicksearch: str | None = None,
        page_size: int = 50,
        select: str | None = None,
        timeout: float | None = None,
    ) -> Pages[t.Transaction | None]: ...
    async def customer_verify_code(
        self, email_address: str, verification_code: str, *, select: str | None = None, timeout: float | None = None
    ) -> t.Customer: ...
    async def customers(
        self, ids: Ids, *, select: str | None = None, timeout: float | None = None
    ) -> list[t.Customer | None]: ...
    async def global_property_configuration_create(
        self, *, select: str | None = None, timeout: float | None = None
    ) -> t.GlobalPropertyConfiguration: ...
    async def global_property_configuration_update(
        self,
        id: str,
        aspects: Sequence[t.GlobalPropertyConfigurationAspectInput],
        *,
        name: str | None = None,
        select: str | None = None,
        timeout: float | None = None,
    ) -> t.GlobalPropertyConfiguration: ...
    async def global_property_configurations(
        self, ids: Ids, *, select: str | None = None, timeout: float | None = None
    ) -> list[t.GlobalPropertyConfiguration | None]: ...
    def global_property_configurations_feed(
        self, *, select: str | None = None, timeout: float | None = None
    ) -> Pages[t.GlobalPropertyConfiguration | None]: ...
    async def global_property_state(
        self, bundle_id: str, *, select: str | None = None, timeout: float | None = None
    ) -> t.GlobalPropertyState: ...
    async def global_property_state_create(
        self, bundle_id: str, *, select: str | None = None, timeout: float | None = None
    ) -> t.GlobalPropertyState: ...
    async def global_property_state_update(
        self,
        id: str,
        aspects: Sequence[t.GlobalPropertyStateAspectInput],
        *,
        select: str | None = None,
        timeout: float | None = None,
    ) -> t.GlobalPropertyState: ...
    async def global_property_template_create(
        self,
        global_property_configuration_id: str,
        aspects: Sequence[t.GlobalPropertyStateAspectInput],
        *,
        customer_id: str | None = None,
        select: str | None = None,
        timeout: float | None = None,
    ) -> t.GlobalPropertyTemplate: ...
    async def global_property_template_delete(self, id: str, *, timeout: float | None = None) -> bool: ...
    async def global_property_template_update(
        self,
        id: str,
        *,
        name: str | None = None,
        aspect_values: Sequence[t.GlobalPropertyStateAspectInput] | None = None,
        select: str | None = None,
        timeout: float | None = None,
    ) -> t.GlobalPropertyTemplate: ...
    def global_property_templates_feed(
        self,
        customer_id: str,
        *,
        global_property_configuration_id: str | None = None,
        page_size: int = 50,
        select: str | None = None,
        timeout: float | None = None,
    ) -> Pages[t.GlobalPropertyTemplate | None]: ...
    async def integration_product_from_external_ids(
        self,
        external_integration_id: str,
        external_product_id: str,
        *,
        select: str | None = None,
        timeout: float | None = None,
    ) -> t.IntegrationProduct: ...
    async def integration_products(
        self, ids: Ids, *, select: str | None = None, timeout: float | None = None
    ) -> list[t.IntegrationProduct | None]: ...
    async def integrations(
        self, ids: Ids, *, select: str | None = None, timeout: float | None = None
    ) -> list[t.Integration | None]: ...
    async def metafield_configuration_create(
        self,
        name: str,
        entity_type: str,
        metafield_type: str,
        *,
        description: str | None = None,
        select: str | None = None,
        timeout: float | None = None,
    ) -> t.MetafieldConfiguration: ...
    def metafield_configurations_feed(
        self, entity_type: str, *, select: str | None = None, timeout: float | None = None
    ) -> Pages[t.MetafieldConfiguration | None]: ...
    async def metafields(
        self, entity_id: str, *, select: str | None = None, timeout: float | None = None
    ) -> list[t.Metafield | None]: ...
    async def metafields_many(
        self, entity_ids: Ids, *, select: str | None = None, timeout: float | None = None
    ) -> list[t.Metafield | None]: ...
    async def options(
        self, ids: Ids, *, select: str | None = None, timeout: float | None = None
    ) -> list[t.Option | None]: ...
    async def order_create_simple_async(
        self,
        order_items: Sequence[t.OrderSimpleItemInput],
        *,
        bundle: t.OrderSimpleBundleInput | None = None,
        external_id: str | None = None,
        external_data: t.ExternalDataInput | None = None,
        paid: bool | None = None,
        select: str | None = None,
        timeout: float | None = None,
    ) -> t.Order: ...
    def order_statuses_feed(
        self, *, page_size: int = 50, select: str | None = None, timeout: float | None = None
    ) -> Pages[t.OrderStatus | None]: ...
    async def orders(
        self, ids: Ids, *, select: str | None = None, timeout: float | None = None
    ) -> list[t.Order | None]: ...
    async def organization_attach_to_bundle(
        self, bundle_id: str, organization_name: str, *, select: str | None = None, timeout: float | None = None
    ) -> t.Bundle: ...
    async def organization_attach_to_transaction(
        self, transaction_id: str, organization_name: str, *, select: str | None = None, timeout: float | None = None
    ) -> t.Transaction: ...
    async def process_execution_create(
        self,
        process_flow_id: str,
        inputs: Sequence[t.Terminal],
        *,
        select: str | None = None,
        timeout: float | None = None,
    ) -> t.ProcessExecution: ...
    async def process_executions(
        self, ids: Ids, *, select: str | None = None, timeout: float | None = None
    ) -> list[t.ProcessExecution | None]: ...
    def process_executions_feed(
        self, *, page_size: int = 50, select: str | None = None, timeout: float | None = None
    ) -> Pages[t.ProcessExecution | None]: ...
    def process_flow_contexts_feed(
        self, *, select: str | None = None, timeout: float | None = None
    ) -> Pages[t.ProcessFlowContext | None]: ...
    async def process_flows(
        self, ids: Ids, *, select: str | None = None, timeout: float | None = None
    ) -> list[t.ProcessFlow | None]: ...
    def process_flows_feed(
        self, *, page_size: int = 50, select: str | None = None, timeout: float | None = None
    ) -> Pages[t.ProcessFlow | None]: ...
    async def product_collections(
        self, ids: Ids, *, select: str | None = None, timeout: float | None = None
    ) -> list[t.ProductCollection | None]: ...
    async def products(
        self, ids: Ids, *, select: str | None = None, timeout: float | None = None
    ) -> list[t.Product | None]: ...
    def tags_feed(
        self, entity_id: str, *, select: str | None = None, timeout: float | None = None
    ) -> Pages[t.Tag | None]: ...
    async def tags_many(
        self, entity_ids: Ids, *, select: str | None = None, timeout: float | None = None
    ) -> list[t.Tag | None]: ...
    async def transaction_add_stakeholder(
        self,
        id: str,
        details: t.CustomerDetailsInput,
        type: str,
        *,
        select: str | None = None,
        timeout: float | None = None,
    ) -> t.Transaction: ...
    async def transaction_approve(self, id: str, *, note: str | None = None, timeout: float | None = None) -> bool: ...
    async def transaction_claim(
        self, id: str, *, select: str | None = None, timeout: float | None = None
    ) -> t.Transaction: ...
    async def transaction_confirm_workflow_states(
        self, transactions: Sequence[t.TransactionConfirmInput], *, timeout: float | None = None
    ) -> list[str | None]: ...
    async def transaction_create(
        self,
        *,
        integration_product_id: str | None = None,
        external_integration_id: str | None = None,
        external_product_id: str | None = None,
        bulk: bool | None = None,
        claim: bool | None = None,
        workflow_id: str | None = None,
        select: str | None = None,
        timeout: float | None = None,
    ) -> t.Transaction: ...
    async def transaction_create_many(
        self,
        inputs: Sequence[t.TransactionCreateInput],
        *,
        marketplace_theme_install_id: str | None = None,
        marketplace_theme_install_configuration_id: str | None = None,
        select: str | None = None,
        timeout: float | None = None,
    ) -> list[t.Transaction | None]: ...
    async def transaction_duplicate(
        self, id: str, *, template: bool | None = None, select: str | None = None, timeout: float | None = None
    ) -> t.Transaction: ...
    async def transaction_finalize_update(self, transaction_id: str, *, timeout: float | None = None) -> bool: ...
    async def transaction_reject(self, id: str, *, note: str | None = None, timeout: float | None = None) -> bool: ...
    async def transaction_update(
        self,
        id: str,
        *,
        workflow_id: str | None = None,
        design_name: str | None = None,
        workflow_state: Mapping[str, Any] | Sequence[Any] | str | None = None,
        quantity: int | None = None,
        select: str | None = None,
        timeout: float | None = None,
    ) -> t.Transaction: ...
    async def transaction_update_integration_product(
        self,
        id: str,
        *,
        integration_product_id: str | None = None,
        select: str | None = None,
        timeout: float | None = None,
    ) -> t.Transaction: ...
    async def transactions(
        self, ids: Ids, *, select: str | None = None, timeout: float | None = None
    ) -> list[t.Transaction | None]: ...
    async def transactions_add_stakeholder(
        self,
        ids: Ids,
        details: t.CustomerDetailsInput,
        type: str,
        *,
        select: str | None = None,
        timeout: float | None = None,
    ) -> list[t.Transaction | None]: ...
    async def workflows(
        self, ids: Ids, *, select: str | None = None, timeout: float | None = None
    ) -> list[t.Workflow | None]: ...
