/** Whose files they are, for the port. */
export const AREA = 'device-data'
export const IMPORT_JOB = 'run-import'
/** Counted up whenever files are read in another way: what was counted in batches before is counted anew. */
export const READER_VERSION = 4
