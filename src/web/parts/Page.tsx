import type { ComponentChildren } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import type { Problem } from '../client/endpoint.ts'
import { Link, takeMove } from '../router.tsx'
import { texts } from '../texts/catalogue.ts'
import { problemSaid } from '../texts/serverWords.ts'
import { Icon } from './Icon.tsx'
import { SaidText } from './SaidText.tsx'

interface PageProps {
  readonly title: string
  readonly lead?: string | undefined
  /** Where the arrow above the title leads. */
  readonly back?: readonly [path: string, label: string]
  readonly aside?: ComponentChildren
  /** What the address names and nobody has: the page says that, and leads back. */
  readonly missing?: string | undefined
  readonly children?: ComponentChildren
}

/** A page: coming to it by a link, the focus is on its title or first field, so that a screen reader begins there. */
export function Page({ title: named, lead, back, aside, missing, children }: PageProps) {
  const { nowhere } = texts()
  const isHere = missing === undefined
  const title = isHere ? named : nowhere.title
  const heading = useRef<HTMLHeadingElement>(null)
  const box = useRef<HTMLDivElement>(null)
  useEffect(() => {
    document.title = `${title} · Salus`
  }, [title])
  useEffect(() => {
    const isInside = box.current?.contains(document.activeElement) === true
    if (takeMove() && !isInside) heading.current?.focus({ preventScroll: true })
  }, [])
  return (
    <div class="page" ref={box}>
      {isHere && back !== undefined && (
        <Link to={back[0]} class="back">
          <Icon name="back" size={20} /> {back[1]}
        </Link>
      )}
      <header class="title">
        <div>
          <h1 ref={heading} tabIndex={-1} dir="auto">
            {title}
          </h1>
          {isHere && lead !== undefined && <p class="lead">{lead}</p>}
        </div>
        {isHere && aside}
      </header>
      {isHere ? (
        children
      ) : (
        <Empty
          text={nowhere.missing(missing)}
          action={
            back && (
              <Link to={back[0]} class="button">
                {back[1]}
              </Link>
            )
          }
        />
      )}
    </div>
  )
}

interface Asked {
  readonly value?: unknown
  readonly problem?: Problem
}

/** `what` when the server has nothing under the address' id, or when that is none. */
export function missingOf({ value, problem }: Asked, what: string): string | undefined {
  return value === undefined && (problem?.status === 404 || problem?.status === 422) ? what : undefined
}

interface EmptyProps {
  readonly text: string
  readonly action?: ComponentChildren
}

/** Nothing there yet: one sentence and one way on. */
export function Empty({ text, action }: EmptyProps) {
  return (
    <div class="empty">
      <p>{text}</p>
      {action}
    </div>
  )
}

/** Stands where an answer will be. */
export function Skeleton({ lines = 3 }: { readonly lines?: number }) {
  return (
    <div class="skeleton" role="status" aria-label={texts().loading}>
      {Array.from({ length: lines }, (_none, index) => (
        <span key={index} />
      ))}
    </div>
  )
}

/** An answer that did not come: what is known about it. */
export function Failure({ problem }: { readonly problem: Problem }) {
  return (
    <p class="notice bad" role="alert">
      <SaidText said={problem.status === 0 ? { text: texts().errors.unreachable } : problemSaid(problem)} />
    </p>
  )
}

/** Draws an answer: grey lines while it is awaited, its problem, or what `children` make of it. */
export function Shown<Value>(props: {
  readonly answer: { readonly value?: Value; readonly problem?: Problem }
  readonly lines?: number
  readonly children: (value: Value) => ComponentChildren
}) {
  const { answer, lines, children } = props
  if (answer.value !== undefined) return <>{children(answer.value)}</>
  if (answer.problem !== undefined) return <Failure problem={answer.problem} />
  return <Skeleton {...(lines === undefined ? {} : { lines })} />
}
