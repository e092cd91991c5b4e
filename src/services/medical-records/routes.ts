import type { StreamHandler } from '../../kernel/service.ts'
import { downloadDocument } from './handlers/documents/download.ts'
import { uploadDocument } from './handlers/documents/upload.ts'

export const routes: Readonly<Record<string, StreamHandler>> = { uploadDocument, downloadDocument }
