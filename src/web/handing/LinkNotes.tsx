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
  const decide = (work: Promise<unknown>, text: string) =>
    work.then(() => {
      refresh()
      say(text)
    }, complain)
  return (
    <section class="card">
      <h2>{t.notesBack}</h2>
      <p class="soft">{t.notesBackText}</p>
      <ul class="rows">
        {notes.map(({ id, author, text, link_label: link, written_at: at }) => (
          <li key={id}>
            <span class="grow">
              <strong dir="auto">{author}</strong>
              <span class="written" dir="auto">
                {text}
              </span>
              <small class="soft">
                <bdi>{link}</bdi> {dayAndClock(at)}
              </small>
            </span>
            <button type="button" class="button" onClick={() => decide(call(acceptLinkNote, { id }), t.noteTaken)}>
              {t.takeNote}
            </button>
            <button
              type="button"
              class="button quiet"
              onClick={() => decide(call(declineLinkNote, { id }), t.noteDropped)}
            >
              {t.dropNote}
            </button>
          </li>
        ))}
      </ul>
    </section>
  )
}
