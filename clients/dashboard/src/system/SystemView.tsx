import type { System } from "@streakline/web";
import { Count } from "../content/Sections.tsx";
import { clock, dayAndTime, whole } from "../format.ts";
import { Parts } from "../parts/Parts.tsx";
import { TroubleNotice } from "../parts/Trouble.tsx";
import type { AnswerState } from "../use_answer.ts";
import { Age } from "./Age.tsx";
import { alarmsOf, bytes, lastRun, ofFlow, rejectedOf, span, worstLag } from "./figures.ts";
import { Letters } from "./Letters.tsx";
import { Webhooks } from "./Webhooks.tsx";

interface SystemViewProps {
  readonly state: AnswerState<System>;
  /** When the answer came, in ms by this machine's clock. */
  readonly answeredAt: number | null;
  readonly zone: string;
  readonly token: string | null;
  readonly accessSaid: boolean;
  readonly onRetry: () => void;
}

/** How everything is, in whatever state the answer is. */
export function SystemView(props: SystemViewProps) {
  const { state, answeredAt, zone, token, accessSaid, onRetry } = props;
  const { value: system, trouble } = state;
  const at = answeredAt === null ? null : clock(answeredAt, zone, true);
  return (
    <div className="content system" data-stale={(system !== null && trouble !== null) || undefined}>
      <header className="page-head">
        <h1>System</h1>
        {answeredAt !== null && (
          <p className="hint" data-figure="system.age">
            As of {at}, <Age at={answeredAt} />
          </p>
        )}
      </header>
      {system === null && trouble === null && <p className="empty">Asking the server…</p>}
      <TroubleNotice
        trouble={trouble}
        shownOf={at}
        token={token}
        accessSaid={accessSaid}
        who="The server"
        onRetry={onRetry}
      />
      {system && (
        <>
          <Alarms system={system} />
          <Figures system={system} zone={zone} />
          <Readers system={system} />
          <Jobs system={system} zone={zone} />
          <Room system={system} />
          <Rejected system={system} />
          <Webhooks zone={zone} answeredAt={answeredAt} />
          <Letters count={system.dead.count} zone={zone} onChanged={onRetry} />
        </>
      )}
    </div>
  );
}

function Alarms({ system }: { readonly system: System }) {
  const alarms = alarmsOf(system);
  return (
    <section aria-labelledby="system-alarms">
      <h2 id="system-alarms" aria-live="polite">
        {alarms.length === 0
          ? "All is well"
          : alarms.length === 1
            ? "One thing to look at"
            : `${alarms.length} things to look at`}
      </h2>
      {alarms.map((alarm) => (
        <p key={alarm} className="notice">
          {alarm}
        </p>
      ))}
    </section>
  );
}

interface FiguresProps {
  readonly system: System;
  readonly zone: string;
}

function Figures({ system, zone }: FiguresProps) {
  const { ingest, live, watermark, dead } = system;
  const lag = worstLag(system);
  return (
    <section className="ledger" aria-labelledby="system-figures">
      <h2 id="system-figures">Now</h2>
      <dl>
        <Count id="system.lag" label="Lag" hint="the longest that anything waits">
          {lag === null ? "–" : span(lag)}
        </Count>
        <Count id="system.watermark" label="Watermark" hint="everything has passed it">
          {watermark === null ? "–" : clock(watermark, zone, true)}
        </Count>
        <Count id="system.accepted" label="Accepted" hint="by this server since it began">
          {whole(ingest.accepted)}
        </Count>
        <Count id="system.late" label="Late" hint="for closed quarter hours; recounted">
          {whole(ofFlow(system, "content", "late"))}
        </Count>
        <Count
          id="system.duplicates"
          label="Duplicates"
          hint="told by their id"
          before={`${whole(ingest.duplicates)} more in one request`}
        >
          {whole(ofFlow(system, "content", "repeats"))}
        </Count>
        <Count id="system.rejected" label="Rejected" hint="by this server since it began">
          {whole(rejectedOf(system))}
        </Count>
        <Count id="system.dead" label="Dead letters" hint="kept, of all parts">
          {whole(dead.count)}
        </Count>
        <Count
          id="system.slow"
          label="Slow clients"
          hint={`of ${whole(live.clients)} at this server`}
          before={`${whole(live.closed)} closed, ${whole(live.skipped)} frames skipped`}
        >
          {whole(live.slow)}
        </Count>
      </dl>
      <p className="hint">
        This server began {dayAndTime(ingest.since, zone)}. Late events and duplicates are counted since the
        flows began.
      </p>
    </section>
  );
}

