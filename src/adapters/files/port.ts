/** Where files lie is told by an adapter of `FilePort` (`kernel/ports.ts`); this is what its suite needs besides. */
export interface FileStorage {
  /** Every byte that the adapter keeps, names included, as somebody sees it who took the disk. */
  everything(): Promise<Buffer>
  /** Changes what is kept of each stored file, as somebody could who has the disk; null removes it. */
  tamper(change: (bytes: Buffer) => Buffer): Promise<void>
  /** How many files are kept, unfinished ones included. */
  count(): Promise<number>
}
