/** The server settings of the built-in database: small, durable, silent about people. Sizes and times in PostgreSQL units. */
export const EMBEDDED_SETTINGS: Readonly<Record<string, string>> = {
  cluster_name: 'salus',
  // A split platform of many services opens up to nine connections a service; an unused one costs next to nothing.
  max_connections: '200',
  shared_buffers: '32MB',
  // One machine, no replicas: the log only has to bring this server back.
  wal_level: 'minimal',
  max_wal_senders: '0',
  max_wal_size: '128MB',
  min_wal_size: '32MB',
  // Every extra process costs memory that a small instance does not have.
  io_method: 'sync',
  max_worker_processes: '0',
  max_parallel_workers: '0',
  max_parallel_workers_per_gather: '0',
  max_parallel_maintenance_workers: '0',
  max_logical_replication_workers: '0',
  autovacuum_max_workers: '1',
  autovacuum_worker_slots: '1',
  jit: 'off',
  huge_pages: 'off',
  // A runaway query must fill neither the processor nor the disk.
  statement_timeout: '30s',
  temp_file_limit: '1GB',
  timezone: 'UTC',
  log_timezone: 'UTC',
  // Messages of failed statements quote the values of a row: they go to the caller, never into the file.
  log_min_messages: 'log',
  log_min_error_statement: 'panic',
  log_error_verbosity: 'terse',
  log_parameter_max_length_on_error: '0',
  log_checkpoints: 'off',
  log_line_prefix: '%m [%p] ',
}
