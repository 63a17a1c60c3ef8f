import { useEffect, useState } from "react";
import { span } from "./figures.ts";

/** How long ago a moment (ms by this machine's clock) was, each second anew. */
export function Age({ at }: { readonly at: number }) {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const tick = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(tick);
  }, []);
  return <>{span(Math.max(0, now - at))} ago</>;
}
