interface SegmentsProps<Value extends string> {
  readonly label: string
  readonly name: string
  readonly options: readonly (readonly [value: Value, label: string])[]
  readonly value: Value
  readonly onPick: (value: Value) => void
}

/** A choice of one among few, all in view; arrow keys move as in any group of radio buttons. */
export function Segments<Value extends string>({ label, name, options, value, onPick }: SegmentsProps<Value>) {
  return (
    <fieldset class="segments">
      <legend class="unseen">{label}</legend>
      {options.map(([one, word]) => (
        <label key={one}>
          <input type="radio" name={name} value={one} checked={one === value} onChange={() => onPick(one)} />
          <span>{word}</span>
        </label>
      ))}
    </fieldset>
  )
}
