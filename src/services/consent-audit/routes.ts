import type { StreamHandler } from '../../kernel/service.ts'
import { downloadExport } from './handlers/myData.ts'
import { openLink, openLinkWithPasscode } from './handlers/sharePage.ts'

export const routes: Readonly<Record<string, StreamHandler>> = { openLink, openLinkWithPasscode, downloadExport }
