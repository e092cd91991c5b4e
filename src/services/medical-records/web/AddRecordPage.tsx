import { Icon } from '../../../web/parts/Icon.tsx'
import { Page } from '../../../web/parts/Page.tsx'
import { Link } from '../../../web/router.tsx'
import { recordsTexts } from './texts.ts'
import { ENTRY_KINDS } from './timeline.ts'
import { Upload } from './Upload.tsx'

/** Adds to the record: a paper, or something written by hand. */
export function AddRecordPage() {
  const t = recordsTexts()
  return (
    <Page title={t.upload.title} back={['/app/records', t.title]}>
      <Upload />
      <section>
        <h2>{t.upload.byHand}</h2>
        <ul class="picks two">
          {(['labs', ...ENTRY_KINDS, 'imaging', 'reports'] as const).map((what) => (
            <li key={what}>
              <Link to={`/app/records/add/${what}`} class="pick">
                <Icon name="plus" size={20} />{' '}
                {what === 'imaging' || what === 'reports' ? t.one[what] : t.entry.titles[what]}
              </Link>
            </li>
          ))}
        </ul>
      </section>
    </Page>
  )
}
