import { decodeAttempts, decodeWebhooks, type Webhook } from "@streakline/web";
import { messageOf } from "../ask.ts";
import { useMe } from "../sign_in/use_me.ts";
import { useGet } from "../use_answer.ts";
import { hostOf, lastWords, moreWords, stateWords } from "./webhooks.ts";

/** Most that are shown: each asks a question of its own. */
const SHOWN = 20;
/** Of so many deliveries the last answer is looked for. */
const LOOKED_AT = 20;
const AGAIN_MS = 30_000;

interface WebhooksProps {
  readonly zone: string;
  /** When the page was answered last, in ms: now and then webhooks are asked for again. */
  readonly answeredAt: number | null;
}

/** Where events go and what came back, for admins: nobody else may know of it. */
export function Webhooks({ zone, answeredAt }: WebhooksProps) {
  const me = useMe();
  if (me.value?.scopes.includes("admin") !== true) return null;
  return <Known zone={zone} round={Math.floor((answeredAt ?? 0) / AGAIN_MS)} />;
}

interface KnownProps {
  readonly zone: string;
  readonly round: number;
}

function Known({ zone, round }: KnownProps) {
  const [{ value, trouble }] = useGet("api/v1/webhooks", decodeWebhooks, true, round);
  return (
    <section className="list" aria-labelledby="system-webhooks">
      <h2 id="system-webhooks">Webhooks</h2>
      {trouble !== null && <p className="notice">{messageOf(trouble)}</p>}
      {value?.length === 0 && <p className="empty">None: streakline webhook add makes one.</p>}
      <ol className="recent">
        {value?.slice(0, SHOWN).map((hook) => (
          <Row key={hook.id} hook={hook} zone={zone} round={round} />
        ))}
      </ol>
      {value !== null && <p className="hint">{moreWords(value.length, SHOWN)}</p>}
    </section>
  );
}

function Row({ hook, zone, round }: KnownProps & { readonly hook: Webhook }) {
  const path = `api/v1/webhooks/${encodeURIComponent(hook.id)}/deliveries?limit=${LOOKED_AT}`;
  const [{ value, trouble }] = useGet(path, decodeAttempts, true, `${round} ${hook.pending} ${hook.dead}`);
  return (
    <li data-webhook={hook.id}>
      <span className="parts-name">{hostOf(hook.url)}</span>
      <span>{stateWords(hook)}</span>
      <span className="recent-where">
        {hook.id}
        {hook.description !== "" && ` · ${hook.description}`}
        {" · "}
        {value !== null ? lastWords(value, zone) : trouble !== null ? messageOf(trouble) : "…"}
      </span>
    </li>
  );
}