const READERS = ["content", "raw", "provisional", "people"] as const;

function Readers({ system: { shards } }: { readonly system: System }) {
  return (
    <section className="list" aria-labelledby="system-readers">
      <h2 id="system-readers">Lag by shard</h2>
      <table className="grid">
        <thead>
          <tr>
            <th scope="col">Shard</th>
            {READERS.map((reader) => (
              <th key={reader} scope="col">
                {reader}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {shards.map(({ shard, readers }) => (
            <tr key={shard}>
              <th scope="row">{shard}</th>
              {READERS.map((reader) => {
                const lag = readers[reader]?.lagMs ?? null;
                return <td key={reader}>{lag === null ? "–" : span(lag)}</td>;
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function Jobs({ system: { jobs }, zone }: FiguresProps) {
  return (
    <section className="list" aria-labelledby="system-jobs">
      <h2 id="system-jobs">Jobs</h2>
      {jobs.length === 0 && <p className="empty">No job has run yet.</p>}
      <ol className="recent">
        {jobs.map((job) => (
          <li key={job.name}>
            <span className="parts-name">{job.name}</span>
            {job.started !== null && (
              <time dateTime={new Date(job.started).toISOString()}>{dayAndTime(job.started, zone)}</time>
            )}
            <span className="recent-where">{lastRun(job)}</span>
          </li>
        ))}
      </ol>
    </section>
  );
}

function Room({ system: { storage, memory } }: { readonly system: System }) {
  const disks = [
    { name: "Disk of this server’s data", disk: storage.data },
    { name: "Disk of Redis’ file", disk: storage.redis },
    { name: "Disk of ClickHouse", disk: storage.history },
  ];
  return (
    <section className="list" aria-labelledby="system-storage">
      <h2 id="system-storage">Storage</h2>
      <ol className="recent">
        <li data-figure="system.memory">
          <span className="parts-name">Memory of Redis</span>
          <span>
            {bytes(memory.used)} of {bytes(memory.limit)}
          </span>
        </li>
        {disks.map(({ name, disk }) => (
          <li key={name}>
            <span className="parts-name">{name}</span>
            <span>
              {disk === null
                ? "cannot be seen from here"
                : `${bytes(disk.free)} of ${bytes(disk.total)} free`}
            </span>
          </li>
        ))}
        {storage.tables.map((table) => (
          <li key={table.name} data-table={table.name}>
            <span className="parts-name">{table.name}</span>
            <span>{bytes(table.bytes)}</span>
            <span className="recent-where">{whole(table.rows)} rows</span>
          </li>
        ))}
      </ol>
      {storage.unknown !== null && (
        <p className="hint">How much history takes is not known: {storage.unknown}.</p>
      )}
    </section>
  );
}

function Rejected({ system }: { readonly system: System }) {
  return (
    <section className="list" aria-labelledby="system-rejected">
      <header className="section-head">
        <h2 id="system-rejected">Rejected for</h2>
        <p className="column">events, per cent</p>
      </header>
      <Parts
        parts={Object.entries(system.ingest.rejected).map(([name, value]) => ({ key: name, name, value }))}
        total={rejectedOf(system)}
        unit="events"
        empty="This server has rejected none since it began."
      />
    </section>
  );
}
