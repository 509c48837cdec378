//! What the broker gives, in the words of the API. Nothing here can hold a secret.

use broker::CheckView;
use broker::CredentialView;
use broker::HostView;
use broker::LeaseView;
use broker::NotificationView;
use broker::ServiceView;
use domain::Timestamp;
use domain::id::MemberId;
use domain::resolve::Verdict;
use domain::role::Role;
use wire::Advice;
use wire::Channel;
use wire::Check;
use wire::Credential;
use wire::Host;
use wire::Lease;
use wire::Member;
use wire::Notification;
use wire::NotificationDelivery;
use wire::Organization;
use wire::Service;
use wire::StatusChange;
use wire::Why;
use wire::WhyCandidate;

/// An organization.
pub(crate) fn organization(found: broker::Organization) -> Organization {
    Organization {
        id: found.id.to_string(),
        slug: found.slug,
        name: found.name,
        delete_in_use_warns_only: found.delete_in_use_warns_only,
        requires_checks: found.requires_checks,
        allows_write_probes: found.allows_write_probes,
        value_age_days_max: found.value_age_days_max,
        created_at: found.created_at,
    }
}

/// A member.
pub(crate) fn member(
    id: MemberId,
    email: String,
    name: String,
    role: Role,
    created_at: Timestamp,
) -> Member {
    Member { id: id.to_string(), email, name, role, created_at }
}

/// A host.
pub(crate) fn host(view: HostView) -> Host {
    Host {
        id: view.host.id.to_string(),
        provider: view.host.provider.word().to_owned(),
        url: view.host.url.to_string(),
        has_ca: view.host.ca_pem.is_some(),
        gateway_url: view.gateway_url,
    }
}

/// A credential, without its secret.
pub(crate) fn credential(view: CredentialView) -> Credential {
    let CredentialView { credential, host, status, attention, versions, .. } = view;
    let repository = credential.repository.map(|path| host.repository_url(&path).to_string());
    Credential {
        id: credential.id.to_string(),
        handle: credential.handle,
        name: credential.name,
        description: credential.description,
        status: status.word().to_owned(),
        attention,
        provider: host.provider.word().to_owned(),
        host: host.url.to_string(),
        host_id: host.id.to_string(),
        workspace: credential.workspace,
        kind: credential.kind.word().to_owned(),
        username: credential.username,
        app_id: credential.app_id,
        installation_id: credential.installation_id,
        member_id: credential.member_id.map(|id| id.to_string()),
        repository,
        covers: credential.covers.iter().map(ToString::to_string).collect(),
        default: credential.is_default,
        expires_at: credential.expires_at,
        expiry_source: credential.expiry_source.word().to_owned(),
        version: credential.current_version,
        versions,
        services_count: view.services_count,
        last_checked_at: view.last_checked_at,
        created_by: credential.created_by,
        created_at: credential.created_at,
        updated_at: credential.updated_at,
        last_used_at: credential.last_used_at,
    }
}

/// A check.
pub(crate) fn check(view: CheckView) -> Check {
    let CheckView { credential: CredentialView { credential, status, .. }, report, history } = view;
    let history = history.into_iter().map(|it| StatusChange {
        at: it.at,
        status: it.status,
        reason: it.reason,
    });
    let advice =
        |it: domain::advice::Advice| Advice { code: it.code, sentence: it.sentence, link: it.link };
    let permissions = report.as_ref().map(|it| it.findings.summary()).unwrap_or_default();
    let checked_at = report.as_ref().map(|it| it.checked_at);
    let (findings, advised) =
        report.map_or((None, Vec::new()), |it| (Some(it.findings), it.advice));
    let mut check = Check {
        id: credential.id.to_string(),
        handle: credential.handle,
        status: status.word().to_owned(),
        verdict: None,
        said: None,
        checked_at,
        identity: None,
        token_kind: None,
        scopes: None,
        expires_at: credential.expires_at,
        expiry_source: credential.expiry_source.word().to_owned(),
        permissions,
        repositories: Vec::new(),
        advice: advised.into_iter().map(advice).collect(),
        history: history.collect(),
    };
    if let Some(findings) = findings {
        check.verdict = Some(findings.verdict.word().to_owned());
        check.said = findings.said;
        check.identity = findings.identity;
        check.token_kind = findings.token_kind;
        check.scopes = findings.scopes;
        check.repositories = findings.repositories;
    }
    check
}

