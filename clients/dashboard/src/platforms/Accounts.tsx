import type { OnePlatform } from "@streakline/web";
import { dayAndTime } from "../format.ts";
import { toldText, wordsOf } from "./figures.ts";

interface AccountsProps {
  readonly accounts: OnePlatform["accounts"];
  readonly zone: string;
}

/** Every number that the accounts of a platform tell of themselves. */
export function Accounts({ accounts, zone }: AccountsProps) {
  return accounts.map(({ account, numbers }) => (
    <section key={account} className="list" aria-labelledby={`account-${account}`}>
      <header className="section-head">
        <h2 id={`account-${account}`}>{account}</h2>
        <p className="column">as last observed</p>
      </header>
      {numbers.length === 0 && <p className="empty">It tells of its posts alone.</p>}
      <ol className="recent">
        {numbers.map((number) => (
          <li key={`${number.name} ${number.currency}`}>
            <span className="parts-name">{wordsOf(number.name)}</span>
            <span className="recent-where">
              {number.means}, {dayAndTime(Date.parse(number.observedAt), zone)}
            </span>
            <span className="parts-value">{toldText(number)}</span>
          </li>
        ))}
      </ol>
    </section>
  ));
}
