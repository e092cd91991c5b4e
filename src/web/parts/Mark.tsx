/** The sign of the platform. */
export function Mark() {
  return (
    <svg class="mark" width="28" height="28" viewBox="0 0 32 32" aria-hidden="true" focusable="false">
      <rect width="32" height="32" rx="10" />
      <path d="M16 24c-5-3.4-8-6.4-8-10a4.3 4.3 0 0 1 8-2.2A4.3 4.3 0 0 1 24 14c0 3.6-3 6.6-8 10z" />
    </svg>
  )
}
