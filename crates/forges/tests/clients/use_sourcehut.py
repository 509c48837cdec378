"""Drives the SourceHut forge with sourcehutx."""

import asyncio
import json
import sys

from sourcehut.client import SRHT_SERVICE, VISIBILITY, SrhtClient
from sourcehut.exceptions import SrhtClientError

given = json.load(sys.stdin)


class Client(SrhtClient):
    """All services are at one address here."""

    def get_endpoint(self, service):
        return f"{given['url']}/query"


async def main():
    async with Client("", given["token"]) as client:
        assert await client.whoami(SRHT_SERVICE.GIT) == "octocat"
        git = client.get_git_client()
        assert str(await git.version()) == "0.0.0"
        names = [it.name async for it in git.list_repositories(None, max_pages=None)]
        assert names == ["open", "secret"], names
        repository = await git.get_repository("octocat", "secret")
        assert repository.visibility.value == "PRIVATE" and repository.owner == "octocat"
        assert repository.HEAD == "main", repository.HEAD
        made = await git.create_repository("new", VISIBILITY.PRIVATE, "New")
        assert made.owner == "octocat" and made.visibility.value == "PRIVATE"
        try:
            await git.create_repository("new")
        except SrhtClientError as error:
            assert "already exists" in str(error.errors), error
        else:
            raise AssertionError("there are two of one name")
    async with Client("", given["ended"]) as client:
        try:
            await client.whoami(SRHT_SERVICE.META)
        except SrhtClientError as error:
            assert "Invalid or expired" in str(error.errors), error
        else:
            raise AssertionError("nothing was refused")
    print("done")


asyncio.run(main())
