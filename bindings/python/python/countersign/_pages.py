"""What the methods of _operations.py are made of: feeds that are read page by page, and the members that are given."""


class Pages:
    """The items of a feed, read page by page: iterate it, with AsyncSpiff by `async for`. None stands where the platform shows
    none. Each iteration begins anew. A platform that shows a page again ends it with an UnexpectedReply."""

    __slots__ = ("_client", "_members", "_operation", "_timeout")

    def __init__(self, client, operation, members, timeout):
        self._client = client
        self._operation = operation
        self._members = members
        self._timeout = timeout

    def _page(self, before):
        members = self._members
        if before is not None:
            members = {**members, "offset": before["next"], "mark": before.get("mark")}
        return self._client.run(self._operation, members, timeout=self._timeout)

    def __iter__(self):
        page = self._page(None)
        yield from page["items"]
        while page["next"] is not None:
            page = self._page(page)
            yield from page["items"]

    async def __aiter__(self):
        page = await self._page(None)
        for item in page["items"]:
            yield item
        while page["next"] is not None:
            page = await self._page(page)
            for item in page["items"]:
                yield item


def given(**members):
    """What is not None. A name that is a word of Python ends in an underscore."""
    return {name.rstrip("_"): value for name, value in members.items() if value is not None}
