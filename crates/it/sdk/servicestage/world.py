"""The server under trial, and the official SDK pointed at it."""

import itertools
import re

from huaweicloudsdkcore.auth.credentials import BasicCredentials
from huaweicloudsdkcore.exceptions.exceptions import ServiceResponseException
from huaweicloudsdkcore.http.http_config import HttpConfig
from huaweicloudsdkcore.http.http_handler import HttpHandler
from huaweicloudsdkservicestage import v2

from report import Ended

# What a request id looks like, whoever made it.
REQUEST_ID = re.compile(r"^[\x21-\x7e]{8,128}$")
# §1.1: the fields of an authorization, and what they are.
AUTHORIZATION = {
    "name": str,
    "repo_type": str,
    "repo_host": str,
    "repo_home": str,
    "repo_user": str,
    "avartar": str,
    "token_type": str,
    "create_time": int,
    "update_time": int,
    "status": int,
}
# A run of steps that takes longer than this hangs, in seconds.
PATIENCE = (10, 60)


class World:
    """Makes clients, and keeps what the server answered last, as it came."""

    def __init__(self, environment):
        self.environment = environment
        self.numbers = itertools.count(1)
        self.configs = []
        self.last = None
        self.trial = None
        self.client = self.build()

    def __getitem__(self, name):
        return self.environment[name]

    def credentials(self, ak=None, sk=None, project=None):
        """The key of the environment, or what is given."""
        project = self["PROJECT"] if project is None else project
        return BasicCredentials(ak or self["AK"], sk or self["SK"], project or None)

    def build(self, credentials=None, client=v2.ServiceStageClient, **options):
        """A client, or another kind of it."""
        config = HttpConfig(timeout=PATIENCE, **options)
        self.configs.append(config)
        builder = client.new_builder().with_http_config(config)
        builder = builder.with_credentials(credentials or self.credentials())
        return builder.with_endpoint(self["BASE"]).with_http_handler(self.handler()).build()

    def handler(self):
        """Lets us see answers as they came: the SDK takes a wrong shape for an empty one."""

        def keep(**given):
            self.last = given["response"]

        return HttpHandler().add_response_handler(keep)

    def name(self, word):
        """A name that nobody has yet."""
        return f"{word}-{next(self.numbers)}"

    def body(self):
        """The body that came last, as JSON."""
        return self.last.json()

    # What every step does.

    def differ(self):
        """Signs the next request as no other: what is sent twice within a second is a replay."""
        for config in self.configs:
            config.user_agent = f"trial/{next(self.numbers)}"

    def call(self, sentence, call, request, status=200):
        """An operation that succeeds, and all there is to say of its answer."""
        self.differ()
        try:
            answer = call(request)
        except ServiceResponseException as error:
            self.trial.ok(f"{sentence}: expected {status}", False, str(error))
            raise Ended from error
        self.success(sentence, status)
        return answer

    def success(self, sentence, status=200):
        """What every good answer has."""
        t = self.trial
        t.equal(f"{sentence}: the status", self.last.status_code, status)
        request_id = self.last.headers.get("X-Request-Id", "")
        t.ok(f"design §6 {sentence}: X-Request-Id", REQUEST_ID.match(request_id), request_id)
        if status == 204:
            t.equal(f"§1.0 {sentence}: no body", self.last.content, b"")
        else:
            kind = self.last.headers.get("Content-Type", "")
            t.ok(f"{sentence}: JSON", kind.startswith("application/json"), kind)

    def refused(self, sentence, status, code, call, request):
        """An operation that is refused so, as the SDK tells it."""
        return self.refused_like(sentence, status, re.escape(code), call, request)

    def refused_like(self, sentence, status, pattern, call, request):
        """The same with a code of this pattern."""
        t = self.trial
        self.differ()
        try:
            answer = call(request)
        except ServiceResponseException as error:
            got = f"{error.status_code} {error.error_code}"
            is_so = re.fullmatch(f"{status} {pattern}", got)
            t.ok(f"{sentence}: expected {status} {pattern}", is_so, f"{got} {error.error_msg}")
            header = self.last.headers.get("X-Request-Id", "")
            t.ok(f"§1.5 {sentence}: request_id", REQUEST_ID.match(header), header)
            t.equal(f"§1.5 {sentence}: request_id is the header", error.request_id, header)
            said = error.error_msg
            t.ok(f"§1.5 {sentence}: error_msg", isinstance(said, str) and len(said) > 10, said)
            fields = sorted(self.body())
            t.equal(f"§1.5 {sentence}: the fields", fields, ["error_code", "error_msg"])
            return error
        t.ok(f"{sentence}: expected a refusal", False, repr(answer))
        return None

    # Authorizations.

    def personal(self, repo_type, name, token, host=None):
        """A request for an authorization by a token."""
        body = v2.AccessToken(name=name, token=token, host=host)
        return v2.CreatePersonalAuthRequest(repo_type=repo_type, body=body)

    def password(self, repo_type, name, user, password):
        """A request for an authorization by a password."""
        body = v2.AccessPassword(name=name, user=user, password=password)
        return v2.CreatePasswordAuthRequest(repo_type=repo_type, body=body)

    def listed(self, call=None, sentence="§1.1 list"):
        """Every authorization, as the SDK reads it, by name; asked for in another way, if one is given."""
        request = v2.ListAuthorizationsRequest()
        answer = self.call(sentence, call or self.client.list_authorizations, request)
        t = self.trial
        t.equal("§1.1 the fields of the list", sorted(self.body()), ["authorizations", "count"])
        if not t.equal("§1.1 count", answer.count, len(answer.authorizations or [])):
            raise Ended
        return {it.name: it for it in answer.authorizations}

    def delete(self, name):
        """Deletes an authorization."""
        request = v2.DeleteAuthorizeRequest(name=name)
        return self.call("§1.1 delete", self.client.delete_authorize, request, 204)

    def forget(self, name):
        """Deletes it at the end, if it is still there."""

        def work():
            self.differ()
            try:
                self.client.delete_authorize(v2.DeleteAuthorizeRequest(name=name))
            except ServiceResponseException as error:
                code = error.error_code
                self.trial.equal("put away", code, "SVCSTG.REPO.0450")

        self.trial.later(work)

    def stored(self, provider, word="used"):
        """The name of a new authorization at this provider; it is gone after the step."""
        name = self.name(f"{word}-{provider}")
        host = self.environment.get(f"{provider.upper()}_URL")
        if provider == "bitbucket":
            given = (self["BITBUCKET_USER"], self["BITBUCKET_PASSWORD"])
            request, call = self.password(provider, name, *given), self.client.create_password_auth
        else:
            token = self[f"{provider.upper()}_TOKEN"]
            request = self.personal(provider, name, token, host)
            call = self.client.create_personal_auth
        self.forget(name)
        self.call(f"§1.1 {provider} is stored", call, request)
        return name

    def whole(self, sentence, item, more=()):
        """An authorization as JSON has all fields of its kind, and no other."""
        t = self.trial
        wanted = sorted([*AUTHORIZATION, *more])
        t.equal(f"§1.1 {sentence}: the fields", sorted(item), wanted)
        for field, kind in AUTHORIZATION.items():
            t.ok(f"§1.1 {sentence}: {field}", type(item.get(field)) is kind, item.get(field))
