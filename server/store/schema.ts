/**
 * Ordered migrations, applied once each at start-up; the version of a database is how many it has
 * seen. Only what SQLite and Postgres share: times are milliseconds in `bigint`, JSON is text.
 */
export const MIGRATIONS: readonly (readonly string[])[] = [
  [
    `create table sessions (
      id text primary key,
      subject text not null,
      workflow text not null,
      status text not null,
      url text not null,
      ret text not null,
      reference text,
      created_at bigint not null,
      changed_at bigint not null,
      version integer not null,
      event_at bigint not null,
      asked_at bigint not null,
      check_at bigint not null,
      lease_until bigint not null,
      missing_at bigint
    )`,
    `create index sessions_of_subject on sessions (subject, workflow, created_at)`,
    `create index sessions_to_check on sessions (check_at)`,
    `create table returns (
      ret text primary key,
      url text not null,
      created_at bigint not null
    )`,
    `create table inbox (
      id text primary key,
      session_id text not null,
      status text not null,
      covered integer not null,
      event_at bigint not null,
      hash text not null,
      received_at bigint not null,
      done_at bigint
    )`,
    `create index inbox_open on inbox (received_at) where done_at is null`,
    `create index inbox_of_session on inbox (session_id) where done_at is null`,
    `create table counters (
      name text not null,
      until bigint not null,
      amount integer not null,
      primary key (name, until)
    )`,
    `create table settings (
      name text primary key,
      value text not null
    )`,
  ],
  [
    `create table audit (
      id text primary key,
      at bigint not null,
      operator text not null,
      action text not null,
      session_id text,
      status_before text,
      status_after text,
      result text
    )`,
    `create index audit_by_time on audit (at)`,
    `create index audit_of_session on audit (session_id, at)`,
  ],
  [
    // When a session settled, so that retention finds it.
    `alter table sessions add column settled_at bigint`,
    `update sessions set settled_at = changed_at where missing_at is not null
       or status in ('Approved', 'Declined', 'Expired', 'Abandoned', 'Kyc Expired')`,
    `create index sessions_settled on sessions (settled_at) where settled_at is not null`,
    `create index sessions_open on sessions (check_at) where settled_at is null`,
    `create index sessions_leased on sessions (lease_until) where lease_until > 0`,

    // A way back is written down before Didit is asked for its session, and says for whom.
    `alter table returns add column session_id text`,
    `alter table returns add column subject text`,
    `alter table returns add column workflow text`,
    `alter table returns add column reference text`,
    `create index sessions_by_ret on sessions (ret)`,
    `update returns set session_id = (select max(id) from sessions where sessions.ret = returns.ret)`,
    `drop index sessions_by_ret`,
    `delete from returns where session_id is null`,
    `create index returns_of_session on returns (session_id)`,
    `create index returns_open on returns (created_at) where session_id is null`,

    // When a webhook is worked off by whoever comes; far away while its session is not known.
    `alter table inbox add column due_at bigint not null default 0`,
    `drop index inbox_open`,
    `create index inbox_due on inbox (due_at, received_at) where done_at is null`,
    `create index inbox_done on inbox (done_at) where done_at is not null`,
    `drop index inbox_of_session`,
    `create index inbox_of_session on inbox (session_id)`,

    `create table outbox (
      id text primary key,
      session_id text not null,
      version integer not null,
      event text not null,
      created_at bigint not null,
      due_at bigint not null,
      attempts integer not null,
      ended_at bigint,
      result text,
      error text
    )`,
    `create index outbox_due on outbox (due_at) where ended_at is null`,
    `create index outbox_of_session on outbox (session_id, version)`,
    `create index outbox_ended on outbox (result, ended_at) where ended_at is not null`,

    `create index audit_of_operator on audit (operator, at)`,
    `create index audit_open on audit (at) where result is null`,
    `create index counters_by_end on counters (until)`,
  ],
  // How the page shows a session: the way back closes a popup.
  [`alter table returns add column mode text`],
  [
    // A keyed digest of whom a session expects and how to reach them; null where it is from before.
    `alter table sessions add column details text`,
    `alter table returns add column details text`,
  ],
]
