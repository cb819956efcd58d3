"""What the methods of _operations.py are made of: feeds that are read page by page, and the members that are given."""


class Pages:
    """The items of a feed, read page by page: iterate it, with AsyncSpiff by `async for`. None stands where the platform shows
    none. Each iteration begins anew. A platform that shows a page again ends it with an UnexpectedReply."""

    __slots__ = ("_client", "_members", "_operation", "_timeout")

    def __init__(self, client, operation, members, timeout):
        self._client = client
        self._operation = operation
        self._members = kept(members)  # a page is asked for later
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


def kept(input):
    """A copy of an input, down to what cannot change: what its owner does with it later is no matter of ours. What cannot be an
    input is left as it is, and refused when it is read."""
    from collections.abc import Mapping

    copies = {}  # by id, with what was copied, which keeps its id; a list may hold itself, or another one many times

    def copy(value, depth):
        if depth == 64 or not isinstance(value, dict | list | tuple | Mapping):
            return value
        if id(value) not in copies:
            made = [] if isinstance(value, list | tuple) else {}
            copies[id(value)] = value, made
            if isinstance(made, list):
                made.extend(copy(item, depth + 1) for item in value)
            else:
                made.update((name, copy(item, depth + 1)) for name, item in value.items())
        return copies[id(value)][1]

    return copy(input, 0)
