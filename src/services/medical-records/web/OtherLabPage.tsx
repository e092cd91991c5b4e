import { useQuery } from '../../../web/client/cache.ts'
import { missingOf, Page, Shown } from '../../../web/parts/Page.tsx'
import { labContext } from './endpoints.ts'
import { How } from './How.tsx'
import { LabRows } from './LabRows.tsx'
import { labsTexts } from './labTexts.ts'
import { recordsTexts } from './texts.ts'

/** A result of a test that the catalogue does not know: kept and shown as its report says it. */
export function OtherLabPage({ params }: { readonly params: Readonly<Record<string, string>> }) {
  const t = labsTexts()
  const answer = useQuery(labContext, { id: params.id ?? '' })
  return (
    <Page
      title={answer.value?.result.test_name ?? t.title}
      back={['/app/labs', t.title]}
      missing={missingOf(answer, recordsTexts().entry.titles.labs)}
    >
      <Shown answer={answer}>
        {(context) => (
          <>
            <LabRows labs={[context.result]} />
            <How context={context} />
          </>
        )}
      </Shown>
    </Page>
  )
}
