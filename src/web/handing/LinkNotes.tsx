import { refresh, useQuery } from '../client/cache.ts'
import { call } from '../client/endpoint.ts'
import { dayAndClock } from '../format.ts'
import { complain, say } from '../parts/Toast.tsx'
import { acceptLinkNote, declineLinkNote, listLinkNotes } from './endpoints.ts'
import { handingTexts } from './texts.ts'

/** What people with a link wrote back, until the person takes it into the record or throws it away. */
export function LinkNotes() {
  const t = handingTexts()
  const notes = useQuery(listLinkNotes, {}).value?.notes ?? []
  if (notes.length === 0) return null
  const take = async (id: string) => {
    await call(acceptLinkNote, { id })
    refresh()
    say(t.noteTaken)
  }
  return (
    <section class="card">
      <h2>{t.notesBack}</h2>
      <p class="soft">{t.notesBackText}</p>
      <ul class="rows">
        {notes.map(({ id, author, text, link_label: link, written_at: at }) => (
          <li key={id}>
            <div class="grow">
              <strong dir="auto">{author}</strong>
              <p class="written" dir="auto">
                {text}
              </p>
              <small class="soft">
                {link !== null && <bdi>{link} · </bdi>}
                {dayAndClock(at)}
              </small>
              <div class="actions">
                <button type="button" class="button" onClick={() => take(id).catch(complain)}>
                  {t.takeNote}
                </button>
                <button
                  type="button"
                  class="button quiet"
                  onClick={() => call(declineLinkNote, { id }).then(refresh, complain)}
                >
                  {t.dropNote}
                </button>
              </div>
            </div>
          </li>
        ))}
      </ul>
    </section>
  )
}