/// A lease, without its token.
pub(crate) fn lease(view: LeaseView) -> Lease {
    let LeaseView { lease, repository, is_live } = view;
    Lease {
        id: lease.id.to_string(),
        repository,
        access: lease.access,
        refs: lease.refs.iter().map(|pattern| pattern.as_str().to_owned()).collect(),
        live: is_live,
        maker_id: lease.maker.to_string(),
        credential_id: lease.credential_id.to_string(),
        created_at: lease.created_at,
        expires_at: lease.expires_at,
        revoked_at: lease.revoked_at,
    }
}

/// A service.
pub(crate) fn service(service: ServiceView) -> Service {
    let name = service.path();
    let (repository, branch, credential) = match service.source {
        Some(source) => (Some(source.repository), source.branch, source.credential_id),
        None => (None, None, None),
    };
    let (values_repository, values_credential) = match service.values {
        Some(values) => (Some(values.repository), values.credential_id),
        None => (None, None),
    };
    Service {
        id: service.id.to_string(),
        name,
        kind: service.kind.word().to_owned(),
        repository,
        branch,
        credential_id: credential.map(|id| id.to_string()),
        values_repository,
        values_credential_id: values_credential.map(|id| id.to_string()),
        auto_deploy: service.auto_deploy,
        auto_preview: service.auto_preview,
    }
}

/// A channel, without its URL.
pub(crate) fn channel(channel: domain::notification::Channel) -> Channel {
    Channel {
        id: channel.id.to_string(),
        name: channel.name,
        kind: channel.kind.word().to_owned(),
        recipients: channel.recipients,
        address: channel.address,
        only: channel.only,
        days: channel.days.given().to_vec(),
        quiet_hours: channel.quiet_hours.map(|hours| hours.to_string()),
        enabled: channel.is_enabled,
        created_at: channel.created_at,
    }
}

/// A warning and how telling it went.
pub(crate) fn notification(view: NotificationView) -> Notification {
    let NotificationView { notice, deliveries } = view;
    Notification {
        id: notice.id.to_string(),
        kind: notice.kind.word().to_owned(),
        days: notice.kind.days(),
        credential_id: notice.credential_id.map(|id| id.to_string()),
        handle: notice.handle,
        sentence: notice.sentence,
        created_at: notice.at,
        deliveries: deliveries.into_iter().map(delivery).collect(),
    }
}

fn delivery(delivery: broker::Delivery) -> NotificationDelivery {
    let is_waiting = delivery.state == broker::DeliveryState::Waiting;
    NotificationDelivery {
        channel: delivery.channel,
        recipient: Some(delivery.recipient).filter(|recipient| !recipient.is_empty()),
        state: delivery.state.word().to_owned(),
        attempts: delivery.attempts,
        next_attempt_at: is_waiting.then_some(delivery.next_attempt_at),
        error: delivery.last_error,
        changed_at: delivery.changed_at,
    }
}

/// Which credential would serve, and why the others would not.
pub(crate) fn why(why: broker::Why) -> Why {
    let candidates = why.reasons.into_iter().map(|reason| WhyCandidate {
        id: reason.id.to_string(),
        handle: reason.handle,
        status: reason.status.word().to_owned(),
        covers: reason.covers,
        chosen: reason.verdict == Verdict::Chosen,
        reason: reason.verdict.sentence(),
    });
    Why { candidates: candidates.collect(), url: why.url, chosen: why.chosen, answer: why.answer }
}
