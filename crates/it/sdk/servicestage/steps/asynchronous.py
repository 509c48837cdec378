"""The same requests, sent by the asynchronous client (§3.3)."""

import base64

from huaweicloudsdkcore.exceptions.exceptions import ServiceResponseException
from huaweicloudsdkservicestage import v2

from report import step


def waiting(call):
    """An operation of the asynchronous client, waited for."""
    return lambda request: call(request).result()


@step("asynchronous.journey")
def journey(t):
    w = t.world
    client = w.build(client=v2.ServiceStageAsyncClient)
    name = w.name("async")
    w.forget(name)
    request = w.personal("github", name, w["GITHUB_TOKEN"])
    made = w.call("§1.1 create", waiting(client.create_personal_auth_async), request)
    t.equal("§1.1 name", made.authorization.name, name)
    everything = v2.ListAuthorizationsRequest()
    listed = w.call("§1.1 list", waiting(client.list_authorizations_async), everything)
    t.ok("§1.1 it is listed", name in [it.name for it in listed.authorizations], name)
    given = {"x_repo_auth": name, "namespace": "acme", "project": "app"}
    request = v2.ListBranchesRequest(**given)
    found = w.call("§1.2 branches", waiting(client.list_branches_async), request)
    t.equal("§1.2 branches", sorted(found.branches), ["feature/one", "main"])
    request = v2.ShowContentRequest(**given, path="src:app:start.sh", ref="main")
    found = w.call("§1.3 show", waiting(client.show_content_async), request)
    t.equal("§1.3 content", base64.b64decode(found.content), b"#!/bin/sh\necho started\n")
    tag = w.name("async")
    body = v2.TagCreate(name=tag, description="A tag")
    request = v2.CreateTagRequest(**given, ref="main", body=body)
    made = w.call("§1.2 create a tag", waiting(client.create_tag_async), request)
    t.equal("§1.2 its name", made.name, tag)
    request = v2.DeleteTagRequest(**given, tag_name=tag)
    w.call("§1.2 delete a tag", waiting(client.delete_tag_async), request, 204)
    request = v2.DeleteAuthorizeRequest(name=name)
    w.call("§1.1 delete", waiting(client.delete_authorize_async), request, 204)
    again = waiting(client.delete_authorize_async)
    w.refused("§5.1 and gone", 400, "SVCSTG.REPO.0450", again, request)


@step("asynchronous.refused")
def refused(t):
    w = t.world
    client = w.build(w.credentials(sk=w["SK"][::-1]), client=v2.ServiceStageAsyncClient)
    call = waiting(client.list_authorizations_async)
    w.refused("§1.5 another secret", 401, "APIGW.0301", call, v2.ListAuthorizationsRequest())


@step("asynchronous.many-at-once")
def many_at_once(t):
    w = t.world
    client = w.build(client=v2.ServiceStageAsyncClient)
    name = w.name("once")
    w.forget(name)
    request = w.personal("github", name, w["GITHUB_TOKEN"])
    # Signed in one second these requests are one and the same, as a replay is.
    asked = [client.create_personal_auth_async(request) for _ in range(10)]
    outcomes = []
    for it in asked:
        try:
            outcomes.append(it.result().status_code)
        except ServiceResponseException as error:
            outcomes.append(error.error_code)
    t.equal("one is stored", outcomes.count(200), 1)
    others = {it for it in outcomes if it != 200}
    t.ok("§1.4 the others are refused", others <= {"SVCSTG.REPO.0403", "APIGW.0301"}, outcomes)
    t.equal("and listed once", [it for it in w.listed() if it == name], [name])
