import classes from './wordmark.module.css'

/** The name with its ship. */
export function Wordmark({ size = 20 }: { size?: number }) {
  return (
    <span className={classes['wordmark']} style={{ fontSize: size * 0.85 }}>
      <svg viewBox="4 4 24 24" width={size} height={size} aria-hidden>
        <path d="M15 5v16H6zM17.5 9 26 21h-8.5z" fill="var(--accent-text)" />
        <path d="M5 23h22c-1.5 3-4 4.5-7 4.5h-8c-3 0-5.5-1.5-7-4.5z" fill="currentColor" />
      </svg>
      Argosy
    </span>
  )
}
