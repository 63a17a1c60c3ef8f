import { whole } from "../format.ts";
import { useRunningNumber } from "../motion.ts";
import { Term } from "../parts/Term.tsx";

interface RunningProps {
  /** Undefined until the server has sent it. */
  readonly value: number | undefined;
  readonly format?: (value: number) => string;
}

/** A number that runs to its next value; a dash of the same height until there is one. */
export function Running({ value, format = whole }: RunningProps) {
  if (value === undefined) return <span className="figure-value is-missing">–</span>;
  return <RunningValue value={value} format={format} />;
}

function RunningValue({
  value,
  format,
}: {
  readonly value: number;
  readonly format: (value: number) => string;
}) {
  const element = useRunningNumber(value, format);
  return <span ref={element} className="figure-value" />;
}

interface FigureProps extends RunningProps {
  readonly label: string;
  /** Name of its definition. */
  readonly name: string;
  readonly size?: "large" | "small";
  /** For tests and styles. */
  readonly id?: string;
}

/** A labelled number in a `dl`; the label opens its definition. */
export function Figure({ label, name, size = "small", id, ...running }: FigureProps) {
  return (
    <div className={`figure figure-${size}`} data-figure={id}>
      <dt>
        <Term name={name}>{label}</Term>
      </dt>
      <dd>
        <Running {...running} />
      </dd>
    </div>
  );
}
