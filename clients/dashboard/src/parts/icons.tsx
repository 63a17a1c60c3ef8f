/** The page's own drawings. All are decoration: the text beside them says what they mean. */

export function Mark() {
  return (
    <svg
      className="mark"
      viewBox="0 0 26 20"
      aria-hidden="true"
      fill="none"
      strokeWidth="3.4"
      strokeLinecap="round"
    >
      <path d="M2.5 17 6 10.5" className="mark-past" />
      <path d="M9.5 17l5-9.5" className="mark-late" />
      <path d="M16.5 17 24 2.5" className="mark-now" />
    </svg>
  );
}

export function Sun() {
  return (
    <svg
      viewBox="0 0 20 20"
      aria-hidden="true"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.6"
      strokeLinecap="round"
    >
      <circle cx="10" cy="10" r="3.6" />
      <path d="M10 1.8v1.9M10 16.3v1.9M1.8 10h1.9M16.3 10h1.9M4.2 4.2l1.4 1.4M14.4 14.4l1.4 1.4M4.2 15.8l1.4-1.4M14.4 5.6l1.4-1.4" />
    </svg>
  );
}

export function Moon() {
  return (
    <svg
      viewBox="0 0 20 20"
      aria-hidden="true"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.6"
      strokeLinejoin="round"
    >
      <path d="M16.8 12.2A7.2 7.2 0 0 1 7.8 3.2a7.2 7.2 0 1 0 9 9Z" />
    </svg>
  );
}

export function Chevron() {
  return (
    <svg
      viewBox="0 0 12 12"
      aria-hidden="true"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.6"
      strokeLinecap="round"
    >
      <path d="m2.8 4.6 3.2 3.2 3.2-3.2" />
    </svg>
  );
}

export function Lens() {
  return (
    <svg
      viewBox="0 0 16 16"
      aria-hidden="true"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.6"
      strokeLinecap="round"
    >
      <circle cx="7" cy="7" r="4.4" />
      <path d="m10.4 10.4 3.6 3.6" />
    </svg>
  );
}
