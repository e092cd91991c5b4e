-- The person's own order of sources, for one metric or (with an empty name) for all that have none of their own.
create table device_data.source_order (
  user_id uuid not null,
  metric text not null,
  sources text[] not null,
  updated_at timestamptz not null,
  primary key (user_id, metric)
);

-- A sign-in at a maker belongs to the browser that began it: the digest of the cookie it was given.
delete from device_data.authorization_request;
alter table device_data.authorization_request add column browser_hash bytea not null;

-- Who a notice of a maker is about, and the digest of the address that only that maker was told.
alter table device_data.connection add column notice_hash bytea;
create unique index connection_notice on device_data.connection (notice_hash) where notice_hash is not null;
create index connection_external on device_data.connection (provider, external_user) where status = 'connected';

-- What the third version of the upload API says of a document: when it came, and whether it still holds.
alter table device_data.upload_document add column created_at timestamptz not null default now();
alter table device_data.upload_document add column is_valid boolean not null default true;
create index upload_document_history on device_data.upload_document (user_id, kind, modified_at, identifier);
