"""Checks every answer that a client of this process gets against a published OpenAPI description.

A client that works shows that a forge answers what the client reads; the description shows that
the rest is as it should be too. What a description does not say (headers, who may what) is not
looked at here.
"""

import json
import re
from urllib.parse import quote

import httpx
import requests.adapters
from openapi_schema_validator import OAS30Validator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT4


class Description:
    """The operations of a description, and which of them were seen to hold."""

    def __init__(self, path, prefix, undescribed=(), mistakes=(), is_loose=False):
        with open(path, encoding="utf-8") as file:
            self.document = json.load(file)
        resource = Resource(contents=self.document, specification=DRAFT4)
        self.registry = Registry().with_resource("urn:description", resource)
        self.is_old = "swagger" in self.document
        # Whether more than what is described may be there, and nothing in its place: the
        # description forbids it, and the provider does so all the same.
        self.is_loose = is_loose
        self.prefix = prefix
        self.undescribed = undescribed
        self.mistakes = mistakes
        self.checked = set()
        self.faults = set()
        self.routes = sorted(
            ((re.compile(self.pattern(path) + "$"), path) for path in self.document["paths"]),
            # Fewer names first, so that /user/repos is not taken for /user/{name}.
            key=lambda route: route[1].count("{"),
        )

    @staticmethod
    def pattern(path):
        # Some names may hold slashes: the path of a file, the name of a branch.
        path = re.sub(r"/\{path\}$", "(?:/.*)?", path)
        path = re.sub(r"\{(path|ref|branch|filepath|name)\}$", "(.*)", path)
        return re.sub(r"\{[^}]+\}", "([^/]+)", path)

    def at(self, where):
        """What stands at a place of the description; none if nothing does."""
        found = self.document
        for part in where:
            found = found.get(part) if found else None
        return found

    def check(self, method, url, status, body):
        """Notes whether the answer is as described. An operation must be described at all."""
        path = url.split("?")[0].split(self.prefix, 1)[1].rstrip("/") or "/"
        if path.startswith(self.undescribed):
            return
        template = next((path_ for regex, path_ in self.routes if regex.match(path)), path)
        operation = self.document["paths"].get(template, {}).get(method.lower())
        if operation is None:
            self.faults.add(f"{method} {template} is not described")
            return
        where = ["paths", template, method.lower(), "responses", str(status)]
        answer = operation["responses"].get(str(status))
        if answer and "$ref" in answer:
            where = answer["$ref"].split("/")[1:]
            answer = self.at(where)
        # Refusals are described for few operations, and only in their usual shape.
        if answer is None:
            if status < 300:
                self.faults.add(f"{method} {template} must not answer {status}")
            return
        if self.is_old:
            where += ["schema"]
        else:
            where += ["content", "application/json", "schema"]
        if self.at(where) is None:
            return
        pointer = "/".join(part.replace("~", "~0").replace("/", "~1") for part in where)
        schema = {"$ref": f"urn:description#/{quote(pointer)}"}
        value = json.loads(body)
        # The older form cannot say that a value may be null.
        value = without_nulls(value) if self.is_old or self.is_loose else value
        errors = list(OAS30Validator(schema, registry=self.registry).iter_errors(value))
        if self.is_loose:
            errors = [it for it in errors if it.validator != "additionalProperties"]
        # Of alternatives, what is wrong with each; that several are right is no fault.
        errors = [it for it in errors if it.validator != "oneOf" or it.context]
        errors += [inner for error in errors for inner in error.context or []]
        for it in errors:
            place = "/".join(map(str, it.absolute_path))
            fault = f"{method} {template} {status} {place}: {it.message[-200:]}"
            if not fault.startswith(self.mistakes):
                self.faults.add(fault)
        self.checked.add(f"{method} {template} {status}")

    def verdict(self, least):
        """Fails if an answer was not as described, or if too few were looked at."""
        assert not self.faults, "\n".join(sorted(self.faults))
        assert len(self.checked) >= least, sorted(self.checked)
        print(f"{len(self.checked)} answers are as described")

    def watch(self):
        """From now on looks at every answer below its prefix that comes through `requests`."""
        send = requests.adapters.HTTPAdapter.send

        def watching(adapter, request, **options):
            response = send(adapter, request, **options)
            if self.prefix in request.url and not options.get("stream"):
                is_json = "json" in response.headers.get("content-type", "")
                if is_json and "raw" not in request.headers.get("accept", ""):
                    self.check(request.method, request.url, response.status_code, response.content)
            return response

        requests.adapters.HTTPAdapter.send = watching
        send_otherwise = httpx.Client.send

        def watching_otherwise(client, request, **options):
            response = send_otherwise(client, request, **options)
            if self.prefix in str(request.url) and "json" in response.headers.get("content-type", ""):
                self.check(request.method, str(request.url), response.status_code, response.content)
            return response

        httpx.Client.send = watching_otherwise


def without_nulls(value):
    """The same without what is null in objects."""
    if isinstance(value, dict):
        return {key: without_nulls(it) for key, it in value.items() if it is not None}
    return [without_nulls(it) for it in value] if isinstance(value, list) else value


def refused(kind, work):
    """Runs what must be refused with this exception, and answers the exception."""
    try:
        work()
    except kind as error:
        return error
    raise AssertionError(f"{kind.__name__} was not raised")
