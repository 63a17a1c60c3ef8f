interface ListingProps {
  readonly label: string;
  readonly text: string;
}

/** Text as a machine reads it; what is long scrolls. */
export function Listing({ label, text }: ListingProps) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and who has no mouse scrolls by keys
    <section className="listing" tabIndex={0} aria-label={label}>
      <pre>
        <code>{text}</code>
      </pre>
    </section>
  );
}
