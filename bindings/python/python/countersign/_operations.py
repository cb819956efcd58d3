"""The named operations of Spiff's model: each hands its arguments to run(). Spiff and AsyncSpiff have them alike, because
what run() answers, a value or an awaitable, is what they answer."""


class SpiffOperations:
    __slots__ = ()

    def orders(self, ids, *, timeout=None):
        """Orders by their ids: a list aligned with the ids, None where there is none. Any number of ids.

        Raises an Error of kind missing_data if there is none at all.
        """
        return self.run("orders", {"ids": ids}, timeout=timeout)

    def transactions(self, ids, *, timeout=None):
        """Transactions (designs) by their ids, as orders()."""
        return self.run("transactions", {"ids": ids}, timeout=timeout)

    def bundles(self, ids, *, timeout=None):
        """Bundles with their transactions by their ids, as orders()."""
        return self.run("bundles", {"ids": ids}, timeout=timeout)

    def current_integration(self, *, timeout=None):
        """The integration that the credentials belong to."""
        return self.run("current_integration", timeout=timeout)


# The same at run time; type checkers see awaitables: _operations.pyi.
AsyncSpiffOperations = SpiffOperations
