import { fieldError } from '../../kernel/errors.ts'
import type { Handlers } from '../../kernel/service.ts'
import type { deviceData } from './contract.ts'
import { tidyNote } from './domain.ts'
import { type EntryRow, insertEntry, recentEntries } from './store.ts'

export const handlers: Handlers<typeof deviceData> = {
  async addEntry(context, { note }) {
    const tidy = tidyNote(note)
    if (tidy === undefined) throw fieldError('note', 'says nothing')
    const entry = { id: context.newId(), note: tidy, created_at: context.now() }
    await insertEntry(context.db, context.personId, entry)
    return entryOf(entry)
  },

  async listEntries(context, { limit = 100 }) {
    return (await recentEntries(context.db, limit)).map(entryOf)
  },
}

function entryOf({ id, note, created_at }: EntryRow) {
  return { id, note, created_at: created_at.toISOString() }
}
