import type { StreamHandler } from '../../kernel/service.ts'
import { openCard, printCard } from './handlers/cardPages.ts'
import { readDirectFile, readFile, readManifest } from './handlers/manifest.ts'
import { viewForm, viewLink, viewLinkWithPasscode, viewPasted } from './handlers/viewer.ts'
import { noteWritten, takeDocument, writeNote } from './handlers/visit.ts'

export const routes: Readonly<Record<string, StreamHandler>> = {
  readManifest,
  readDirectFile,
  readFile,
  viewForm,
  viewPasted,
  viewLink,
  viewLinkWithPasscode,
  printCard,
  openCard,
  takeDocument,
  noteWritten,
  writeNote,
}
