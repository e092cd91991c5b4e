import type { ComponentChildren } from 'preact'

interface TableProps {
  readonly titles: readonly string[]
  /** The first cell of each row names it. */
  readonly rows: readonly (readonly ComponentChildren[])[]
}

/** Where there is no room the styles draw each row as a block; a screen reader hears a table still. */
const role = <Name extends string>(name: Name) => ({ role: name })

/** A table that never scrolls sideways: on a narrow screen each row stands alone, each value beside the title of its column. */
export function Table({ titles, rows }: TableProps) {
  return (
    <table {...role('table')}>
      <thead {...role('rowgroup')}>
        <tr {...role('row')}>
          {titles.map((title) => (
            <th key={title} scope="col" {...role('columnheader')}>
              {title}
            </th>
          ))}
        </tr>
      </thead>
      <tbody {...role('rowgroup')}>
        {rows.map(([name, ...cells], index) => (
          <tr key={index} {...role('row')}>
            <th scope="row" {...role('rowheader')}>
              {name}
            </th>
            {cells.map((cell, column) => (
              <td key={column} data-label={titles[column + 1]} {...role('cell')}>
                {cell}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  )
}
