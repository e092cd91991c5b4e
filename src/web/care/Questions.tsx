import { useState } from 'preact/hooks'
import { refresh, useQuery } from '../client/cache.ts'
import { call } from '../client/endpoint.ts'
import { Field, FormDialog, type Values } from '../parts/Form.tsx'
import { Shown } from '../parts/Page.tsx'
import { texts } from '../texts/catalogue.ts'
import { readVisitQuestions, saveVisitQuestions } from './endpoints.ts'
import { careTexts } from './texts.ts'

const NAMES = ['q1', 'q2', 'q3'] as const
const LONGEST = 300

/** What the person wants to ask at the next visit; whoever may write it does it here. */
export function Questions({ mayWrite }: { readonly mayWrite: boolean }) {
  const t = careTexts()
  const answer = useQuery(readVisitQuestions, {})
  const [isWriting, setWriting] = useState(false)
  const save = async (_input: unknown, _key: string, values: Values) => {
    const questions = NAMES.map((name) => (values[name] ?? '').trim()).filter(Boolean)
    await call(saveVisitQuestions, { questions })
    setWriting(false)
    refresh()
  }
  return (
    <Shown answer={answer} lines={1}>
      {({ questions }) => (
        <>
          {questions.length === 0 && <p class="soft">{t.none}</p>}
          <ol>
            {questions.map((one) => (
              <li key={one}>
                <bdi>{one}</bdi>
              </li>
            ))}
          </ol>
          {mayWrite && (
            <div class="actions noprint">
              <button type="button" class="button quiet" onClick={() => setWriting(true)}>
                {t.ask}
              </button>
            </div>
          )}
          {isWriting && (
            <FormDialog title={t.questions} onClose={() => setWriting(false)} onSend={save} submit={texts().form.save}>
              {NAMES.map((name, index) => (
                <Field
                  key={name}
                  name={name}
                  label={t.question(index + 1)}
                  value={questions[index]}
                  maxLength={LONGEST}
                  isFirst={index === 0}
                />
              ))}
            </FormDialog>
          )}
        </>
      )}
    </Shown>
  )
}
