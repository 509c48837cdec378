"""The project: which organization is meant (§1.0, §3.3)."""

import os
import uuid

from huaweicloudsdkcore.exceptions.exceptions import SdkException
from huaweicloudsdkservicestage import v2
from huaweicloudsdkservicestage.v2.region.servicestage_region import ServiceStageRegion

from report import step

EVERYTHING = v2.ListAuthorizationsRequest()
REGION = "cn-north-4"
# The SDK remembers a key's project in a region: strangers come from another one.
ELSEWHERE = "cn-north-1"
ENDPOINT = "HUAWEICLOUD_SDK_REGION_SERVICESTAGE_CN_NORTH_4"
KEYS = ["HUAWEICLOUD_SDK_AK", "HUAWEICLOUD_SDK_SK", "HUAWEICLOUD_SDK_PROJECT_ID"]


def known(t, **given):
    """Tells the SDK by its environment, and takes it back at the end."""
    before = {name: os.environ.get(name) for name in given}
    os.environ.update(given)

    def restore():
        for name, value in before.items():
            os.environ.pop(name) if value is None else os.environ.update({name: value})

    t.later(restore)


@step("project.spellings")
def spellings(t):
    w = t.world
    plain = uuid.UUID(w["PROJECT"])
    for spelling in [str(plain), plain.hex]:
        client = w.build(w.credentials(project=spelling))
        w.listed(client.list_authorizations, f"design §3 {spelling}")


@step("project.missing")
def missing(t):
    w = t.world
    client = w.build(w.credentials(project=""))
    error = w.refused("§3.3 none", 400, "SVCSTG.REPO.0400", client.list_authorizations, EVERYTHING)
    said = error.error_msg if error else ""
    t.ok("§3.3 it helps", "project id" in said, said)


@step("project.wrong", "FOREIGN_PROJECT")
def wrong(t):
    w = t.world
    said = set()
    for project in [w["FOREIGN_PROJECT"], str(uuid.uuid4()), "nobody"]:
        client = w.build(w.credentials(project=project))
        call = client.list_authorizations
        error = w.refused(f"invariant 7: {project}", 404, "APIGW.0101", call, EVERYTHING)
        said.add(error.error_msg if error else "")
    t.equal("invariant 7: foreign and absent look the same", len(said), 1)
    name = w.name("foreign")
    request = w.personal("github", name, w["GITHUB_TOKEN"])
    client = w.build(w.credentials(project=w["FOREIGN_PROJECT"]))
    call = client.create_personal_auth
    w.refused("invariant 7: nothing is made", 404, "APIGW.0101", call, request)
    t.ok("nor here", name not in w.listed(), name)


@step("project.learnt-from-iam")
def learnt_from_iam(t):
    w = t.world
    known(t, HUAWEICLOUD_SDK_IAM_ENDPOINT=w["BASE"], **{ENDPOINT: w["BASE"]})
    builder = v2.ServiceStageClient.new_builder().with_http_handler(w.handler())
    builder = builder.with_credentials(w.credentials(project=""))
    client = builder.with_region(ServiceStageRegion.value_of(REGION)).build()
    w.listed(client.list_authorizations, "§3.3 the first call asks for the project")
    path = f"/v1/{uuid.UUID(w['PROJECT']).hex}/git/auths"
    t.ok("§3.3 it was learnt", path in w.last.request.url.replace("-", ""), w.last.request.url)


@step("project.strangers-learn-nothing")
def strangers_learn_nothing(t):
    w = t.world
    endpoint = ENDPOINT.replace("NORTH_4", "NORTH_1")
    known(t, HUAWEICLOUD_SDK_IAM_ENDPOINT=w["BASE"], **{endpoint: w["BASE"]})
    builder = v2.ServiceStageClient.new_builder().with_http_handler(w.handler())
    builder = builder.with_credentials(w.credentials(sk=w["SK"][::-1], project=""))
    try:
        builder.with_region(ServiceStageRegion.value_of(ELSEWHERE)).build()
    except SdkException:
        t.equal("§3.3 a bad signature", w.last.status_code, 401)
        return
    t.ok("§3.3 a bad signature is refused", False, w.last.text)


@step("project.of-the-environment")
def of_the_environment(t):
    w = t.world
    values = [w["AK"], w["SK"], w["PROJECT"]]
    known(t, **dict(zip(KEYS, values)), **{ENDPOINT: w["BASE"]})
    builder = v2.ServiceStageClient.new_builder().with_http_handler(w.handler())
    client = builder.with_region(ServiceStageRegion.value_of(REGION)).build()
    w.listed(client.list_authorizations, "§3.3 without a line of code")
