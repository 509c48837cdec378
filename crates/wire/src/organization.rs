//! Organizations, members, API tokens, hosts and services.

use domain::Timestamp;
use domain::role::Role;
use serde::Deserialize;
use serde::Serialize;

/// Who the caller is.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct WhoAmI {
    /// The organization's id.
    pub organization_id: String,
    /// The organization's slug.
    pub organization_slug: String,
    /// What kind of principal: `api_token`.
    pub actor_kind: String,
    /// Its id.
    pub actor_id: Option<String>,
    /// Its name.
    pub actor_name: String,
    /// Its role.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub role: Role,
}

/// An organization.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Organization {
    /// Its id.
    pub id: String,
    /// Its slug, unique.
    pub slug: String,
    /// Its name.
    pub name: String,
    /// Whether deleting a credential in use only warns.
    pub delete_in_use_warns_only: bool,
    /// Whether a credential that could not be checked is refused.
    pub requires_checks: bool,
    /// Whether harmless writes may be tried at a provider, to prove a right to write.
    pub allows_write_probes: bool,
    /// From which age in days a value is old; absent means 365.
    pub value_age_days_max: Option<i64>,
    /// When it was created.
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = DateTime))]
    pub created_at: Timestamp,
}

/// Changes an organization; absent fields stay as they are.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct UpdateOrganization {
    /// Its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Whether deleting a credential in use only warns.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delete_in_use_warns_only: Option<bool>,
    /// Whether a credential that could not be checked is refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub requires_checks: Option<bool>,
    /// Whether harmless writes may be tried at a provider, to prove a right to write.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub allows_write_probes: Option<bool>,
    /// From which age in days a value is old; 0 goes back to 365.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value_age_days_max: Option<u32>,
}

/// A member.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Member {
    /// Its id.
    pub id: String,
    /// E-mail address, unique in the organization.
    pub email: String,
    /// Name.
    pub name: String,
    /// Role.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub role: Role,
    /// When added.
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = DateTime))]
    pub created_at: Timestamp,
}

/// Adds a member.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct AddMember {
    /// E-mail address.
    pub email: String,
    /// Name.
    #[serde(default)]
    pub name: String,
    /// Role.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub role: Role,
}

/// Changes a member's role; their tokens beyond it stop working.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct UpdateMember {
    /// The new role.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub role: Role,
}

/// An API token, without its value.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ApiToken {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its role.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub role: Role,
    /// The member it belongs to, if any.
    pub member_id: Option<String>,
    /// When it was created.
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = DateTime))]
    pub created_at: Timestamp,
    /// When it ends, if ever.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, format = DateTime))]
    pub expires_at: Option<Timestamp>,
    /// When it was revoked.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, format = DateTime))]
    pub revoked_at: Option<Timestamp>,
}

/// Creates an API token.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct CreateApiToken {
    /// Its name.
    pub name: String,
    /// Its role; at most the creator's.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub role: Role,
    /// The member it belongs to; it never exceeds that member's role.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub member_id: Option<String>,
    /// When it ends.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, format = DateTime))]
    pub expires_at: Option<Timestamp>,
}

/// A created API token; the only time its value is shown.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CreatedApiToken {
    /// Its id.
    pub id: String,
    /// Its value.
    pub token: String,
}

/// An access key, without its secret half.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AccessKey {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its public half.
    pub access_key: String,
    /// Its role.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub role: Role,
    /// The member it belongs to, if any.
    pub member_id: Option<String>,
    /// When it was created.
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = DateTime))]
    pub created_at: Timestamp,
    /// When it was revoked.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, format = DateTime))]
    pub revoked_at: Option<Timestamp>,
}

/// Creates an access key.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct CreateAccessKey {
    /// Its name.
    pub name: String,
    /// Its role; at most the creator's, which it is when nothing is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub role: Option<Role>,
}

/// A created access key; the only time its secret half is shown.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CreatedAccessKey {
    /// Its id.
    pub id: String,
    /// Its public half.
    pub access_key: String,
    /// Its secret half.
    pub secret_key: String,
}

/// A registered Git host.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Host {
    /// Its id.
    pub id: String,
    /// Its provider's word.
    pub provider: String,
    /// Its web address.
    pub url: String,
    /// Whether it has a certificate authority of its own.
    pub has_ca: bool,
    /// Where git reaches it through the gateway: put in place of `url` in a remote.
    pub gateway_url: String,
}

/// Registers a host.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct AddHost {
    /// The provider's word.
    pub provider: String,
    /// Its web address.
    pub url: String,
    /// A certificate authority of its own, PEM.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ca_pem: Option<String>,
}

/// Changes a host. Its credentials wait for their secrets to be given again.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct UpdateHost {
    /// A new web address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// A new certificate authority, PEM; empty takes it away.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ca_pem: Option<String>,
}

/// A service built from a repository.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Service {
    /// Its id.
    pub id: String,
    /// Its name, as in `project/environment/name`.
    pub name: String,
    /// What it is: `application`, `cron`, `lifecycle`, `helm` or `terraform`.
    pub kind: String,
    /// The repository it is built from; absent if that is no Git repository.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub repository: Option<String>,
    /// The branch, if one was chosen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub branch: Option<String>,
    /// The credential it uses; absent if everybody, or its maker's own account, may read it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credential_id: Option<String>,
    /// A second repository, with the values of a Helm chart.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub values_repository: Option<String>,
    /// The credential it uses for that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub values_credential_id: Option<String>,
    /// Whether a push deploys it.
    pub auto_deploy: bool,
    /// Whether a pull request gets an environment of its own.
    pub auto_preview: bool,
}

/// Binds a service to a credential.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct AddService {
    /// Its name.
    pub name: String,
    /// The repository it is built from.
    pub repository: String,
    /// The credential it uses: an id, a handle or a unique name.
    pub credential: String,
}

/// Changes a service; absent fields stay as they are. A credential has to serve the repository.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct UpdateService {
    /// The credential it uses: an id, a handle or a unique name; empty takes it away.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credential: Option<String>,
    /// The same for the values of a Helm chart.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub values_credential: Option<String>,
    /// The branch; empty means the repository's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub branch: Option<String>,
}
