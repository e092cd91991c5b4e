-- How a subscription is told: by a request to its endpoint, or over the WebSockets that are bound to it.
alter table fhir.subscription add column channel text not null default 'rest-hook'
  check (channel in ('rest-hook', 'websocket'));
