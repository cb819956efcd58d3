"""The named operations of Spiff's model: each hands its arguments to run(). Spiff and AsyncSpiff have them alike, because
what run() answers, a value or an awaitable, is what they answer.

Generated from schema/spiff.graphql and schema/operations/ by `make generate`.
"""

from ._pages import Pages, given


class SpiffOperations:
    """What Spiff offers besides orders.

    Answers are the platform's own, as dicts and lists; every member may be missing or None. None is not given. select asks for
    other fields than the default: names and braces, such as "id product { id name }"; it is checked before anything is sent.
    timeout: seconds for this call instead of the option's. docs/spiff-model.md has every type and operation.
    """

    __slots__ = ()

    def address_attach_to_bundle(
        self,
        bundle_id,
        *,
        street_address=None,
        apartment=None,
        city=None,
        country=None,
        state=None,
        post_code=None,
        select=None,
        timeout=None,
    ):
        """Attaches an address to a bundle. Unverified: known from a first-party client alone.

        bundle_id: Id of the bundle.
        street_address: Street and number.
        apartment: Apartment.
        city: Town or city.
        country: Country.
        state: State or province.
        post_code: Postal code.
        select: fields of Bundle
        """
        members = given(
            bundleId=bundle_id,
            streetAddress=street_address,
            apartment=apartment,
            city=city,
            country=country,
            state=state,
            postCode=post_code,
            select=select,
        )
        return self.run("address_attach_to_bundle", members, timeout=timeout)

    def address_attach_to_transaction(
        self,
        transaction_id,
        *,
        street_address=None,
        apartment=None,
        city=None,
        country=None,
        state=None,
        post_code=None,
        select=None,
        timeout=None,
    ):
        """Attaches an address to a transaction. Unverified: known from a first-party client alone.

        transaction_id: Id of the transaction.
        street_address: Street and number.
        apartment: Apartment.
        city: Town or city.
        country: Country.
        state: State or province.
        post_code: Postal code.
        select: fields of Transaction
        """
        members = given(
            transactionId=transaction_id,
            streetAddress=street_address,
            apartment=apartment,
            city=city,
            country=country,
            state=state,
            postCode=post_code,
            select=select,
        )
        return self.run("address_attach_to_transaction", members, timeout=timeout)

    def bundle_add_stakeholder(self, id, details, type, *, select=None, timeout=None):
        """Lets a customer take part in a bundle. Unverified: known from a first-party client alone.

        id: Id of the bundle.
        details: Who it is.
        type: Kind of part: Owner, Approver, Editor, Viewer, or another.
        select: fields of Bundle
        """
        members = given(id=id, details=details, type=type, select=select)
        return self.run("bundle_add_stakeholder", members, timeout=timeout)

    def bundle_add_transaction(self, id, transaction_id, *, select=None, timeout=None):
        """Puts a transaction into a bundle. Unverified: known from a first-party client alone.

        id: Id of the bundle.
        transaction_id: Id of the transaction.
        select: fields of Bundle
        """
        members = given(id=id, transactionId=transaction_id, select=select)
        return self.run("bundle_add_transaction", members, timeout=timeout)

    def bundle_add_transactions(self, id, transaction_ids, *, transaction_owner_ids=None, select=None, timeout=None):
        """Puts transactions into a bundle. Unverified: known from a first-party client alone.

        id: Id of the bundle.
        transaction_ids: Ids of the transactions.
        transaction_owner_ids: Owner ids that let the caller change them. Treat them as secrets.
        select: fields of Bundle
        """
        members = given(id=id, transactionIds=transaction_ids, transactionOwnerIds=transaction_owner_ids, select=select)
        return self.run("bundle_add_transactions", members, timeout=timeout)

    def bundle_approve(self, id, *, note=None, stakeholder_id=None, timeout=None):
        """Approves a bundle. Unverified: known from a first-party client alone.

        id: Id of the bundle.
        note: A note on it.
        stakeholder_id: Id of the stakeholder who approves.
        """
        return self.run("bundle_approve", given(id=id, note=note, stakeholderId=stakeholder_id), timeout=timeout)

    def bundle_assign_product_collection(self, id, collection_id, *, select=None, timeout=None):
        """Assigns a product collection to a bundle. Unverified: known from a first-party client alone.

        id: Id of the bundle.
        collection_id: Id of the collection.
        select: fields of Bundle
        """
        members = given(id=id, collectionId=collection_id, select=select)
        return self.run("bundle_assign_product_collection", members, timeout=timeout)

    def bundle_create(
        self,
        *,
        collection_id=None,
        metadata=None,
        marketplace_theme_install_id=None,
        marketplace_theme_install_configuration_id=None,
        activation_id=None,
        test=None,
        select=None,
        timeout=None,
    ):
        """Makes a bundle. Unverified: known from a first-party client alone.

        collection_id: Id of the product collection it is made from.
        metadata: Keys and values to keep with it.
        marketplace_theme_install_id: Id of an installed theme.
        marketplace_theme_install_configuration_id: Id of the theme's configuration.
        activation_id: Id of an activation.
        test: Whether it is a test, left out of reports and bills.
        select: fields of Bundle
        """
        members = given(
            collectionId=collection_id,
            metadata=metadata,
            marketplaceThemeInstallId=marketplace_theme_install_id,
            marketplaceThemeInstallConfigurationId=marketplace_theme_install_configuration_id,
            activationId=activation_id,
            test=test,
            select=select,
        )
        return self.run("bundle_create", members, timeout=timeout)

    def bundle_delete(self, id, *, timeout=None):
        """Deletes a bundle. Unverified: known from a first-party client alone.

        id: Id of the bundle.
        """
        return self.run("bundle_delete", given(id=id), timeout=timeout)

    def bundle_duplicate(
        self,
        id,
        *,
        template=None,
        marketplace_theme_install_id=None,
        marketplace_theme_install_configuration_id=None,
        duplicate_transactions=None,
        test=None,
        select=None,
        timeout=None,
    ):
        """Copies a bundle. Unverified: known from a first-party client alone.

        id: Id of the bundle.
        template: Whether the copy is a template.
        marketplace_theme_install_id: Id of an installed theme.
        marketplace_theme_install_configuration_id: Id of the theme's configuration.
        duplicate_transactions: Whether its transactions are copied too.
        test: Whether the copy is a test.
        select: fields of Bundle
        """
        members = given(
            id=id,
            template=template,
            marketplaceThemeInstallId=marketplace_theme_install_id,
            marketplaceThemeInstallConfigurationId=marketplace_theme_install_configuration_id,
            duplicateTransactions=duplicate_transactions,
            test=test,
            select=select,
        )
        return self.run("bundle_duplicate", members, timeout=timeout)

    def bundle_email_share_page_link(
        self, bundle_id, email, *, first_name=None, last_name=None, select=None, timeout=None
    ):
        """Sends the link to a bundle by email. Unverified: known from a first-party client alone.

        bundle_id: Id of the bundle.
        email: Email address it goes to.
        first_name: First name of whoever receives it.
        last_name: Last name of whoever receives it.
        select: fields of Bundle
        """
        members = given(bundleId=bundle_id, email=email, firstName=first_name, lastName=last_name, select=select)
        return self.run("bundle_email_share_page_link", members, timeout=timeout)

    def bundle_finalize_update(self, bundle_id, *, timeout=None):
        """Ends a change of a bundle. Unverified: known from a first-party client alone.

        bundle_id: Id of the bundle.
        """
        return self.run("bundle_finalize_update", given(bundleId=bundle_id), timeout=timeout)

    def bundle_generate_quote_id(self, id, *, select=None, timeout=None):
        """Makes a quote id for a bundle. Unverified: known from a first-party client alone.

        id: Id of the bundle.
        select: fields of Bundle
        """
        return self.run("bundle_generate_quote_id", given(id=id, select=select), timeout=timeout)

    def bundle_reject(self, id, *, note=None, stakeholder_id=None, timeout=None):
        """Rejects a bundle. Unverified: known from a first-party client alone.

        id: Id of the bundle.
        note: A note on it.
        stakeholder_id: Id of the stakeholder who rejects.
        """
        return self.run("bundle_reject", given(id=id, note=note, stakeholderId=stakeholder_id), timeout=timeout)

    def bundle_remove_stakeholder(self, id, email_address, *, select=None, timeout=None):
        """Ends a customer's part in a bundle. Unverified: known from a first-party client alone.

        id: Id of the bundle.
        email_address: Email address of the customer.
        select: fields of Bundle
        """
        members = given(id=id, emailAddress=email_address, select=select)
        return self.run("bundle_remove_stakeholder", members, timeout=timeout)

    def bundle_remove_transaction(self, id, transaction_id, *, select=None, timeout=None):
        """Takes a transaction out of a bundle. Unverified: known from a first-party client alone.

        id: Id of the bundle.
        transaction_id: Id of the transaction.
        select: fields of Bundle
        """
        members = given(id=id, transactionId=transaction_id, select=select)
        return self.run("bundle_remove_transaction", members, timeout=timeout)

    def bundle_remove_transactions(self, id, transaction_ids, *, select=None, timeout=None):
        """Takes transactions out of a bundle. Unverified: known from a first-party client alone.

        id: Id of the bundle.
        transaction_ids: Ids of the transactions.
        select: fields of Bundle
        """
        members = given(id=id, transactionIds=transaction_ids, select=select)
        return self.run("bundle_remove_transactions", members, timeout=timeout)

    def bundle_update(
        self,
        id,
        *,
        name=None,
        metadata=None,
        bundle_state_data=None,
        dispatch_date=None,
        purchase_order=None,
        global_property_configuration_id=None,
        select=None,
        timeout=None,
    ):
        """Changes a bundle. Unverified: known from a first-party client alone.

        id: Id of the bundle.
        name: Its new name.
        metadata: Keys and values to keep with it.
        bundle_state_data: What the experience in the browser keeps with it, as JSON text. A dict or list is written as
        JSON.
        dispatch_date: When it is to be dispatched.
        purchase_order: Purchase order it refers to.
        global_property_configuration_id: Id of the global properties that apply to it.
        select: fields of Bundle
        """
        members = given(
            id=id,
            name=name,
            metadata=metadata,
            bundleStateData=bundle_state_data,
            dispatchDate=dispatch_date,
            purchaseOrder=purchase_order,
            globalPropertyConfigurationId=global_property_configuration_id,
            select=select,
        )
        return self.run("bundle_update", members, timeout=timeout)

    def bundle_update_stakeholders(self, id, input, *, select=None, timeout=None):
        """Says who takes part in a bundle from now on. Unverified: known from a first-party client alone.

        id: Id of the bundle.
        input: Everyone who takes part.
        select: fields of Bundle
        """
        return self.run("bundle_update_stakeholders", given(id=id, input=input, select=select), timeout=timeout)

    def bundle_update_transaction_order(self, id, transaction_ids, *, select=None, timeout=None):
        """Puts the transactions of a bundle into this order. Unverified: known from a first-party client alone.

        id: Id of the bundle.
        transaction_ids: Ids of the transactions, first to last.
        select: fields of Bundle
        """
        members = given(id=id, transactionIds=transaction_ids, select=select)
        return self.run("bundle_update_transaction_order", members, timeout=timeout)

    def bundles(self, ids, *, select=None, timeout=None):
        """Bundles by their ids. Unverified: known from a first-party client alone. The answer is aligned with the ids,
        None where the platform shows none. Any number of ids.

        ids: Ids of bundles.
        select: fields of Bundle
        """
        return self.run("bundles", given(ids=ids, select=select), timeout=timeout)

    def conversion_configuration(self, id, *, select=None, timeout=None):
        """What consumers are asked for, by its id. Unverified: known from a first-party client alone.

        id: Id of the configuration.
        select: fields of ConversionConfiguration
        """
        return self.run("conversion_configuration", given(id=id, select=select), timeout=timeout)

    def currency_conversion(self, from_, to, *, select=None, timeout=None):
        """The rate between two currencies. Unverified: known from a first-party client alone.

        from_: Currency to convert from, as three letters.
        to: Currency to convert to, as three letters.
        select: fields of CurrencyConversion
        """
        return self.run("currency_conversion", given(from_=from_, to=to, select=select), timeout=timeout)

    def current_integration(self, *, select=None, timeout=None):
        """The integration that the credentials belong to. Unverified: known from a first-party client alone.

        select: fields of Integration
        """
        return self.run("current_integration", given(select=select), timeout=timeout)

    def customer(self, email_address, *, select=None, timeout=None):
        """The customer with an email address. Unverified: known from a first-party client alone.

        email_address: Email address.
        select: fields of Customer
        """
        return self.run("customer", given(emailAddress=email_address, select=select), timeout=timeout)

    def customer_authenticate(self, login_token, *, select=None, timeout=None):
        """Logs a customer in by a token. Unverified: known from a first-party client alone.

        login_token: The token. Treat it as a secret.
        select: fields of Customer
        """
        return self.run("customer_authenticate", given(loginToken=login_token, select=select), timeout=timeout)

    def customer_bundles_feed(
        self, id, *, template=None, template_status=None, ordered=None, page_size=50, select=None, timeout=None
    ):
        """Bundles of a customer, by pages. Unverified: known from a first-party client alone. Read page by page while
        it is iterated.

        id: Id of the customer.
        template: Only templates, or none.
        template_status: Only templates in this state.
        ordered: Only ordered ones, or none.
        select: fields of Bundle
        """
        members = given(
            id=id, template=template, templateStatus=template_status, ordered=ordered, limit=page_size, select=select
        )
        return Pages(self, "customer_bundles_feed", members, timeout)

    def customer_create(self, details, *, select=None, timeout=None):
        """Makes a customer. Unverified: known from a first-party client alone.

        details: Who it is.
        select: fields of Customer
        """
        return self.run("customer_create", given(details=details, select=select), timeout=timeout)

    def customer_generate_verification_code(self, email_address, *, timeout=None):
        """Sends a customer a code to log in with. Unverified: known from a first-party client alone.

        email_address: Email address of the customer.
        """
        return self.run("customer_generate_verification_code", given(emailAddress=email_address), timeout=timeout)

    def customer_transactions_feed(
        self, id, *, start_date=None, end_date=None, quicksearch=None, page_size=50, select=None, timeout=None
    ):
        """Transactions of a customer, by pages. Unverified: known from a first-party client alone. Read page by page
        while it is iterated.

        id: Id of the customer.
        start_date: Only those made since then.
        end_date: Only those made until then.
        quicksearch: Only those that match this text.
        select: fields of Transaction
        """
        members = given(
            id=id, startDate=start_date, endDate=end_date, quicksearch=quicksearch, limit=page_size, select=select
        )
        return Pages(self, "customer_transactions_feed", members, timeout)

    def customer_verify_code(self, email_address, verification_code, *, select=None, timeout=None):
        """Logs a customer in by a code. Unverified: known from a first-party client alone.

        email_address: Email address of the customer.
        verification_code: The code. Treat it as a secret.
        select: fields of Customer
        """
        members = given(emailAddress=email_address, verificationCode=verification_code, select=select)
        return self.run("customer_verify_code", members, timeout=timeout)

    def customers(self, ids, *, select=None, timeout=None):
        """Customers by their ids. The answer is aligned with the ids, None where the platform shows none. Any number of
        ids.

        ids: Ids of customers.
        select: fields of Customer
        """
        return self.run("customers", given(ids=ids, select=select), timeout=timeout)

    def global_property_configuration_create(self, *, select=None, timeout=None):
        """Makes an empty global property configuration.

        select: fields of GlobalPropertyConfiguration
        """
        return self.run("global_property_configuration_create", given(select=select), timeout=timeout)

    def global_property_configuration_update(self, id, aspects, *, name=None, select=None, timeout=None):
        """Changes a global property configuration.

        id: Id of the configuration.
        aspects: All its choices from now on.
        name: Its new name.
        select: fields of GlobalPropertyConfiguration
        """
        members = given(id=id, aspects=aspects, name=name, select=select)
        return self.run("global_property_configuration_update", members, timeout=timeout)

    def global_property_configurations(self, ids, *, select=None, timeout=None):
        """Global property configurations by their ids. The answer is aligned with the ids, None where the platform
        shows none. Any number of ids.

        ids: Ids of configurations.
        select: fields of GlobalPropertyConfiguration
        """
        return self.run("global_property_configurations", given(ids=ids, select=select), timeout=timeout)

    def global_property_configurations_feed(self, *, select=None, timeout=None):
        """All global property configurations.

        select: fields of GlobalPropertyConfiguration
        """
        return Pages(self, "global_property_configurations_feed", given(select=select), timeout)

    def global_property_state(self, bundle_id, *, select=None, timeout=None):
        """What was chosen for the global properties of a bundle. The reference prints another type for its argument,
        which seems to be a slip.

        bundle_id: Id of the bundle.
        select: fields of GlobalPropertyState
        """
        return self.run("global_property_state", given(bundleId=bundle_id, select=select), timeout=timeout)

    def global_property_state_create(self, bundle_id, *, select=None, timeout=None):
        """Begins to record choices for global properties.

        bundle_id: Id of the bundle they are for.
        select: fields of GlobalPropertyState
        """
        return self.run("global_property_state_create", given(bundleId=bundle_id, select=select), timeout=timeout)

    def global_property_state_update(self, id, aspects, *, select=None, timeout=None):
        """Records choices for global properties. The reference prints an undefined type for aspects; first-party
        clients use this one.

        id: Id of the state.
        aspects: The choices.
        select: fields of GlobalPropertyState
        """
        return self.run("global_property_state_update", given(id=id, aspects=aspects, select=select), timeout=timeout)

    def global_property_template_create(
        self, global_property_configuration_id, aspects, *, customer_id=None, select=None, timeout=None
    ):
        """Makes a template. Unverified: known from a first-party client alone.

        global_property_configuration_id: Id of the configuration it makes choices for.
        aspects: The choices.
        customer_id: Id of the customer it is for.
        select: fields of GlobalPropertyTemplate
        """
        members = given(
            globalPropertyConfigurationId=global_property_configuration_id,
            aspects=aspects,
            customerId=customer_id,
            select=select,
        )
        return self.run("global_property_template_create", members, timeout=timeout)

    def global_property_template_delete(self, id, *, timeout=None):
        """Deletes a template. Unverified: known from a first-party client alone.

        id: Id of the template.
        """
        return self.run("global_property_template_delete", given(id=id), timeout=timeout)

    def global_property_template_update(self, id, *, name=None, aspect_values=None, select=None, timeout=None):
        """Changes a template. Unverified: known from a first-party client alone.

        id: Id of the template.
        name: Its new name.
        aspect_values: The choices.
        select: fields of GlobalPropertyTemplate
        """
        members = given(id=id, name=name, aspectValues=aspect_values, select=select)
        return self.run("global_property_template_update", members, timeout=timeout)

    def global_property_templates_feed(
        self, customer_id, *, global_property_configuration_id=None, page_size=50, select=None, timeout=None
    ):
        """Templates of a customer, by pages. Unverified: known from a first-party client alone. Read page by page while
        it is iterated.

        customer_id: Id of the customer.
        global_property_configuration_id: Only those of this configuration.
        select: fields of GlobalPropertyTemplate
        """
        members = given(
            customerId=customer_id,
            globalPropertyConfigurationId=global_property_configuration_id,
            limit=page_size,
            select=select,
        )
        return Pages(self, "global_property_templates_feed", members, timeout)

    def integration_product_from_external_ids(
        self, external_integration_id, external_product_id, *, select=None, timeout=None
    ):
        """The integration product for a product of a shop. Unverified: known from a first-party client alone.

        external_integration_id: What identifies the shop at its own platform.
        external_product_id: Id of the product in the shop.
        select: fields of IntegrationProduct
        """
        members = given(
            externalIntegrationId=external_integration_id, externalProductId=external_product_id, select=select
        )
        return self.run("integration_product_from_external_ids", members, timeout=timeout)

    def integration_products(self, ids, *, select=None, timeout=None):
        """Integration products by their ids. Unverified: known from a first-party client alone. The answer is aligned
        with the ids, None where the platform shows none. Any number of ids.

        ids: Ids of integration products.
        select: fields of IntegrationProduct
        """
        return self.run("integration_products", given(ids=ids, select=select), timeout=timeout)

    def integrations(self, ids, *, select=None, timeout=None):
        """Integrations by their ids. The answer is aligned with the ids, None where the platform shows none. Any number
        of ids.

        ids: Ids of integrations.
        select: fields of Integration
        """
        return self.run("integrations", given(ids=ids, select=select), timeout=timeout)

    def metafield_configuration_create(
        self, name, entity_type, metafield_type, *, description=None, select=None, timeout=None
    ):
        """Makes a metafield configuration.

        name: Name of its metafields.
        entity_type: Kind of thing it attaches to: Asset, Integration, Product, Variant, or another.
        metafield_type: Kind of value it holds. Unverified: inferred, seen nowhere.
        description: What they are for. Unverified: inferred, seen nowhere.
        select: fields of MetafieldConfiguration
        """
        members = given(
            name=name, entityType=entity_type, metafieldType=metafield_type, description=description, select=select
        )
        return self.run("metafield_configuration_create", members, timeout=timeout)

    def metafield_configurations_feed(self, entity_type, *, select=None, timeout=None):
        """All metafield configurations for one kind of thing.

        entity_type: Kind of thing: Asset, Integration, Product, Variant, or another. The argument's name is not printed
        anywhere. Unverified: inferred, seen nowhere.
        select: fields of MetafieldConfiguration
        """
        return Pages(self, "metafield_configurations_feed", given(entityType=entity_type, select=select), timeout)

    def metafields(self, entity_id, *, select=None, timeout=None):
        """Metafields of one thing. Unverified: known from a first-party client alone.

        entity_id: Id of the thing.
        select: fields of Metafield
        """
        return self.run("metafields", given(entityId=entity_id, select=select), timeout=timeout)

    def metafields_many(self, entity_ids, *, select=None, timeout=None):
        """Metafields of several things, in one list; each says what it is attached to. Unverified: known from a
        first-party client alone. Any number of them.

        entity_ids: Ids of the things.
        select: fields of Metafield
        """
        return self.run("metafields_many", given(entityIds=entity_ids, select=select), timeout=timeout)

    def options(self, ids, *, select=None, timeout=None):
        """Options by their ids. Unverified: known from a first-party client alone. The answer is aligned with the ids,
        None where the platform shows none. Any number of ids.

        ids: Ids of options.
        select: fields of Option
        """
        return self.run("options", given(ids=ids, select=select), timeout=timeout)

    def order_create_simple_async(
        self, order_items, *, bundle=None, external_id=None, external_data=None, paid=None, select=None, timeout=None
    ):
        """Makes designs and places an order for them in one step. Its arguments, its answer and how its end is told are
        not public. Unverified: known from an official example alone.

        order_items: What to order. Unverified: inferred, seen nowhere.
        bundle: Bundle to make for the items. Unverified: inferred, seen nowhere.
        external_id: The shop's id of the order. Unverified: inferred, seen nowhere.
        external_data: What the shop knows about it. Unverified: inferred, seen nowhere.
        paid: Whether it was paid. Unverified: inferred, seen nowhere.
        select: fields of Order
        """
        members = given(
            orderItems=order_items,
            bundle=bundle,
            externalId=external_id,
            externalData=external_data,
            paid=paid,
            select=select,
        )
        return self.run("order_create_simple_async", members, timeout=timeout)

    def order_statuses_feed(self, *, page_size=50, select=None, timeout=None):
        """Order statuses, by pages. Unverified: inferred, seen nowhere. Read page by page while it is iterated.

        select: fields of OrderStatus
        """
        return Pages(self, "order_statuses_feed", given(limit=page_size, select=select), timeout)

    def orders(self, ids, *, select=None, timeout=None):
        """Orders by their ids. Unverified: known from an official example alone. The answer is aligned with the ids,
        None where the platform shows none. Any number of ids.

        ids: Ids of orders.
        select: fields of Order
        """
        return self.run("orders", given(ids=ids, select=select), timeout=timeout)

    def organization_attach_to_bundle(self, bundle_id, organization_name, *, select=None, timeout=None):
        """Attaches an organisation to a bundle. Unverified: known from a first-party client alone.

        bundle_id: Id of the bundle.
        organization_name: Name of the organisation.
        select: fields of Bundle
        """
        members = given(bundleId=bundle_id, organizationName=organization_name, select=select)
        return self.run("organization_attach_to_bundle", members, timeout=timeout)

    def organization_attach_to_transaction(self, transaction_id, organization_name, *, select=None, timeout=None):
        """Attaches an organisation to a transaction. Unverified: known from a first-party client alone.

        transaction_id: Id of the transaction.
        organization_name: Name of the organisation.
        select: fields of Transaction
        """
        members = given(transactionId=transaction_id, organizationName=organization_name, select=select)
        return self.run("organization_attach_to_transaction", members, timeout=timeout)

    def process_execution_create(self, process_flow_id, inputs, *, select=None, timeout=None):
        """Starts a run of a flow. Unverified: known from a first-party client alone.

        process_flow_id: Id of the flow.
        inputs: What each start terminal is given: {"text": …}, {"type": "Transaction", "id": …}, a list of these, or
        JSON text.
        select: fields of ProcessExecution
        """
        members = given(processFlowId=process_flow_id, inputs=inputs, select=select)
        return self.run("process_execution_create", members, timeout=timeout)

    def process_executions(self, ids, *, select=None, timeout=None):
        """Runs of flows by their ids. Unverified: known from a first-party client alone. The answer is aligned with the
        ids, None where the platform shows none. Any number of ids.

        ids: Ids of runs.
        select: fields of ProcessExecution
        """
        return self.run("process_executions", given(ids=ids, select=select), timeout=timeout)

    def process_executions_feed(self, *, page_size=50, select=None, timeout=None):
        """Runs of flows, by pages. Unverified: inferred, seen nowhere. Read page by page while it is iterated.

        select: fields of ProcessExecution
        """
        return Pages(self, "process_executions_feed", given(limit=page_size, select=select), timeout)

    def process_flow_contexts_feed(self, *, select=None, timeout=None):
        """All flow contexts. Unverified: inferred, seen nowhere.

        select: fields of ProcessFlowContext
        """
        return Pages(self, "process_flow_contexts_feed", given(select=select), timeout)

    def process_flows(self, ids, *, select=None, timeout=None):
        """Flows by their ids. Unverified: inferred, seen nowhere. The answer is aligned with the ids, None where the
        platform shows none. Any number of ids.

        ids: Ids of flows.
        select: fields of ProcessFlow
        """
        return self.run("process_flows", given(ids=ids, select=select), timeout=timeout)

    def process_flows_feed(self, *, page_size=50, select=None, timeout=None):
        """Flows, by pages. Unverified: inferred, seen nowhere. Read page by page while it is iterated.

        select: fields of ProcessFlow
        """
        return Pages(self, "process_flows_feed", given(limit=page_size, select=select), timeout)

    def product_collections(self, ids, *, select=None, timeout=None):
        """Product collections by their ids. Unverified: known from a first-party client alone. The answer is aligned
        with the ids, None where the platform shows none. Any number of ids.

        ids: Ids of collections.
        select: fields of ProductCollection
        """
        return self.run("product_collections", given(ids=ids, select=select), timeout=timeout)

    def products(self, ids, *, select=None, timeout=None):
        """Products by their ids. Unverified: inferred, seen nowhere. The answer is aligned with the ids, None where the
        platform shows none. Any number of ids.

        ids: Ids of products.
        select: fields of Product
        """
        return self.run("products", given(ids=ids, select=select), timeout=timeout)

    def tags_feed(self, entity_id, *, select=None, timeout=None):
        """All tags of one thing. Unverified: inferred, seen nowhere.

        entity_id: Id of the thing.
        select: fields of Tag
        """
        return Pages(self, "tags_feed", given(entityId=entity_id, select=select), timeout)

    def tags_many(self, entity_ids, *, select=None, timeout=None):
        """Tags of several things, in one list; each says what it is attached to. Unverified: known from a first-party
        client alone. Any number of them.

        entity_ids: Ids of the things.
        select: fields of Tag
        """
        return self.run("tags_many", given(entityIds=entity_ids, select=select), timeout=timeout)

    def transaction_add_stakeholder(self, id, details, type, *, select=None, timeout=None):
        """Lets a customer take part in a transaction. Unverified: known from a first-party client alone.

        id: Id of the transaction.
        details: Who it is.
        type: Kind of part: Owner, Approver, Editor, Viewer, or another.
        select: fields of Transaction
        """
        members = given(id=id, details=details, type=type, select=select)
        return self.run("transaction_add_stakeholder", members, timeout=timeout)

    def transaction_approve(self, id, *, note=None, timeout=None):
        """Approves a transaction. Unverified: known from a first-party client alone.

        id: Id of the transaction.
        note: A note on it.
        """
        return self.run("transaction_approve", given(id=id, note=note), timeout=timeout)

    def transaction_claim(self, id, *, select=None, timeout=None):
        """Makes the caller the owner of a transaction. Unverified: known from a first-party client alone.

        id: Id of the transaction.
        select: fields of Transaction
        """
        return self.run("transaction_claim", given(id=id, select=select), timeout=timeout)

    def transaction_confirm_workflow_states(self, transactions, *, timeout=None):
        """Compares workflow states with the stored ones and answers the ids that differ. Unverified: known from a
        first-party client alone. Any number of them.

        transactions: States to compare.
        """
        return self.run("transaction_confirm_workflow_states", given(transactions=transactions), timeout=timeout)

    def transaction_create(
        self,
        *,
        integration_product_id=None,
        external_integration_id=None,
        external_product_id=None,
        bulk=None,
        claim=None,
        workflow_id=None,
        select=None,
        timeout=None,
    ):
        """Makes a transaction. Name the product by an integration product, or by the two external ids. Unverified:
        known from a first-party client alone.

        integration_product_id: Id of the integration product.
        external_integration_id: What identifies the shop at its own platform.
        external_product_id: Id of the product in the shop.
        bulk: Whether it is a bulk design.
        claim: Whether the caller becomes its owner.
        workflow_id: Id of the workflow.
        select: fields of Transaction
        """
        members = given(
            integrationProductId=integration_product_id,
            externalIntegrationId=external_integration_id,
            externalProductId=external_product_id,
            bulk=bulk,
            claim=claim,
            workflowId=workflow_id,
            select=select,
        )
        return self.run("transaction_create", members, timeout=timeout)

    def transaction_create_many(
        self,
        inputs,
        *,
        marketplace_theme_install_id=None,
        marketplace_theme_install_configuration_id=None,
        select=None,
        timeout=None,
    ):
        """Makes several transactions. Unverified: known from a first-party client alone. At most 50 at once.

        inputs: The transactions.
        marketplace_theme_install_id: Id of an installed theme.
        marketplace_theme_install_configuration_id: Id of the theme's configuration.
        select: fields of Transaction
        """
        members = given(
            inputs=inputs,
            marketplaceThemeInstallId=marketplace_theme_install_id,
            marketplaceThemeInstallConfigurationId=marketplace_theme_install_configuration_id,
            select=select,
        )
        return self.run("transaction_create_many", members, timeout=timeout)

    def transaction_duplicate(self, id, *, template=None, select=None, timeout=None):
        """Copies a transaction. Unverified: known from a first-party client alone.

        id: Id of the transaction.
        template: Whether the copy is a template.
        select: fields of Transaction
        """
        return self.run("transaction_duplicate", given(id=id, template=template, select=select), timeout=timeout)

    def transaction_finalize_update(self, transaction_id, *, timeout=None):
        """Ends a change of a transaction. Unverified: known from a first-party client alone.

        transaction_id: Id of the transaction.
        """
        return self.run("transaction_finalize_update", given(transactionId=transaction_id), timeout=timeout)

    def transaction_reject(self, id, *, note=None, timeout=None):
        """Rejects a transaction. Unverified: known from a first-party client alone.

        id: Id of the transaction.
        note: A note on it.
        """
        return self.run("transaction_reject", given(id=id, note=note), timeout=timeout)

    def transaction_update(
        self, id, *, workflow_id=None, design_name=None, workflow_state=None, quantity=None, select=None, timeout=None
    ):
        """Changes a transaction. Unverified: known from an official example alone.

        id: Id of the transaction.
        workflow_id: Id of its new workflow.
        design_name: New name of the design. Unverified: known from a first-party client alone.
        workflow_state: New state of the design, as JSON text. Unverified: known from a first-party client alone. A dict
        or list is written as JSON.
        quantity: How many. Unverified: known from a first-party client alone.
        select: fields of Transaction
        """
        members = given(
            id=id,
            workflowId=workflow_id,
            designName=design_name,
            workflowState=workflow_state,
            quantity=quantity,
            select=select,
        )
        return self.run("transaction_update", members, timeout=timeout)

    def transaction_update_integration_product(self, id, *, integration_product_id=None, select=None, timeout=None):
        """Gives a transaction another integration product. Unverified: known from a first-party client alone.

        id: Id of the transaction.
        integration_product_id: Id of the integration product.
        select: fields of Transaction
        """
        members = given(id=id, integrationProductId=integration_product_id, select=select)
        return self.run("transaction_update_integration_product", members, timeout=timeout)

    def transactions(self, ids, *, select=None, timeout=None):
        """Transactions by their ids. Unverified: known from a first-party client alone. The answer is aligned with the
        ids, None where the platform shows none. Any number of ids.

        ids: Ids of transactions.
        select: fields of Transaction
        """
        return self.run("transactions", given(ids=ids, select=select), timeout=timeout)

    def transactions_add_stakeholder(self, ids, details, type, *, select=None, timeout=None):
        """Lets a customer take part in several transactions. Unverified: known from a first-party client alone.

        ids: Ids of the transactions.
        details: Who it is.
        type: Kind of part: Owner, Approver, Editor, Viewer, or another.
        select: fields of Transaction
        """
        members = given(ids=ids, details=details, type=type, select=select)
        return self.run("transactions_add_stakeholder", members, timeout=timeout)

    def workflows(self, ids, *, select=None, timeout=None):
        """Workflows by their ids. Unverified: known from a first-party client alone. The answer is aligned with the
        ids, None where the platform shows none. Any number of ids.

        ids: Ids of workflows.
        select: fields of Workflow
        """
        return self.run("workflows", given(ids=ids, select=select), timeout=timeout)


# The same at run time; type checkers see awaitables: _operations.pyi.
AsyncSpiffOperations = SpiffOperations
