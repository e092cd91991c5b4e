/** The data of an event about a document. */
export function announcementOf(
  type: string,
  userId: string,
  document: { readonly id: string; readonly document_type: string; readonly status: string },
  now: Date,
  values = 0,
) {
  return {
    event_type: type,
    event_timestamp: now.toISOString(),
    source: 'medical-records' as const,
    user_id: userId,
    data: { document_id: document.id, document_type: document.document_type, status: document.status, values },
    extra_metadata: {},
  }
}
