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
  [`alter table returns add column mode text`],
]
