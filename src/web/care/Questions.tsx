import { useState } from 'preact/hooks'
import { refresh, useQuery } from '../client/cache.ts'
import { call } from '../client/endpoint.ts'
import { fields } from '../fields.ts'
import { Field, FormDialog } from '../parts/Form.tsx'
import type { Read } from '../parts/fieldTable.ts'
import { Shown } from '../parts/Page.tsx'
import { texts } from '../texts/catalogue.ts'
import { readVisitQuestions, saveVisitQuestions } from './endpoints.ts'
import { careTexts } from './texts.ts'

/** What the person wants to ask at the next visit; whoever may write it does it here. */
export function Questions({ mayWrite }: { readonly mayWrite: boolean }) {
  const t = careTexts()
  const answer = useQuery(readVisitQuestions, {})
  const [isWriting, setWriting] = useState(false)
  const save = async ({ questions }: Read<typeof fields.saveVisitQuestions>) => {
    await call(saveVisitQuestions, { questions: questions ?? [] })
    setWriting(false)
    refresh()
  }
  return (
    <Shown answer={answer} lines={1}>
      {({ questions }) => (
        <>
          {questions.length === 0 ? (
            <p class="soft">{t.none}</p>
          ) : (
            <ol>
              {questions.map((one) => (
                <li key={one}>
                  <bdi>{one}</bdi>
                </li>
              ))}
            </ol>
          )}
          {mayWrite && (
            <div class="actions noprint">
              <button type="button" class="button quiet" onClick={() => setWriting(true)}>
                {t.ask}
              </button>
            </div>
          )}
          {isWriting && (
            <FormDialog title={t.ask} onClose={() => setWriting(false)} onSend={save} submit={texts().form.save}>
              <Field
                of={fields.saveVisitQuestions.questions}
                isRequired={false}
                label={t.questions}
                hint={t.askHint}
                value={questions.join('\n')}
                isFirst
              />
            </FormDialog>
          )}
        </>
      )}
    </Shown>
  )
}
