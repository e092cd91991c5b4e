-- Whoever asks to leave while a request waits already is given a code of their own; it reads the same certificate.
create table consent_audit.erasure_code (
  code_hash bytea primary key,
  certificate_id uuid not null references consent_audit.erasure_certificate (id) on delete cascade
);
create index erasure_code_certificate on consent_audit.erasure_code (certificate_id);
