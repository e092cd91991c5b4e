import { useState } from 'preact/hooks'
import { refresh } from '../../../web/client/cache.ts'
import { call } from '../../../web/client/endpoint.ts'
import { FormDialog } from '../../../web/parts/Form.tsx'
import { Icon } from '../../../web/parts/Icon.tsx'
import { say } from '../../../web/parts/Toast.tsx'
import { Link } from '../../../web/router.tsx'
import { inOwnUnit, labText, lookOf, reportedText } from './courses.ts'
import { deleteLab } from './endpoints.ts'
import { labsTexts } from './labTexts.ts'
import { recordsTexts } from './texts.ts'
import { type Lab, partOfDay, sourceWord } from './timeline.ts'

/** What the report says, where it stands here in another unit. */
function reported(lab: Lab): string {
  return inOwnUnit(lab) === undefined ? '' : labsTexts().reported(reportedText(lab))
}

/** Each result as its report says it, with the paper it came from and a way to delete it. */
export function LabRows({ labs }: { readonly labs: readonly Lab[] }) {
  const t = labsTexts()
  const [asked, setAsked] = useState<Lab>()
  const close = () => setAsked(undefined)
  const remove = async () => {
    if (asked !== undefined) await call(deleteLab, { id: asked.id })
    close()
    refresh()
    say(t.removed)
  }
  return (
    <section class="card">
      <h2>{t.results}</h2>
      <ul class="rows wraps">
        {labs.map((lab) => (
          <li key={lab.id}>
            <span class="grow">
              <strong dir="auto">{lab.test_name}</strong>
              <small class="soft" dir="auto">
                {[partOfDay(lab.test_date), reported(lab), lab.lab_name, sourceWord(lab.source), lab.notes]
                  .filter(Boolean)
                  .join(' · ')}
              </small>
            </span>
            <bdi class="tabular">{labText(lab)}</bdi>
            {lab.status === 'entered_in_error' ? (
              <span class="tag bad">{recordsTexts().review.gone}</span>
            ) : (
              <span class={`tag ${lookOf(lab)}`}>{t.standing[lab.interpretation]}</span>
            )}
            {lab.document_id !== null && <Link to={`/app/records/${lab.document_id}`}>{t.paper}</Link>}
            <button
              type="button"
              class="plain"
              aria-label={t.remove(lab.test_name, partOfDay(lab.test_date))}
              onClick={() => setAsked(lab)}
            >
              <Icon name="close" size={18} />
            </button>
          </li>
        ))}
      </ul>
      {asked !== undefined && (
        <FormDialog title={t.removeTitle} onClose={close} onSend={remove} submit={t.delete} isDangerous>
          <p>{t.removeText}</p>
        </FormDialog>
      )}
    </section>
  )
}
