// The formats of strings, which the SDK's types leave out: those of the published description, for
// the answers that the contract names (shared contract of this surface, §1). A name that the SDK does
// not have fails the checker's own test.

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const MOMENT = /^(\d{4}-\d\d-\d\d)T([01]\d|2[0-3]):[0-5]\d:([0-5]\d|60)(\.\d+)?(Z|[+-]\d\d:\d\d)$/;

/** Whether a text is of a format. */
export const FORMATS = {
  uuid: (text) => UUID.test(text),
  date: isDay,
  // As Go reads it: RFC 3339, with a zone.
  "date-time": (text) => isDay(MOMENT.exec(text)?.[1]),
  uri: (text) => /^[a-z][a-z0-9+.-]*:\S+$/i.test(text) && URL.canParse(text),
  email: (text) => /^[^\s@]+@[^\s@]+$/.test(text),
};

function isDay(text) {
  if (!/^\d{4}-\d\d-\d\d$/.test(text ?? "")) return false;
  const day = new Date(`${text}T00:00:00Z`);
  // February 30 is read as March 2.
  return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(text);
}

const base = { id: "uuid", created_at: "date-time", updated_at: "date-time" };
const service = { ...base, icon_uri: "uri" };

/** Type, property, format. */
export const FORMAT_OF = {
  AccountInfo: { id: "uuid", created_at: "date-time" },
  Application: service,
  ApplicationGitRepository: { url: "uri", deployed_commit_date: "date-time" },
  Commit: { created_at: "date-time" },
  CronJobResponse: service,
  Environment: { ...base, cluster_id: "uuid", last_updated_by: "uuid", expires_at: "date-time" },
  EnvironmentDeploymentRule: { ...base, start_time: "date-time", stop_time: "date-time" },
  GitTokenAssociatedServiceResponse: { project_id: "uuid", environment_id: "uuid", service_id: "uuid" },
  GitTokenResponse: { ...base, expired_at: "date", git_api_url: "uri" },
  HelmResponse: { ...service, blueprint_id: "uuid" },
  InviteMember: { ...base, email: "email", invitation_link: "uri", logo_url: "uri", role_id: "uuid" },
  LifecycleJobResponse: service,
  Member: {
    ...base,
    email: "email",
    profile_picture_url: "uri",
    last_activity_at: "date-time",
    role_id: "uuid",
  },
  Organization: { ...base, owner: "uuid" },
  OrganizationApiToken: { ...base, role_id: "uuid" },
  OrganizationApiTokenCreate: { ...base, role_id: "uuid" },
  OrganizationAvailableRole: { id: "uuid" },
  OrganizationEventResponse: {
    id: "uuid",
    timestamp: "date-time",
    target_id: "uuid",
    project_id: "uuid",
    environment_id: "uuid",
  },
  OrganizationEventResponseListLinks: { previous: "uri", next: "uri" },
  Project: base,
  ReferenceObject: { id: "uuid" },
  TerraformResponse: { ...service, blueprint_id: "uuid" },
};
